package strategies

import (
	"net/http"

	"golang.org/x/sys/unix"
)

// connection returns a conn for a request to host that has no connection yet.
func (l *loop) connection(h *host) *conn {
	last := len(l.spare) - 1
	if last < 0 {
		c := &conn{loop: l, host: h, fd: -1}
		c.deadline.conn, c.patience.conn = c, c
		c.handled = c.finish
		c.parser.Keep = l.target.Handle != nil
		c.ready()
		return c
	}
	c := l.spare[last]
	l.spare = l.spare[:last]
	c.host = h
	return c
}

// ready makes the parser ready for a response. It is called as soon as the one before is done with, whose body may be large.
func (c *conn) ready() { c.parser.Reset(c.loop.target.Method == http.MethodHead) }

// take returns a conn for a request to h: the idle one that was used last, if there is one.
func (l *loop) take(h *host) *conn {
	last := len(h.idle) - 1
	if last < 0 {
		return l.connection(h)
	}
	c := h.idle[last]
	h.idle = h.idle[:last]
	c.patience.leave()
	return c
}

// rest makes the connection ready for another request.
func (c *conn) rest() {
	c.state = idling
	c.host.idle = append(c.host.idle, c)
	c.loop.resting.join(&c.patience, c.loop.clock)
}

// unseen reports whether the connection, which has carried requests before, had ended before anything of this one reached
// the server. An end in good order acknowledges all that arrived before it. A reset does not: it leaves open how far the
// server had got. A kernel that does not count what is acknowledged says 0, which tells nothing.
func (c *conn) unseen() bool {
	if c.earlier == 0 {
		return false
	}
	info, err := unix.GetsockoptTCPInfo(c.fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	const greeting = 1 // byte: that is what the SYN counts as
	return err == nil && info.Bytes_acked == c.earlier+greeting
}

// again makes the request on a new connection, in what is left of its time: the server had closed the old one, which was
// idle, and has not seen the request. It does not come to a third.
func (c *conn) again() {
	c.unsent = nil
	c.hangUp()
	c.dial()
}

// spoil sees to a connection that something is wrong with while it carries no request.
func (c *conn) spoil() {
	c.spoilt = true
	if c.state == idling {
		c.host.remove(c)
		c.disconnect()
	}
}

// disconnect closes the connection, if there is one, and leaves the conn for another.
func (c *conn) disconnect() {
	c.hangUp()
	c.state, c.host, c.unsent, c.dialError = unused, nil, nil, nil
	c.loop.spare = append(c.loop.spare, c)
}

func (c *conn) hangUp() {
	c.patience.leave()
	if c.fd >= 0 {
		_ = unix.Close(c.fd) // takes it out of epoll too; there is nothing to lose
		c.loop.conns[c.fd], c.fd = nil, -1
		c.loop.open--
	}
}
