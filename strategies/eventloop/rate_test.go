package eventloop_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

// While the loop waits for the next start it handles the requests in flight, and it starts none too early.
func TestRateDoesNotBlockTheLoop(t *testing.T) {
	srv := strategytest.Server(t, server.Config{Delay: 2 * time.Millisecond})
	p := &paced{Work: strategytest.NewWork(4, srv.URL()), every: 500 * time.Millisecond}
	session := strategytest.Open(t, eventLoop(t), strategies.Target{Timeout: 400 * time.Millisecond}, 1)
	if err := session.Run(t.Context(), 1, p); err != nil {
		t.Fatal(err)
	}
	p.Check(t)
	if got := p.Classes()[strategies.OK]; got != 4 || p.early > 0 {
		t.Errorf("%d of 4 succeeded, and %d were started too early: %s", got, p.early, p.Errors())
	}
}

func TestCancellationEndsTheWaitForTheNextStart(t *testing.T) {
	srv := strategytest.Server(t, server.Config{})
	p := &paced{Work: strategytest.NewWork(8, srv.URL()), every: time.Hour}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := strategytest.Open(t, eventLoop(t), strategies.Target{}, 1).Run(ctx, 1, p); err != nil {
		t.Fatal(err)
	}
	if p.Started > 1 {
		t.Errorf("%d were started, want the first at most", p.Started)
	}
}

// paced is work with a rate. Its Next does not block; it counts how often it is called too early.
type paced struct {
	*strategytest.Work
	every time.Duration

	mu    sync.Mutex
	next  time.Time
	early int
}

func (p *paced) Worker() strategies.Worker { return p }

func (p *paced) Delay() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next.IsZero() {
		p.next = time.Now()
	}
	return time.Until(p.next)
}

func (p *paced) Next(ctx context.Context, r *strategies.Request) bool {
	if ctx.Err() == nil && p.Delay() > 0 {
		p.early++
	}
	p.mu.Lock()
	p.next = p.next.Add(p.every)
	p.mu.Unlock()
	return p.Work.Next(ctx, r)
}
