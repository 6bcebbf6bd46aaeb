package strategies

import "golang.org/x/sys/unix"

// connection returns a conn for a request to host that has no connection yet.
func (l *loop) connection(h *host) *conn {
	last := len(l.spare) - 1
	if last < 0 {
		c := &conn{loop: l, host: h, fd: -1}
		c.deadline.conn, c.dialling.conn = c, c
		c.handled = c.finish
		c.parser.Keep = l.target.Handle != nil
		return c
	}
	c := l.spare[last]
	l.spare = l.spare[:last]
	c.host = h
	return c
}

// take returns a conn for a request to h: the idle one that was used last, unless the server has closed it.
func (l *loop) take(h *host) *conn {
	for len(h.idle) > 0 {
		last := len(h.idle) - 1
		c := h.idle[last]
		h.idle = h.idle[:last]
		if unused := l.clock - c.touched; unused <= suspect || unused < idle && !c.stale() {
			return c
		}
		c.disconnect()
	}
	return l.connection(h)
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
	c.dialling.leave()
	if c.fd >= 0 {
		_ = unix.Close(c.fd) // takes it out of epoll too; there is nothing to lose
		c.loop.conns[c.fd], c.fd = nil, -1
	}
}

// stale reports whether the server has closed the idle connection. It neither blocks nor takes anything that has arrived.
func (c *conn) stale() bool {
	var one [1]byte
	_, _, err := unix.Recvfrom(c.fd, one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
	return err != unix.EAGAIN
}
