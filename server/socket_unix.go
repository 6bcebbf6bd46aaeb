//go:build unix

package server

import (
	"errors"
	"net"
	"syscall"
)

// setBacklog sets how many connections may wait to be accepted. Go has no way to ask for it, but to listen again changes it.
func setBacklog(listener *net.TCPListener, backlog int) error {
	socket, err := listener.SyscallConn()
	if err != nil {
		return err
	}
	var failure error
	err = socket.Control(func(fd uintptr) { failure = syscall.Listen(int(fd), backlog) })
	return errors.Join(err, failure)
}

// hungUp tells whether the client has closed its end, by looking at what has come in without taking it. Both Linux and
// macOS can do that, and it costs one system call and no goroutine.
func (c *conn) hungUp() bool {
	socket, err := c.tcp.SyscallConn()
	if err != nil {
		return true
	}
	// A TLS client says goodbye (close_notify) before it closes, and that hides the end behind it. Goodbyes are
	// shorter than any request can be in a TLS record (40 bytes).
	const goodbye = 39
	var n int
	var failure error
	var seen [goodbye + 1]byte
	err = socket.Control(func(fd uintptr) {
		n, _, failure = syscall.Recvfrom(int(fd), seen[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	switch {
	case err != nil:
		return true
	case errors.Is(failure, syscall.EAGAIN), errors.Is(failure, syscall.EINTR):
		return false
	case failure != nil, n == 0:
		return true
	}
	return c.tls && n <= goodbye
}
