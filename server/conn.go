package server

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// A conn is a client's connection, as fasthttp reads and writes it, with what the server remembers about it.
type conn struct {
	net.Conn              // plain or TLS
	tcp      *net.TCPConn // the socket under it
	tls      bool
	stripe   int     // of the tally
	counted  *tally  // the tally that has counted this connection last
	waiter   *waiter // nil if no request waits

	waitsSince atomic.Int64  // the lookout's round in which the request under way began to wait; 0: it does not
	gone       chan struct{} // closed when the client has hung up during a wait
}

// Read reads like the connection does, but takes the deadline that stop sets for the end of the connection, so that
// fasthttp leaves in peace and does not answer 408.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = io.EOF
	}
	return n, err
}

// stop ends the connection once the request under way, if there is one, has been answered.
func (c *conn) stop() {
	c.SetReadDeadline(time.Unix(1, 0))
}

// reset ends the connection at once and lets the client know with a RST.
func (c *conn) reset() {
	c.tcp.SetLinger(0)
	c.tcp.Close()
}

// truncate sends the beginning of an answer and no more.
func (c *conn) truncate(beginning []byte) {
	c.Write(beginning)
	c.Close()
}

// leave ends the connection at once.
func (c *conn) leave() { c.tcp.Close() }
