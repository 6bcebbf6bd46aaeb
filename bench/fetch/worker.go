package fetch

import (
	"context"
	"slices"
	"time"

	"sweetspot/strategies"
)

// A worker hands out the requests of a fetch. It implements [strategies.Pacer].
type worker struct {
	fetch    *fetch
	handed   chan *task // receives the task that Next waits for; nil if there is none any more
	reserved *task      // that Delay has taken for the next call of Next
	inFlight int
}

// Worker implements [strategies.Work].
func (f *fetch) Worker() strategies.Worker {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.workers++
	return &worker{fetch: f, handed: make(chan *task, 1)}
}

// How long a worker that has no timer of its own waits before it looks again. One with requests in flight looks whenever one of them
// ends.
const (
	idleLook = 5 * time.Millisecond
	busyLook = 150 * time.Millisecond
)

// Delay implements [strategies.Pacer].
func (w *worker) Delay() time.Duration {
	f := w.fetch
	f.mu.Lock()
	defer f.mu.Unlock()
	if w.reserved != nil || f.over() {
		return 0
	}
	t, wait := f.take(w)
	if w.reserved = t; t != nil || f.over() {
		return 0
	}
	look := idleLook
	if w.inFlight > 0 {
		look = busyLook
	}
	return max(1, min(wait, look))
}

// over reports whether no request is started any more.
func (f *fetch) over() bool { return f.stopped || f.schedule.done() }

// Next implements [strategies.Worker].
func (w *worker) Next(ctx context.Context, r *strategies.Request) bool {
	t := w.next(ctx)
	if t == nil {
		return false
	}
	*r = strategies.Request{URL: t.job.URL, Index: t.index, Start: t.began, Message: t.job.Message}
	return true
}

// next returns the next task; nil if there is none any more, or ctx has ended.
func (w *worker) next(ctx context.Context) *task {
	f := w.fetch
	f.mu.Lock()
	t := w.reserved
	w.reserved = nil
	if t == nil && !f.over() {
		var wait time.Duration
		if t, wait = f.take(w); t == nil && !f.over() {
			f.waiters = append(f.waiters, w)
			f.arm(wait)
			f.mu.Unlock()
			return w.await(ctx)
		}
	}
	defer f.mu.Unlock()
	if t != nil && ctx.Err() != nil {
		f.putBack(w, t)
		return nil
	}
	return t
}

// await waits for the task that dispatch hands over.
func (w *worker) await(ctx context.Context) *task {
	select {
	case t := <-w.handed:
		return t
	case <-ctx.Done():
	}
	f := w.fetch
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.Index(f.waiters, w); i >= 0 {
		f.waiters = slices.Delete(f.waiters, i, i+1)
	} else if t := <-w.handed; t != nil {
		f.putBack(w, t)
	}
	return nil
}

// putBack takes back a task whose request is not made, since the fetch is stopped. Its job has no result.
func (f *fetch) putBack(w *worker, t *task) {
	delete(f.flying, t.index)
	w.inFlight--
	f.schedule.inFlight--
	t.host.inFlight--
	t.host.counts.Requests--
}

// refusedAtOnce is how many jobs are given up before others have the lock.
const refusedAtOnce = 256

// take starts the next request of the worker. It returns nil if there is none now, and how long to wait. The caller holds the lock.
func (f *fetch) take(w *worker) (*task, time.Duration) {
	if f.store.busy() {
		return nil, idleLook
	}
	// A worker that has several requests in flight, as an event loop has, takes no more than its part, so that all of them work.
	if part := (f.schedule.limit + f.workers - 1) / f.workers; w.inFlight >= max(1, part) {
		return nil, never
	}
	now := f.now()
	f.window.mark(now, f.schedule)
	for range refusedAtOnce {
		t, wait := f.schedule.next(now)
		switch {
		case f.schedule.err != nil:
			f.fail(f.schedule.err)
			return nil, never
		case t == nil:
			return nil, wait
		case t.over == nil:
			f.flying[t.index] = t
			w.inFlight++
			f.tellReader()
			return t, 0
		}
		f.schedule.refuse(t, now)
		f.counts.fail(t.over.Class)
		f.store.append(t.line(result{failure: t.over, wait: -1}, 0, 0), nil)
		if f.schedule.done() {
			f.endAll()
			return nil, never
		}
	}
	return nil, 1
}

// tellReader has the list read on if there is much room.
func (f *fetch) tellReader() {
	if s := f.schedule; s.ahead < mostAhead/2 && s.runs < mostRuns/2 {
		select {
		case f.nudge <- struct{}{}:
		default:
		}
	}
}

// dispatch hands tasks to the workers that wait, as far as there are any. The caller holds the lock.
func (f *fetch) dispatch() {
	for len(f.waiters) > 0 && !f.stopped {
		w := f.waiters[0]
		t, wait := f.take(w)
		if t == nil {
			f.arm(wait)
			return
		}
		f.waiters = f.waiters[1:]
		w.handed <- t
	}
}

// endAll tells all workers that wait that there is nothing left. The caller holds the lock.
func (f *fetch) endAll() {
	for _, w := range f.waiters {
		w.handed <- nil
	}
	f.waiters = nil
}

// arm has dispatch called after that time, unless the wait is for something else. The caller holds the lock.
func (f *fetch) arm(wait time.Duration) {
	if wait == never {
		return
	}
	if f.timer == nil {
		f.timer = time.AfterFunc(wait, func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.dispatch()
		})
		return
	}
	f.timer.Reset(wait)
}

// Done implements [strategies.Worker].
func (w *worker) Done(r *strategies.Request, o strategies.Outcome) {
	f := w.fetch
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	t := f.flying[r.Index]
	delete(f.flying, r.Index)
	w.inFlight--
	if f.stopped && noResult(o.Err) {
		f.schedule.inFlight--
		t.host.inFlight--
		return
	}
	took := now - t.began
	if o.Latency > 0 {
		took = min(took, o.Latency)
	}
	if f.observe.Request != nil {
		f.observe.Request(o, now, took)
	}
	f.window.mark(now, f.schedule)
	res := resultOf(o, t.answer)
	t.host.counts.Bytes += o.Bytes
	f.counts.Bytes += o.Bytes
	f.counts.Requests++
	if f.schedule.finish(t, res, now) && t.index >= 0 {
		f.conclude(t, res, o.Bytes, took)
	}
	if limit, changed := f.window.add(now, res); changed {
		f.schedule.limit = limit
	}
	if f.schedule.done() {
		f.endAll()
		return
	}
	f.dispatch()
}
