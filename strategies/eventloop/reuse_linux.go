package eventloop

import (
	"sweetspot/strategies/network"
)

// newConn returns a conn without a connection, for a request to h.
func (l *loop) newConn(h *host) *conn {
	last := len(l.spare) - 1
	if last < 0 {
		c := &conn{host: h}
		c.exchange.open(l, c, c.handle, c.finish)
		c.idleTimer.owner = c
		c.dialling.init(l, c)
		c.wakeFunc, c.readOnFunc = c.wake, c.readOn
		c.parser.MaxBody = l.target.MaxBody
		c.parser.KeepBelow, c.parser.KeepHead, c.parser.Follow = l.keepBelow, l.target.KeepsHeader(), l.target.Follow > 0
		c.resetParser()
		return c
	}
	c := l.spare[last]
	l.spare = l.spare[:last]
	c.host = h
	return c
}

// resetParser makes the parser ready for a response.
func (c *conn) resetParser() { c.parser.Reset(false) }

// connFor returns a conn for a request to h: the idle one that was used last, or a new one if none is idle.
func (l *loop) connFor(h *host) *conn {
	for last := len(h.idle) - 1; last >= 0; last = len(h.idle) - 1 {
		c := h.idle[last]
		h.idle = h.idle[:last]
		c.idleTimer.leave()
		if c.stillIdle() && !(c.answers == 1 && h.habit.Avoids()) {
			return c
		}
		c.disconnect()
	}
	return l.newConn(h)
}

// stillIdle reports whether nothing has arrived on an idle connection. Anything, even the end, makes it unusable. Its event may
// be yet to be handled, so the socket is asked.
func (c *conn) stillIdle() bool {
	c.socket.Arrived(false)
	if _, err := c.socket.Read(c.loop.buffer[:1]); err != network.ErrAgain {
		c.noticeEnd()
		return false
	}
	return true
}

// answered notes that the connection has carried an answer, and is kept.
func (c *conn) answered() {
	if c.answers++; c.answers == 2 {
		c.host.habit.Kept()
	}
	c.ended = c.loop.clock
}

// noticeEnd notes that the server has ended the connection: while it was idle, or without an answer to a request.
func (c *conn) noticeEnd() {
	if c.answers != 1 {
		return
	}
	ended := c.loop.clock
	if c.state == receiving {
		ended = c.began
	}
	c.host.habit.Notice(ended - c.ended)
}

// keepIdle keeps the connection for another request.
func (c *conn) keepIdle() {
	c.state = idle
	c.host.idle = append(c.host.idle, c)
	c.loop.idleTimers.join(&c.idleTimer, c.loop.clock)
}

// serverSawNothing reports whether the connection, which has carried requests before, was closed before any byte of this
// request reached the server. It compares the bytes that the server's kernel has acknowledged with those of earlier requests.
func (c *conn) serverSawNothing() bool { return c.answers > 0 && c.socket.Acknowledged(c.sentBefore) }

// redial makes the request on a new connection, within its original deadline: the server closed the idle connection and has
// not seen the request. This happens at most once per request, since a new connection has carried nothing before.
func (c *conn) redial() {
	c.unsent = nil
	c.closeSocket()
	c.dial()
}

// discard implements [idler]. It makes sure that the connection carries no further request, and closes it if it is idle.
func (c *conn) discard() {
	c.noReuse = true
	if c.state == idle {
		c.noticeEnd()
		c.host.removeIdle(c)
		c.disconnect()
	}
}

// disconnect implements [speaker]. It closes the connection, if there is one, and keeps the conn for another.
func (c *conn) disconnect() {
	c.dialling.stop()
	c.closeSocket()
	c.state, c.host, c.unsent = unused, nil, nil
	c.loop.spare = append(c.loop.spare, c)
}

func (c *conn) closeSocket() {
	c.idleTimer.leave()
	if c.socket != nil {
		c.loop.sockets.remove(c.socket.FD())
		c.socket.Close()
		c.socket = nil
	}
}
