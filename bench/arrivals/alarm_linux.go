package arrivals

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// An alarm has the runtime look at its timers at a certain time. It would do so up to a millisecond later by itself where nothing
// else happens: the time for which its poller sleeps has that unit. The alarm is timerfds that the poller watches. Nobody reads
// them: that one expires wakes the poller, and the runtime then finds the timer that the caller has set for the same time.
type alarm []bell

// A bell is a timerfd.
type bell struct {
	fd   int
	file *os.File // registers it with the poller
}

// bells are when the timerfds of an alarm expire, after the caller's timer. There are two, because one is not always enough: a
// thread may look at the timers just before they expire, and at the poller just after.
var bells = [...]time.Duration{2 * time.Microsecond, 22 * time.Microsecond}

// newAlarm returns an alarm, which does nothing if the system has no timerfd left: timers are then as precise as ever.
func newAlarm() alarm {
	var a alarm
	for range bells {
		fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
		if err != nil {
			break
		}
		a = append(a, bell{fd, os.NewFile(uintptr(fd), "timerfd")})
	}
	return a
}

// set sets the alarm for a timer that expires after d, instead of for the timer before.
func (a alarm) set(d time.Duration) {
	for i, b := range a {
		spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(max(d, 0) + bells[i]))}
		_ = unix.TimerfdSettime(b.fd, 0, &spec, nil) // fails for invalid arguments alone
	}
}

func (a alarm) close() {
	for _, b := range a {
		_ = b.file.Close()
	}
}
