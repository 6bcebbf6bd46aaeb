package eventloop

import (
	"golang.org/x/sys/unix"

	"sweetspot/strategies/network"
)

// newConn returns a conn without a connection, for a request to h.
func (l *loop) newConn(h *host) *conn {
	last := len(l.spare) - 1
	if last < 0 {
		c := &conn{loop: l, host: h, fd: -1}
		c.deadline.conn, c.connTimer.conn, c.dialling.stagger.conn = c, c, c
		c.finishFunc, c.wakeFunc, c.readOnFunc = c.finish, c.wake, c.readOn
		c.share, c.parser.MaxBody = l.target.BodyShare(), l.target.MaxBody
		c.parser.KeepBelow, c.parser.KeepHead = l.keepBelow, l.target.KeepsHeader()
		c.resetParser()
		return c
	}
	c := l.spare[last]
	l.spare = l.spare[:last]
	c.host = h
	return c
}

// resetParser makes the parser ready for a response. It is called as soon as the previous response is done, since its body
// may be large.
func (c *conn) resetParser() { c.parser.Reset(false) }

// connFor returns a conn for a request to h: the idle one that was used last, or a new one if none is idle.
func (l *loop) connFor(h *host) *conn {
	for last := len(h.idle) - 1; last >= 0; last = len(h.idle) - 1 {
		c := h.idle[last]
		h.idle = h.idle[:last]
		c.connTimer.leave()
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
	if _, err := network.RawRead(c.fd, c.loop.buffer[:1]); err != unix.EAGAIN {
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
	c.loop.idleTimers.join(&c.connTimer, c.loop.clock)
}

// serverSawNothing reports whether the connection, which has carried requests before, was closed before any byte of this
// request reached the server. It compares the bytes that the server's kernel has acknowledged with those of earlier requests.
// An orderly close acknowledges everything that arrived before it. A reset does not, and says nothing about how much the
// server has read. A kernel that does not count acknowledged bytes returns 0, which proves nothing either.
func (c *conn) serverSawNothing() bool {
	if c.writtenBefore == 0 {
		return false
	}
	info, err := unix.GetsockoptTCPInfo(c.fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	const synBytes = 1 // the SYN that opened the connection counts as a byte
	return err == nil && info.Bytes_acked == c.writtenBefore+synBytes
}

// redial makes the request on a new connection, within its original deadline: the server closed the idle connection and has
// not seen the request. This happens at most once per request, since a new connection has carried nothing before.
func (c *conn) redial() {
	c.unsent = nil
	c.closeSocket()
	c.dial()
}

// discard makes sure that the connection carries no further request, and closes it if it is idle.
func (c *conn) discard() {
	c.noReuse = true
	if c.state == idle {
		c.noticeEnd()
		c.host.removeIdle(c)
		c.disconnect()
	}
}

// disconnect closes the connection, if there is one, and keeps the conn for another.
func (c *conn) disconnect() {
	c.stopDialling()
	c.closeSocket()
	c.state, c.host, c.unsent, c.owner, c.delegation = unused, nil, nil, nil, nil
	c.loop.spare = append(c.loop.spare, c)
}

func (c *conn) closeSocket() {
	c.connTimer.leave()
	if c.fd >= 0 {
		_ = unix.Close(c.fd) // removes it from epoll too; nothing is lost if this fails
		c.loop.conns[c.fd], c.fd = nil, -1
		c.loop.open--
	}
}
