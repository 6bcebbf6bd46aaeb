package bench

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"sweetspot/strategies"
)

// An Underway is a trial under way on this machine. Whoever drives it decides when its window opens and when it is shut: at once, or
// at an instant to come, so that several machines can measure parts of one trial in one window. The steps are
//
//	Begin, and Warm every 10 ms until it is true, or until Over is
//	Open, and Ended every 10 ms until that is enough, or until Hopeless or Over is true
//	Shut, unless the trial is a batch, which ends by itself
//	Finish
//
// Its methods must be called by one goroutine at a time.
type Underway struct {
	ctx     context.Context
	session *ending
	order   Order
	run     *running    // the latest Run: the one that is measured, or before a batch its warm-up; nil before the first
	warmed  bool        // the warm-up of a batch is being ended
	warmup  int64       // requests of a warm-up that was apart
	led     int64       // redirects that these followed
	release func() bool // undoes that the window is shut when ctx ends

	at           time.Time // the instant that was set for the beginning
	late         time.Duration
	before       atomic.Int64 // requests that had ended at the beginning
	opened, shut mark
}

// Begin begins a trial of what the order says: its warm-up, if it has one. The session must have no Run in progress. If ctx ends,
// the trial ends with what was measured by then: requests in flight have 300 ms to end, and then the session is closed, which cuts
// them off.
func Begin(ctx context.Context, session strategies.Session, order Order) *Underway {
	order.Load.hosts = hostsOf(order.Load.URLs)
	return begin(ctx, newEnding(session), order)
}

func begin(ctx context.Context, session *ending, order Order) *Underway {
	runtime.GC() // one trial does not pay for the garbage of another
	u := &Underway{ctx: ctx, session: session, order: order, release: func() bool { return true }}
	if order.batch() && order.Load.Warmup <= 0 {
		return u
	}
	r := newRecorder(order, 0)
	if !order.batch() {
		if order.Load.Warmup != 0 {
			r.stagger(order.Limit)
		}
		u.release = context.AfterFunc(ctx, func() { r.shut(time.Time{}) })
	}
	u.run = start(ctx, session, order.Limit, r, r.epoch)
	return u
}

// Warm reports whether the warm-up is over: the strategy has reached its full speed, or all requests fail. That of a batch is over
// when none of its requests is in flight any more.
func (u *Underway) Warm() bool {
	switch {
	case u.run == nil || !u.order.batch() && u.warm():
		return true
	case u.order.batch() && (u.warmed || u.warm()):
		u.warmed = true
		u.run.cancel()
		return u.run.over()
	}
	return false
}

// Over reports whether the trial has ended by itself: a batch is made, the session has broken down, or ctx has ended.
func (u *Underway) Over() bool {
	return u.ctx.Err() != nil || u.run != nil && !u.warmed && u.run.over()
}

// Open sets when what is measured begins: the window, or the first requests of a batch. It returns when it does, which is at, or
// now if that has passed. The error is that of a session which broke down in the warm-up of a batch.
func (u *Underway) Open(at time.Time) (began time.Time, err error) {
	u.at = at
	if u.order.batch() {
		began, err = u.startBatch(at)
	} else {
		if u.ctx.Err() != nil {
			u.run.recorder.shut(time.Time{}) // now, so that the window does not open any more
		}
		began = u.run.recorder.open(at)
	}
	if err != nil {
		return time.Time{}, err
	}
	u.late = began.Sub(at)
	u.opened.set(began, func() reading {
		u.before.Store(u.run.recorder.ended.Load())
		return read(u.session.session)
	})
	return began, nil
}

// startBatch ends the warm-up, if there is one, and has the batch start at that instant, or now.
func (u *Underway) startBatch(at time.Time) (began time.Time, err error) {
	if u.run != nil {
		if err := u.run.stop(); err != nil {
			return time.Time{}, err
		}
		u.warmup, u.warmed = u.run.recorder.result().Warmup(), false
		u.led = u.session.session.Usage().Redirects
	}
	r := newRecorder(u.order, u.order.Load.Requests)
	if began = at; r.epoch.After(at) {
		began = r.epoch
	}
	u.run = start(u.ctx, u.session, u.order.Limit, r, began)
	return began, nil
}

// Ended returns how many requests have ended since what is measured began.
func (u *Underway) Ended() int64 {
	if !u.opened.passed.Load() {
		return 0
	}
	return u.run.recorder.ended.Load() - u.before.Load()
}

// Hopeless reports whether it is no use to wait for the end of a window: every request fails, as many as the limit.
func (u *Underway) Hopeless() bool {
	limit := u.order.Limit
	return !u.order.batch() && u.run.recorder.hopeless(limit) && u.Ended() >= int64(limit)
}

// Shut sets when the window ends: at that instant, or now if it has passed, or before if ctx ends before. No request is started
// from then on.
func (u *Underway) Shut(at time.Time) {
	ends := u.run.recorder.shut(at)
	u.late = max(u.late, ends.Sub(at))
	u.shut.set(ends, func() reading { return read(u.session.session) })
}

// Finish waits until what is measured has ended, and no request is in flight any more. It returns what was measured; nil if ctx
// ended before there was anything to measure. A window that was not shut ends now. The error is that of a session which broke down.
func (u *Underway) Finish() (*Measurement, error) {
	defer u.release()
	defer u.opened.stop()
	defer u.shut.stop()
	if !u.opened.isSet() {
		if u.run == nil {
			return nil, nil
		}
		return nil, u.run.stop()
	}
	if !u.order.batch() && !u.shut.isSet() {
		u.Shut(time.Now())
	}
	u.run.await(u.run.recorder.to())
	if u.order.batch() {
		if err := u.run.stop(); err != nil {
			return nil, err
		}
		return u.batch(read(u.session.session)), nil
	}
	end := u.shut.get()
	if err := u.run.stop(); err != nil {
		return nil, err
	}
	return u.window(end), nil
}

// window returns what was measured in a window, at whose end the session had used that much.
func (u *Underway) window(end reading) *Measurement {
	r := u.run.recorder
	counts, length := r.result(), r.length()
	m := &Measurement{Counts: counts, Late: u.late, Elapsed: length, Used: end.since(u.opened.get()), Usage: u.session.session.Usage()}
	if length == 0 { // ctx ended in the warm-up
		if counts.Warmup() > 0 || counts.CutOff() == 0 {
			return nil
		}
		m.Began, m.Elapsed = r.epoch, r.to() // nothing has ended since the start, which is worth saying
		return m
	}
	r.closeArrivals(r.to())
	return u.placed(m)
}

// batch returns what was measured of a batch, at whose end the session had used that much.
func (u *Underway) batch(end reading) *Measurement {
	r := u.run.recorder
	counts := r.result()
	counts.AddWarmup(u.warmup)
	first, last := counts.Span()
	m := &Measurement{
		Counts: counts, Late: max(u.late, u.run.began.Sub(u.at)), Elapsed: last - first,
		Used: end.since(u.opened.get()), Usage: u.session.session.Usage(),
	}
	m.Usage.Redirects += u.led
	ended := r.to()
	switch {
	case counts.Completed() == 0 && counts.CutOff() == 0:
		return nil
	case counts.CutOff() > 0: // interrupted: what was in flight lasted until then
		m.Elapsed = max(1, ended-r.origin())
	}
	if u.ctx.Err() != nil {
		ended = min(ended, last)
	}
	r.closeArrivals(ended)
	return u.placed(m)
}

// placed returns the measurement with its time.
func (u *Underway) placed(m *Measurement) *Measurement {
	m.Began = u.run.recorder.epoch.Add(u.run.recorder.origin())
	m.Start = m.Began.Sub(u.at)
	return m
}

// A mark is a reading at an instant.
type mark struct {
	take   func() // nil until it is set
	once   sync.Once
	passed atomic.Bool // whether it was taken
	timer  *time.Timer
	taken  reading
}

func (m *mark) isSet() bool { return m.take != nil }

// set has a reading taken at that instant; at once if it has come.
func (m *mark) set(at time.Time, take func() reading) {
	m.take = func() { m.once.Do(func() { m.taken = take(); m.passed.Store(true) }) }
	if wait := time.Until(at); wait > 0 {
		m.timer = time.AfterFunc(wait, m.take)
		return
	}
	m.take()
}

// get returns the reading, which it takes now if its instant has not come.
func (m *mark) get() reading {
	m.take()
	return m.taken
}

// stop has no reading taken any more.
func (m *mark) stop() {
	if m.timer != nil {
		m.timer.Stop()
	}
}
