//go:build !unix

package server

import (
	"errors"
	"net"
)

// setBacklog has no way to set the backlog without Unix sockets.
func setBacklog(*net.TCPListener, int) error { return errors.ErrUnsupported }

// hungUp cannot tell without Unix sockets; that a client has gone then shows when it is answered.
func (c *conn) hungUp() bool { return false }
