package eventloop

import (
	"cmp"
	"errors"
	"math"
	"os"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A poller reports which sockets of a loop are ready.
type poller struct {
	fd     int // an epoll instance
	wakeFD int // an eventfd that wakes the loop
	timeFD int // a timerfd that wakes the loop at a time, where milliseconds are not precise enough
	events [1024]unix.EpollEvent
	polls  int // the number of polls before the thread blocks

	// alone says that fewer loops run than Go has processors. The others run what becomes runnable then, and to leave the
	// processor to goroutines would only wake another thread for nothing, at each wait.
	alone bool
}

// maxPolls is the largest value of poller.polls. Blocking a thread and waking it costs several microseconds, for the client
// and for the server whose system call wakes it, and more if the processor went to sleep meanwhile. A busy server responds
// within that time. To yield the processor to the server and to poll again then gives fewer and larger batches. So the number
// of polls doubles whenever a poll finds an event, and halves when all polls find none.
const maxPolls = 32

// yieldThreshold is the shortest wait for which a loop yields the processor before it blocks. After a yield others may keep
// the processor for some time, so a loop with a timer that expires sooner does not yield. It sets the timerfd instead, since a
// request that is due is not to be late by the milliseconds in which epoll_wait counts.
const yieldThreshold = 100 * time.Millisecond

func newPoller() (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	p := &poller{fd: fd, polls: 1}
	if p.wakeFD, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return nil, errors.Join(os.NewSyscallError("eventfd", err), unix.Close(fd))
	}
	if p.timeFD, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK); err != nil {
		return nil, errors.Join(os.NewSyscallError("timerfd_create", err), unix.Close(fd), unix.Close(p.wakeFD))
	}
	if err := cmp.Or(p.add(p.wakeFD, 0, unix.EPOLLIN), p.add(p.timeFD, 0, unix.EPOLLIN)); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// add makes the poller report these events of fd until it is closed. The events are edge-triggered, so that one system call
// per connection is enough: each event reports what has become possible since it was last tried. They carry the serial
// number in their Pad.
func (p *poller) add(fd int, serial int32, events uint32) error {
	event := unix.EpollEvent{Events: events | unix.EPOLLET, Fd: int32(fd), Pad: serial}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, fd, &event))
}

// wake wakes the loop. Any goroutine may call it. The eventfd need not be read before the next call: every write is an event.
func (p *poller) wake() {
	one := [8]byte{1}
	_, _ = unix.Write(p.wakeFD, one[:]) // fails after 2^64 calls only
}

// wait returns the events as soon as there are any, and at the latest after timeout. After a signal it may return none early.
func (p *poller) wait(timeout time.Duration) ([]unix.EpollEvent, error) {
	if ready := p.poll(); len(ready) > 0 || timeout <= 0 {
		return ready, nil
	}
	if timeout >= yieldThreshold {
		for range p.polls {
			p.yield()
			if ready := p.poll(); len(ready) > 0 {
				p.polls = min(2*p.polls, maxPolls)
				return ready, nil
			}
		}
		p.polls = max(p.polls/2, 1)
	}
	return p.block(timeout)
}

// poll returns the events without waiting.
func (p *poller) poll() []unix.EpollEvent {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.fd),
		uintptr(unsafe.Pointer(&p.events[0])), uintptr(len(p.events)), 0, 0, 0)
	if errno != 0 { // a signal: the next call will return the events
		return nil
	}
	return p.events[:n]
}

// yield lets others use the processor first: goroutines, then other threads and programs.
func (p *poller) yield() {
	p.letGoroutinesRun()
	_, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
}

func (p *poller) letGoroutinesRun() {
	if !p.alone {
		runtime.Gosched()
	}
}

// block blocks the thread until there are events, or until timeout.
func (p *poller) block(timeout time.Duration) ([]unix.EpollEvent, error) {
	p.letGoroutinesRun() // otherwise those of this thread would wait until Go notices that it is blocked
	if timeout < yieldThreshold {
		_ = unix.TimerfdSettime(p.timeFD, 0, &unix.ItimerSpec{Value: unix.NsecToTimespec(int64(timeout))}, nil) // fails for invalid arguments alone
	}
	milliseconds := min((timeout-1)/time.Millisecond+1, math.MaxInt32)
	n, err := unix.EpollWait(p.fd, p.events[:], int(milliseconds))
	if err == unix.EINTR {
		return nil, nil
	}
	return p.events[:max(n, 0)], os.NewSyscallError("epoll_wait", err)
}

func (p *poller) close() error {
	return errors.Join(unix.Close(p.fd), unix.Close(p.wakeFD), unix.Close(p.timeFD))
}
