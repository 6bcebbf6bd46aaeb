package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"sweetspot/strategies"
)

// How an interrupted run ends. All of it together takes well under a second.
const (
	grace    = 300 * time.Millisecond // for requests in flight to end by themselves
	patience = 200 * time.Millisecond // for a session to do what it was told, before it is left behind
)

// errAbandoned is the error of a Run that did not return although its session was closed.
var errAbandoned = fmt.Errorf("it was interrupted, and has not ended its requests %v after it was told to", patience)

// running is a Run under way.
type running struct {
	session     *ending
	recorder    *recorder
	interrupted <-chan struct{} // closed when ctx ends
	cancel      context.CancelFunc
	done        chan struct{} // closed when the Run has returned
	began       time.Time     // when it did
	err         error         // that it returned
}

// start starts a Run at that instant.
func start(ctx context.Context, session *ending, limit int, work *recorder, at time.Time) *running {
	interrupted := ctx.Done()
	ctx, cancel := context.WithCancel(ctx)
	run := &running{session: session, recorder: work, interrupted: interrupted, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(run.done)
		defer work.close()
		if wait := time.Until(at); wait > 0 {
			pause(ctx, wait)
		}
		run.began = time.Now()
		run.err = session.session.Run(ctx, limit, work)
	}()
	return run
}

// over reports whether the Run has ended.
func (r *running) over() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// await waits until that time on the recorder's clock, or until the Run has ended, or until ctx has.
func (r *running) await(end time.Duration) {
	timer := time.NewTimer(end - r.recorder.now())
	defer timer.Stop()
	select {
	case <-r.done:
	case <-r.interrupted:
	case <-timer.C:
	}
}

// stop starts no new requests, waits until none is in flight and returns the Run's error. If ctx ends, requests have a short
// grace. Then stop closes the session, which ends them, and what was in flight counts as cut off. A Run that does not return
// even then is left behind, with [errAbandoned]: nothing of what it recorded may be used.
func (r *running) stop() error {
	r.cancel()
	select {
	case <-r.done:
		return r.err
	case <-r.interrupted:
	}
	if returned(r.done, grace) {
		return r.err
	}
	r.recorder.abort()
	r.session.begin()
	if !returned(r.done, patience) {
		return errAbandoned
	}
	return nil // an error would say no more than that the session was closed
}

// returned waits until done is closed, for at most that time, and reports whether it is.
func returned(done <-chan struct{}, atMost time.Duration) bool {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// pause sleeps, but not longer than until ctx ends.
func pause(ctx context.Context, d time.Duration) { returned(ctx.Done(), d) }

// An ending closes a session, once.
type ending struct {
	session strategies.Session
	once    sync.Once
	done    chan struct{} // closed when the session is
}

func newEnding(s strategies.Session) *ending { return &ending{session: s, done: make(chan struct{})} }

// begin begins to close the session, unless that has begun already.
func (e *ending) begin() {
	e.once.Do(func() {
		go func() {
			defer close(e.done)
			_ = e.session.Close() // its trials have said already what was wrong
		}()
	})
}

// end closes the session and waits until it is closed; if ctx ends, not much longer.
func (e *ending) end(ctx context.Context) {
	e.begin()
	select {
	case <-e.done:
	case <-ctx.Done():
		returned(e.done, patience)
	}
}

// openSession opens a session of the strategy. If ctx ends and Open does not give up, the session is closed whenever it comes.
func openSession(ctx context.Context, s strategies.Strategy, target strategies.Target, limit int) (strategies.Session, error) {
	var (
		session strategies.Session
		err     error
		done    = make(chan struct{})
	)
	go func() {
		defer close(done)
		session, err = s.Open(ctx, target, limit)
	}()
	select {
	case <-done:
		return session, err
	case <-ctx.Done():
	}
	if returned(done, patience) {
		return session, err
	}
	go func() {
		if <-done; err == nil {
			_ = session.Close()
		}
	}()
	return nil, errors.Join(fmt.Errorf("%s: open: interrupted", s.Name()), ctx.Err())
}
