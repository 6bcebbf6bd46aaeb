package server

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// A conn is a client's connection over TCP, which a library reads and writes, with the server's state for it. Its visit is
// that of the requests of HTTP/1.1; requests of HTTP/2 have a visit each.
type conn struct {
	net.Conn              // plain or TLS
	tcp      *net.TCPConn // the socket under it
	tls      *tls.Conn    // over it; nil without TLS
	own      link
	visit
	hungUpOn chan struct{} // closed when the client has hung up during a wait

	multiplexed atomic.Bool // it is served as HTTP/2

	first  []byte        // what was read to see which protocol the client speaks, and is still to be read
	closed chan struct{} // closed by Close
	once   sync.Once     // closes closed
}

func (s *Server) newConn(tcp *net.TCPConn, number int) *conn {
	c := &conn{Conn: tcp, tcp: tcp, hungUpOn: make(chan struct{}), closed: make(chan struct{})}
	c.own.shard = number % shardCount
	c.link, c.gone = &c.own, c.hungUpOn
	if s.tls != nil {
		c.tls = tls.Server(tcp, s.tls)
		c.Conn = c.tls
	}
	if s.scheduler != nil {
		c.waiter = newWaiter()
	}
	return c
}

// preface is what a client of HTTP/2 sends first (RFC 9113, section 3.4).
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// detect finds out which protocol the client speaks. Over TLS they have agreed on one in the handshake; without TLS the first
// bytes tell. It returns false if the connection ends before.
func (c *conn) detect() bool {
	if c.tls != nil {
		if c.tls.Handshake() != nil {
			return false
		}
		if c.tls.ConnectionState().NegotiatedProtocol == alpnHTTP2 {
			c.own.protocol = overHTTP2
		}
		return true
	}
	var got [len(preface)]byte
	n := 0
	for n < len(got) && string(got[:n]) == preface[:n] {
		more, err := c.tcp.Read(got[n:])
		if err != nil {
			break // the protocol's server meets it too
		}
		n += more
	}
	c.first = got[:n]
	if string(c.first) == preface {
		c.own.protocol = overHTTP2
	}
	return n > 0
}

// Read returns io.EOF at the deadline that stop sets, because fasthttp would answer 408 to an error of the deadline.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.first) > 0 {
		n := copy(p, c.first)
		c.first = c.first[n:]
		return n, nil
	}
	n, err := c.Conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = io.EOF
	}
	return n, err
}

// Close implements [net.Conn].
func (c *conn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// stop ends the connection as soon as it is idle: now, or when its requests have been answered.
func (c *conn) stop() {
	if c.multiplexed.Load() {
		return // net/http ends it
	}
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
