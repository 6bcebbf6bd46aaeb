//go:build !linux

package strategies

import "net"

// exchanging returns a connection that at least saves deadlines, where there are no raw system calls.
func exchanging(conn net.Conn) net.Conn {
	if tcp, ok := conn.(*net.TCPConn); ok {
		return &patientConn{TCPConn: tcp}
	}
	return conn
}
