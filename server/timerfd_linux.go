package server

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A timer wakes the one goroutine that waits for it, as precisely as the system can. It is a timerfd, because an idle
// program's runtime timers are rounded up to a millisecond: 0.5 ms on average, which is a tenth of a delay of 5 ms.
type timer struct {
	fd   int
	file *os.File // a read of it blocks the goroutine, but no thread
}

func newTimer() (*timer, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("timerfd_create", err)
	}
	return &timer{fd: fd, file: os.NewFile(uintptr(fd), "timerfd")}, nil
}

// reset makes the timer expire once, after d, instead of at the time set before.
// It must not be called during or after close.
func (t *timer) reset(d time.Duration) {
	d = max(d, 1) // 0 would stop the timer
	err := unix.TimerfdSettime(t.fd, 0, &unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}, nil)
	if err != nil {
		panic(os.NewSyscallError("timerfd_settime", err)) // it fails for invalid arguments alone
	}
}

// wait returns true when the timer has expired, and false when it is closed.
func (t *timer) wait() bool {
	var expirations [8]byte
	_, err := t.file.Read(expirations[:])
	return err == nil
}

func (t *timer) close() { t.file.Close() }
