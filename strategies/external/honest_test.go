package external

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"sweetspot/strategies"
)

// honest is a program whose requests a strategy of package strategies makes.
type honest struct {
	*program
	strategy string
	session  strategies.Session // of the strategy, unless the test sets it
	running  *honestRun
}

func (h *honest) begin() error {
	h.send("hello", map[string]any{"protocol": 1, "version": "test 1.0", "can": allSettings, "unknown": []int{1}})
	return nil
}

func (h *honest) open(target strategies.Target, limit int) error {
	if h.session == nil {
		s, err := strategies.Get(h.strategy)
		if err != nil {
			return err
		}
		if h.session, err = s.Open(context.Background(), target, limit); err != nil {
			return err
		}
	}
	h.send("opened", struct{}{})
	return nil
}

func (h *honest) run(limit int) error {
	r := &honestRun{program: h.program, ended: make(chan error)}
	r.more.L = &r.mu
	h.running = r
	go func() { r.ended <- h.session.Run(context.Background(), limit, r) }()
	return nil
}

func (h *honest) start(requests []strategies.Request) error {
	r := h.running
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = append(r.waiting, requests...)
	r.most = max(r.most, len(r.waiting))
	r.more.Broadcast()
	return nil
}

func (h *honest) stop() error {
	r := h.running
	r.mu.Lock()
	r.stopped = true
	r.more.Broadcast()
	r.mu.Unlock()
	if err := <-r.ended; err != nil {
		return err
	}
	r.mu.Lock()
	r.report()
	r.mu.Unlock()
	used := h.session.Usage()
	h.send("stopped", map[string]int{"connections": used.Connections, "redirects": int(used.Redirects)})
	return nil
}

func (h *honest) close() error { return h.session.Close() }

// honestRun is the Work of a run. Next blocks until requests have arrived, so the strategy must be one that allows it to
// block.
type honestRun struct {
	*program
	ended chan error

	mu        sync.Mutex
	more      sync.Cond
	waiting   []strategies.Request // to be made
	stopped   bool
	outcomes  []byte // not reported yet, each followed by a comma
	reportDue bool   // a report is scheduled
	idle      int    // how often a slot was free and no request waiting
	most      int    // requests waiting at once
}

func (r *honestRun) Worker() strategies.Worker { return r }

func (r *honestRun) Next(_ context.Context, request *strategies.Request) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.waiting) == 0 && !r.stopped {
		r.idle++
		r.report() // no request is left to start
		r.more.Wait()
	}
	if len(r.waiting) == 0 {
		return false
	}
	*request, r.waiting = r.waiting[0], r.waiting[1:]
	request.Start = time.Duration(r.now())
	return true
}

func (r *honestRun) Done(request *strategies.Request, o strategies.Outcome) {
	latency := r.now() - int64(request.Start)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcomes = append(r.outcomes, '[')
	for _, number := range []int64{request.Index, int64(request.Start), latency, int64(o.Status), o.Bytes} {
		r.outcomes = append(strconv.AppendInt(r.outcomes, number, 10), ',')
	}
	r.outcomes = r.outcomes[:len(r.outcomes)-1]
	if o.Class != strategies.OK && o.Class != strategies.BadStatus {
		r.outcomes = fmt.Appendf(r.outcomes, ",%q,%q", o.Class, o.Err)
	}
	r.outcomes = append(r.outcomes, "],"...)
	if !r.reportDue {
		r.reportDue = true
		time.AfterFunc(reportInterval, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.reportDue = false
			r.report()
		})
	}
}

// counts returns how often a slot was without a request, and how many requests were waiting at most, since its last call.
func (r *honestRun) counts() (idle, most int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	idle, most = r.idle, r.most
	r.idle, r.most = 0, 0
	return idle, most
}

// report writes the outcomes that were not reported yet. The caller holds the lock.
func (r *honestRun) report() {
	if len(r.outcomes) == 0 {
		return
	}
	r.write(fmt.Appendf(nil, "{\"done\":{\"now\":%d,\"outcomes\":[%s]}}\n", r.now(), r.outcomes[:len(r.outcomes)-1]))
	r.outcomes = r.outcomes[:0]
}
