package streams

import (
	"context"
	"sync"
	"time"
)

// An Expiry is a context whose deadline can be moved: to a later time, for the next of several requests that one goroutine makes
// one after the other. That costs much less than a context for each request, whose timer hardly ever expires. Once it has
// expired it stays so.
type Expiry struct {
	context.Context // without a deadline
	done            chan struct{}

	mu    sync.Mutex
	timer *time.Timer // set to a time that is not after at
	at    time.Time
	ended bool
}

// NewExpiry returns a context that expires at that time, if it is not moved.
func NewExpiry(at time.Time) *Expiry {
	e := &Expiry{Context: context.Background(), done: make(chan struct{}), at: at}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.timer = time.AfterFunc(time.Until(at), e.expire)
	return e
}

// Move sets the deadline to a time that is not before the one it had. It returns false if that has passed.
func (e *Expiry) Move(at time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.at = at
	return !e.ended
}

// expire ends the context if its deadline has not been moved meanwhile.
func (e *Expiry) expire() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if left := time.Until(e.at); left > 0 {
		e.timer.Reset(left)
		return
	}
	e.ended = true
	close(e.done)
}

// Deadline implements [context.Context].
func (e *Expiry) Deadline() (time.Time, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.at, true
}

// Done implements [context.Context].
func (e *Expiry) Done() <-chan struct{} { return e.done }

// Err implements [context.Context].
func (e *Expiry) Err() error {
	select {
	case <-e.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}
