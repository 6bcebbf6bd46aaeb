//go:build unix

package network

import "golang.org/x/sys/unix"

// A look finds out what the peer did to an idle connection. It neither blocks nor consumes what has arrived.
type look struct {
	step         func(fd uintptr) // the method peek, allocated once
	closed, data bool
}

func (l *look) init() { l.step = l.peek }

func (l *look) peek(fd uintptr) {
	var one [1]byte
	n, err := rawPeek(int(fd), one[:])
	l.data = err == nil && n > 0
	l.closed = err == nil && n == 0 || err != nil && err != unix.EAGAIN && err != unix.EINTR
	if l.data {
		l.closed = hungUp(int(fd))
	}
}

// disturbed reports whether the peer has closed the idle connection, or written to it unasked.
func (w *wire) disturbed() (closed, data bool) {
	if err := w.raw.Control(w.look.step); err != nil { // closed on this side
		return true, false
	}
	return w.look.closed, w.look.data
}
