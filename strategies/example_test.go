package strategies_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
)

// pages is a Work of one's own: the pages 1 to n of a site.
type pages struct {
	site  string
	n     int64
	next  atomic.Int64
	mu    sync.Mutex
	fails []error
}

func (p *pages) Worker() strategies.Worker { return p }

func (p *pages) Next(ctx context.Context, r *strategies.Request) bool {
	if ctx.Err() != nil {
		return false
	}
	r.Index = p.next.Add(1) - 1
	r.URL = fmt.Sprintf("%spages/%d", p.site, r.Index+1)
	return r.Index < p.n
}

func (p *pages) Done(r *strategies.Request, o strategies.Outcome) {
	if o.Class != strategies.OK {
		p.mu.Lock()
		p.fails = append(p.fails, fmt.Errorf("%s: %v (%d): %w", r.URL, o.Class, o.Status, o.Err))
		p.mu.Unlock()
	}
}

// A strategy makes the requests of a program: here a hundred pages, at most ten in flight, each decoded as it arrives.
func Example() {
	site, err := server.Start(server.Config{Delay: time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer site.Close()

	var decoded atomic.Int64
	target := strategies.Target{
		Timeout: 5 * time.Second,
		Handle: func(_ *strategies.Request, a strategies.Answer) error {
			var page map[string]any
			defer decoded.Add(1)
			return json.Unmarshal(a.Body, &page)
		},
	}
	fasthttp, err := strategies.Get("fasthttp")
	if err != nil {
		fmt.Println(err)
		return
	}
	session, err := fasthttp.Open(context.Background(), target, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	work := &pages{site: site.URL(), n: 100}
	if err := session.Run(context.Background(), 10, work); err != nil {
		fmt.Println(err)
	}
	fmt.Println(decoded.Load(), "pages,", len(work.fails), "failures, at most", site.Stats().PeakInFlight, "in flight")
	// Output: 100 pages, 0 failures, at most 10 in flight
}

// A schedule of one's own, paired with one of the clients: two requests in flight, each on a new goroutine, whatever the limit.
// Registered by RegisterSchedule in an init function, it would be available by name, paired with every client.
func ExampleSchedule() {
	site, err := server.Start(server.Config{Delay: time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer site.Close()

	pairwise := strategies.Schedule{
		Name:        "pairwise",
		Doc:         "two requests at a time: for the example only",
		MaxInFlight: 2,
		Run: func(ctx context.Context, limit int, open func() *strategies.Lane) {
			slots := make(chan struct{}, limit)
			strategies.GoroutinePerRequest(ctx, open, func() bool { slots <- struct{}{}; return true }, func() { <-slots })
		},
	}
	strategy := pairwise.With(strategies.FastHTTP)
	session, err := strategy.Open(context.Background(), strategies.Target{}, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	work := &pages{site: site.URL(), n: 100}
	if err := session.Run(context.Background(), 10, work); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strategy.Name(), "made", site.Stats().Requests, "requests, at most", site.Stats().PeakInFlight, "in flight")
	// Output: pairwise+fasthttp made 100 requests, at most 2 in flight
}
