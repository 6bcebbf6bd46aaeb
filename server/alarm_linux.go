package server

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// An alarm wakes the one goroutine that waits for it, as punctually as the system can: a timerfd, because the
// runtime's own timers are rounded to the millisecond whenever the program is idle, and half a millisecond on
// average is a tenth of a 5 ms delay.
type alarm struct {
	fd   int
	file *os.File // reading it parks the goroutine, not a thread
}

func newAlarm() (*alarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("timerfd_create", err)
	}
	return &alarm{fd: fd, file: os.NewFile(uintptr(fd), "timerfd")}, nil
}

// set makes the alarm ring once, in that time, instead of when it was set to before.
// It must not be called during or after close.
func (a *alarm) set(in time.Duration) {
	in = max(in, 1) // 0 would disarm it
	err := unix.TimerfdSettime(a.fd, 0, &unix.ItimerSpec{Value: unix.NsecToTimespec(int64(in))}, nil)
	if err != nil {
		panic(os.NewSyscallError("timerfd_settime", err)) // only a wrong argument makes it fail
	}
}

// wait returns true once the alarm has rung, false once it is closed.
func (a *alarm) wait() bool {
	var rings [8]byte
	_, err := a.file.Read(rings[:])
	return err == nil
}

func (a *alarm) close() { a.file.Close() }
