package strategies

import (
	"errors"
	"math"
	"os"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A poller tells a loop which of its sockets are ready.
type poller struct {
	fd     int // an epoll instance
	bell   int // an eventfd that wakes the loop
	events [1024]unix.EpollEvent
	looks  int // to take before the thread is blocked
}

// mostLooks are taken while it pays. To block a thread and to wake it costs the client and the server, whose system call
// has to do the waking, several microseconds together, and more if the processor has fallen asleep meanwhile. A server
// that has a lot to do answers before that: to give way to it and to look again makes for fewer and larger batches. So the
// number of looks doubles whenever one was not in vain, and halves when all were.
const mostLooks = 32

// calm is how far off the next thing to do must be for a loop to give way to others first, who may take their time.
const calm = 100 * time.Millisecond

func newPoller() (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	p := &poller{fd: fd, looks: 1}
	if p.bell, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return nil, errors.Join(os.NewSyscallError("eventfd", err), unix.Close(fd))
	}
	if err := p.add(p.bell, 0, unix.EPOLLIN); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// add has the poller tell of these events from now on, until fd is closed. They are edge-triggered, so that one system call a
// connection is all it takes: each tells of what has become possible since it was last tried. They bear the serial number.
func (p *poller) add(fd int, serial int32, events uint32) error {
	event := unix.EpollEvent{Events: events | unix.EPOLLET, Fd: int32(fd), Pad: serial}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, fd, &event))
}

// ring wakes the loop. It may be called from any goroutine. Nobody has to read the bell for it to ring again: every write is
// an event.
func (p *poller) ring() {
	one := [8]byte{1}
	_, _ = unix.Write(p.bell, one[:]) // fails after 2^64 times
}

// wait returns what is ready, as soon as anything is, and at the latest after so long; sooner, and nothing, after a signal.
func (p *poller) wait(most time.Duration) ([]unix.EpollEvent, error) {
	if ready := p.look(); len(ready) > 0 || most <= 0 {
		return ready, nil
	}
	if most >= calm {
		for range p.looks {
			giveWay()
			if ready := p.look(); len(ready) > 0 {
				p.looks = min(2*p.looks, mostLooks)
				return ready, nil
			}
		}
		p.looks = max(p.looks/2, 1)
	}
	return p.block(most)
}

// look returns what is ready without waiting.
func (p *poller) look() []unix.EpollEvent {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.fd),
		uintptr(unsafe.Pointer(&p.events[0])), uintptr(len(p.events)), 0, 0, 0)
	if errno != 0 { // a signal: the next time
		return nil
	}
	return p.events[:n]
}

// giveWay has whatever else wants the processor run first: goroutines, then other threads and programs.
func giveWay() {
	runtime.Gosched()
	_, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
}

// block blocks the thread until something is ready, so long at most.
func (p *poller) block(most time.Duration) ([]unix.EpollEvent, error) {
	runtime.Gosched() // goroutines of this thread would have to wait until Go notices that it is blocked
	milliseconds := min((most-1)/time.Millisecond+1, math.MaxInt32)
	n, err := unix.EpollWait(p.fd, p.events[:], int(milliseconds))
	if err == unix.EINTR {
		return nil, nil
	}
	return p.events[:max(n, 0)], os.NewSyscallError("epoll_wait", err)
}

func (p *poller) close() error { return errors.Join(unix.Close(p.fd), unix.Close(p.bell)) }
