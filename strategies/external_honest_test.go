package strategies

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// honest has a strategy of this package make the requests.
type honest struct {
	*program
	strategy string
	session  Session // of the strategy, or one of a test's own
	running  *honestRun
}

func (h *honest) begin() error {
	h.say("hello", map[string]any{"protocol": 1, "version": "test 1.0", "unknown": []int{1}})
	return nil
}

func (h *honest) open(target Target, limit int) error {
	if h.session == nil {
		s, err := Get(h.strategy)
		if err != nil {
			return err
		}
		if h.session, err = s.Open(context.Background(), target, limit); err != nil {
			return err
		}
	}
	h.say("opened", struct{}{})
	return nil
}

func (h *honest) run(limit int) error {
	r := &honestRun{program: h.program, ended: make(chan error)}
	r.more.L = &r.mu
	h.running = r
	go func() { r.ended <- h.session.Run(context.Background(), limit, r) }()
	return nil
}

func (h *honest) start(first int64, urls []string) error {
	r := h.running
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, url := range urls {
		r.handed = append(r.handed, Request{URL: url, Index: first + int64(i)})
	}
	r.most = max(r.most, len(r.handed))
	r.more.Broadcast()
	return nil
}

func (h *honest) stop() error {
	r := h.running
	r.mu.Lock()
	r.last = true
	r.more.Broadcast()
	r.mu.Unlock()
	if err := <-r.ended; err != nil {
		return err
	}
	r.mu.Lock()
	r.report()
	r.mu.Unlock()
	h.say("stopped", map[string]int{"connections": h.session.Usage().Connections})
	return nil
}

func (h *honest) close() error { return h.session.Close() }

// honestRun is the Work of a run. The strategy's goroutines wait in Next until requests have been handed over, so it has
// to be one whose Next may block.
type honestRun struct {
	*program
	ended chan error

	mu       sync.Mutex
	more     sync.Cond
	handed   []Request
	last     bool
	outcomes []byte // to be reported, each followed by a comma
	waiting  bool   // to be reported when the time has come
	starved  int    // how often a slot was free and no request at hand
	most     int    // requests at hand
}

func (r *honestRun) Worker() Worker { return r }

func (r *honestRun) Next(_ context.Context, request *Request) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.handed) == 0 && !r.last {
		r.starved++
		r.report() // nothing is left to start
		r.more.Wait()
	}
	if len(r.handed) == 0 {
		return false
	}
	*request, r.handed = r.handed[0], r.handed[1:]
	request.Start = time.Duration(r.now())
	return true
}

func (r *honestRun) Done(request *Request, o Outcome) {
	latency := r.now() - int64(request.Start)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcomes = append(r.outcomes, '[')
	for _, figure := range []int64{request.Index, int64(request.Start), latency, int64(o.Status), o.Bytes} {
		r.outcomes = append(strconv.AppendInt(r.outcomes, figure, 10), ',')
	}
	r.outcomes = r.outcomes[:len(r.outcomes)-1]
	if o.Class != OK && o.Class != BadStatus {
		r.outcomes = fmt.Appendf(r.outcomes, ",%q,%q", o.Class, o.Err)
	}
	r.outcomes = append(r.outcomes, "],"...)
	if !r.waiting {
		r.waiting = true
		time.AfterFunc(reportEvery, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.waiting = false
			r.report()
		})
	}
}

// handover returns how often a slot was without a request and how many were at hand at most, since it was last asked.
func (r *honestRun) handover() (starved, most int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	starved, most = r.starved, r.most
	r.starved, r.most = 0, 0
	return starved, most
}

// report says what has not been said yet. The caller holds the lock.
func (r *honestRun) report() {
	if len(r.outcomes) == 0 {
		return
	}
	r.write(fmt.Appendf(nil, "{\"done\":{\"now\":%d,\"outcomes\":[%s]}}\n", r.now(), r.outcomes[:len(r.outcomes)-1]))
	r.outcomes = r.outcomes[:0]
}
