package network

import (
	"errors"
	"net"
	"sync/atomic"
	"time"
)

// ErrStale is the error of a write to a connection that the server closed while it was idle. Nothing was sent, so the
// request may be made on another connection and the server still sees it once.
var ErrStale = errors.New("the server closed the connection while it was idle")

// staleCheckAfter is how long a connection must have been idle before a write asks the kernel whether the server has closed
// it. Asking costs a system call, which a connection in steady use does not pay.
const staleCheckAfter = 10 * time.Millisecond

// connsPerTimed is the number of connections per timed connection: small enough for a precise mean, and large enough to make
// the cost of the timing negligible.
const connsPerTimed = 4

// newConn wraps raw in a connection that counts itself; the first of every connsPerTimed is timed too.
func (n *Network) newConn(raw net.Conn) net.Conn {
	c := &timedConn{conn: conn{Conn: raw, network: n}}
	c.touch()
	if n.dialled.Add(1)%connsPerTimed == 1 {
		return c
	}
	return &c.conn
}

// conn counts itself once in every run in which it carries requests, and returns ErrStale if the server has closed it. It has
// one writer and one reader at a time, which may be two goroutines.
type conn struct {
	net.Conn
	network *Network
	lastRun int64        // the latest run in which it carried a request; only the writer uses it
	touched atomic.Int64 // when it last carried a byte in either direction: a time.Duration on the network's clock
}

// touch records that the connection carries something now, and returns how long it had been idle.
func (c *conn) touch() (idle time.Duration) {
	now := int64(time.Since(c.network.opened))
	return time.Duration(now - c.touched.Swap(now))
}

func (c *conn) Write(p []byte) (int, error) {
	if c.touch() > staleCheckAfter && closedByPeer(c.Conn) {
		return 0, ErrStale
	}
	c.network.CountRequest(&c.lastRun)
	return c.Conn.Write(p)
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.touch()
	}
	return n, err
}

// timedConn also times its exchanges. An exchange lasts from the first write after a read to the last read before the next
// write.
type timedConn struct {
	conn
	wrote, read atomic.Int64 // times on the network's clock; atomic, since reader and writer may be two goroutines
}

func (c *timedConn) Write(p []byte) (int, error) {
	if wrote, read := c.wrote.Load(), c.read.Load(); read >= wrote {
		if wrote > 0 {
			c.network.exchangeTime.Add(read - wrote)
			c.network.exchanges.Add(1)
		}
		c.wrote.Store(int64(time.Since(c.network.opened)))
	}
	return c.conn.Write(p)
}

func (c *timedConn) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	c.read.Store(c.touched.Load())
	return n, err
}
