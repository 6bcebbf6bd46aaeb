package strategies

import (
	"errors"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A poller tells a loop which of its sockets are ready. It is an epoll instance that is itself polled by Go's runtime: a
// loop that has nothing to do parks like any goroutine and keeps no thread from others.
type poller struct {
	epoll  *os.File
	raw    syscall.RawConn
	fd     int
	bell   int       // an eventfd that wakes the loop
	alarm  time.Time // the read deadline that is set; zero is none
	events [256]unix.EpollEvent
	ready  int
	ask    func(uintptr) bool // asks, and reports whether any are ready; made once
}

func newPoller() (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // for NewFile to have the runtime poll it
		return nil, errors.Join(os.NewSyscallError("fcntl", err), unix.Close(fd))
	}
	p := &poller{epoll: os.NewFile(uintptr(fd), "epoll"), fd: fd}
	if p.raw, err = p.epoll.SyscallConn(); err != nil {
		return nil, errors.Join(err, p.epoll.Close())
	}
	if p.bell, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return nil, errors.Join(os.NewSyscallError("eventfd", err), p.epoll.Close())
	}
	p.ask = func(uintptr) bool { p.look(); return p.ready > 0 }
	if err := p.add(p.bell, 0); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// add polls a socket from now on, until it is closed. Events are edge-triggered, so that one system call a connection is
// all it takes: each tells of what has become possible since it was last tried. They bear the serial number.
func (p *poller) add(fd int, serial int32) error {
	event := unix.EpollEvent{
		Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET,
		Fd:     int32(fd),
		Pad:    serial,
	}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, fd, &event))
}

// ring wakes the loop. It may be called from any goroutine.
func (p *poller) ring() {
	one := [8]byte{1}
	_, _ = unix.Write(p.bell, one[:]) // fails only if it rings already
}

// hush makes the bell ready to ring again.
func (p *poller) hush() {
	var rings [8]byte
	_, _ = rawRead(p.bell, rings[:])
}

// wait returns what is ready, at the latest at until, at once if that is past. A zero until is never.
func (p *poller) wait(until time.Time, now bool) ([]unix.EpollEvent, error) {
	if now {
		p.look()
		return p.events[:p.ready], nil
	}
	p.ready = 0
	if err := p.arm(until); err != nil {
		return nil, err
	}
	if err := p.raw.Read(p.ask); errors.Is(err, os.ErrDeadlineExceeded) {
		p.alarm = time.Time{}
		return nil, p.epoll.SetReadDeadline(p.alarm)
	} else if err != nil {
		return nil, err
	}
	return p.events[:p.ready], nil
}

// arm sets the alarm, unless it is set to go off before: to be woken once in vain is cheaper than to set it every time.
func (p *poller) arm(until time.Time) error {
	if until.IsZero() || !p.alarm.IsZero() && !until.Before(p.alarm) {
		return nil
	}
	p.alarm = until
	return p.epoll.SetReadDeadline(until)
}

// look asks which sockets are ready without waiting.
func (p *poller) look() {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.fd),
		uintptr(unsafe.Pointer(&p.events[0])), uintptr(len(p.events)), 0, 0, 0)
	p.ready = int(n)
	if errno != 0 { // a signal: the next time
		p.ready = 0
	}
}

func (p *poller) close() error {
	return errors.Join(p.epoll.Close(), unix.Close(p.bell))
}
