//go:build !unix

package server

import (
	"errors"
	"net"
)

// setBacklog returns errors.ErrUnsupported: this system has no Unix sockets.
func setBacklog(*net.TCPListener, int) error { return errors.ErrUnsupported }

// hungUp returns false: without Unix sockets a hangup is noticed only when the answer is written.
func (c *conn) hungUp() bool { return false }
