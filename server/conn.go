package server

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// A conn is a client's connection, which fasthttp reads and writes, with the server's state for it.
type conn struct {
	net.Conn               // plain or TLS
	tcp       *net.TCPConn // the socket under it
	tls       bool
	shard     int       // index in counters.shards
	countedBy *counters // the counters that have counted this connection last
	waiter    *waiter   // nil without a scheduler

	waitsSince atomic.Int64  // the value of Server.polls when its request began to wait; 0 if none waits
	gone       chan struct{} // closed when the client has hung up during a wait
}

// Read returns io.EOF at the deadline that stop sets, because fasthttp would answer 408 to an error of the deadline.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = io.EOF
	}
	return n, err
}

// stop ends the connection as soon as it is idle: now, or when its request has been answered.
func (c *conn) stop() {
	c.SetReadDeadline(time.Unix(1, 0)) // any time in the past
}

// reset ends the connection at once with a TCP RST.
func (c *conn) reset() {
	c.tcp.SetLinger(0) // makes Close send a RST
	c.tcp.Close()
}

// truncate sends the beginning of an answer, then ends the connection.
func (c *conn) truncate(beginning []byte) {
	c.Write(beginning)
	c.Close()
}

// abort ends the connection at once, without TLS's close_notify.
func (c *conn) abort() { c.tcp.Close() }
