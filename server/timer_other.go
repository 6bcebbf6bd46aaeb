//go:build !linux

package server

import "time"

// A timer wakes the one goroutine that waits for it. It is the runtime's timer, which exists on every system.
type timer struct {
	timer  *time.Timer
	closed chan struct{}
}

func newTimer() (*timer, error) {
	return &timer{timer: time.NewTimer(time.Hour), closed: make(chan struct{})}, nil
}

// reset makes the timer expire once, after d, instead of at the time set before.
func (t *timer) reset(d time.Duration) { t.timer.Reset(d) }

// wait returns true when the timer has expired, and false when it is closed.
func (t *timer) wait() bool {
	select {
	case <-t.timer.C:
		return true
	case <-t.closed:
		return false
	}
}

func (t *timer) close() {
	t.timer.Stop()
	close(t.closed)
}
