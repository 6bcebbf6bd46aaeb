//go:build !linux

package server

import "time"

// An alarm wakes the one goroutine that waits for it. The runtime's timers are what every system has.
type alarm struct {
	timer  *time.Timer
	closed chan struct{}
}

func newAlarm() (*alarm, error) {
	return &alarm{timer: time.NewTimer(time.Hour), closed: make(chan struct{})}, nil
}

// set makes the alarm ring once, in that time, instead of when it was set to before.
func (a *alarm) set(in time.Duration) { a.timer.Reset(in) }

// wait returns true once the alarm has rung, false once it is closed.
func (a *alarm) wait() bool {
	select {
	case <-a.timer.C:
		return true
	case <-a.closed:
		return false
	}
}

func (a *alarm) close() {
	a.timer.Stop()
	close(a.closed)
}
