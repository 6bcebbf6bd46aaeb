//go:build unix

package server

import (
	"errors"
	"net"
	"syscall"
)

// setBacklog sets the number of connections that may wait to be accepted. Package net has no option for it, but a second
// call of listen changes it.
func setBacklog(listener *net.TCPListener, backlog int) error {
	socket, err := listener.SyscallConn()
	if err != nil {
		return err
	}
	var failure error
	err = socket.Control(func(fd uintptr) { failure = syscall.Listen(int(fd), backlog) })
	return errors.Join(err, failure)
}

// hungUp reports whether the client has closed its end. It peeks at the received bytes without consuming them, which Linux
// and macOS both allow, and costs one system call and no goroutine.
func (c *conn) hungUp() bool {
	socket, err := c.tcp.SyscallConn()
	if err != nil {
		return true
	}
	// A TLS client sends the alert close_notify before it closes, and the peek sees that instead of the end of the stream. A
	// TLS record with a request has at least 40 bytes; one with an alert has fewer.
	const maxAlertBytes = 39
	var n int
	var failure error
	var peeked [maxAlertBytes + 1]byte
	err = socket.Control(func(fd uintptr) {
		n, _, failure = syscall.Recvfrom(int(fd), peeked[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	switch {
	case err != nil:
		return true
	case errors.Is(failure, syscall.EAGAIN), errors.Is(failure, syscall.EINTR):
		return false
	case failure != nil, n == 0:
		return true
	}
	return c.tls != nil && n <= maxAlertBytes
}
