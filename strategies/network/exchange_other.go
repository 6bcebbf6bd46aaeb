//go:build !linux

package network

import "net"

// newExchangeConn returns a connection that at least sets fewer deadlines, where there are no raw system calls.
func newExchangeConn(conn net.Conn) net.Conn {
	if tcp, ok := conn.(*net.TCPConn); ok {
		return &lazyDeadlineConn{TCPConn: tcp}
	}
	return conn
}
