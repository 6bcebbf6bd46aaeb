//go:build !linux

package network

import "net"

// newExchangeConn returns a connection that at least sets fewer deadlines, where there are no raw system calls.
func newExchangeConn(w *wire) net.Conn { return &lazyDeadlineConn{wire: w} }
