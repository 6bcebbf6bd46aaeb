package eventloop

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"sweetspot/strategies"
	"sweetspot/strategies/http1"
	"sweetspot/strategies/network"
)

// A conn is a connection with the request that it carries. It may also be one without the other: an idle connection, or a
// request that waits for a connection.
type conn struct {
	loop   *loop
	host   *host
	state  state
	fd     int   // negative if there is no connection
	serial int32 // distinguishes the connection from earlier ones with the same fd; events carry it as their Pad

	request  strategies.Request
	deadline timer // when the request times out
	parser   http1.Parser
	unsent   []byte // bytes of the request
	noReuse  bool   // the connection must not carry another request
	closes   bool   // the request asks for that

	connTimer     timer  // when connecting times out, or when the idle connection is closed
	lastRun       int64  // the latest run in which the connection carried a request
	written       uint64 // bytes written since the connection was made
	writtenBefore uint64 // the part of written that belongs to earlier requests

	answers int           // on this connection
	ended   time.Duration // when the latest of them ended, on the loop's clock
	began   time.Duration // when the request began to be sent

	dialling   dialling             // while connecting
	owner      *conn                // while attempting: the conn for whose request it connects,
	ip         string               // and to which address
	delegation *delegation          // while delegated
	share      strategies.BodyShare // for the body
	handleErr  error                // of Target.Examine

	finishFunc, wakeFunc, readOnFunc func() // the methods finish, wake and readOn, allocated once
}

// state is what a conn is doing.
type state uint8

const (
	unused     state = iota // no connection, no request
	resolving               // waits for the host's addresses
	connecting              // waits for a connection, which conns that are attempting may make
	attempting              // connects to one address for another conn
	receiving               // waits for the response, and may still be sending the request
	handling                // the response is with Target.Examine
	delegated               // a goroutine makes the request
	idle                    // a connection, no request
)

// start makes the request.
func (c *conn) start(r *strategies.Request) {
	c.request = *r
	c.loop.requestTimers.join(&c.deadline, c.loop.clock)
	switch {
	case c.host.https, !c.loop.target.Route.IsStraight():
		c.delegate()
	case c.fd >= 0:
		c.send()
	default:
		c.dial()
	}
}

// send sends the request, in one system call unless the request is large.
func (c *conn) send() {
	l := c.loop
	c.state, c.noReuse, c.writtenBefore, c.began = receiving, false, c.written, l.clock
	l.network.CountRequest(&c.lastRun)
	data, err := l.writer.write(&c.request, c.host, l.cookies)
	if err != nil {
		c.fail(err)
		return
	}
	c.closes = l.writer.closes
	if l.writer.IsHead() {
		c.parser.Reset(true)
	}
	if rest := c.write(data); len(rest) > 0 {
		c.unsent = slices.Clone(rest) // data is the writer's buffer
	}
}

// write writes as much as the socket takes and returns the rest, which is written when the socket takes more.
func (c *conn) write(data []byte) (rest []byte) {
	for len(data) > 0 {
		n, err := network.RawWrite(c.fd, data)
		data = data[n:]
		c.written += uint64(n)
		if err == unix.EAGAIN || n == 0 && err == nil {
			return data
		}
		if err != nil {
			c.writeFailed(os.NewSyscallError("write", err))
			return nil
		}
	}
	return nil
}

// writeFailed handles a write that failed. The server may have sent a response before it stopped reading the request.
func (c *conn) writeFailed(err error) {
	if c.writtenBefore > 0 && c.written == c.writtenBefore {
		c.redial()
		return
	}
	c.noReuse = true
	if c.receive(true); c.state == receiving {
		c.fail(err)
	}
}

// receive reads what has arrived, in pieces that the parser reads in place. If closed, the other end has closed the
// connection; receive then reads on to the end, since no further event will announce it.
func (c *conn) receive(closed bool) {
	l := c.loop
	for range readsPerEvent {
		if c.fd < 0 || c.state == receiving && !c.hasRoom() {
			return
		}
		n, err := network.RawRead(c.fd, l.buffer)
		switch {
		case err == unix.EAGAIN:
			return
		case c.state != receiving: // anything that arrives without a request, even the end, makes the connection unusable
			c.discard()
			return
		case err != nil:
			c.noticeEnd()
			c.fail(os.NewSyscallError("read", err))
			return
		case n == 0:
			c.closedByServer()
			return
		}
		c.parse(l.buffer[:n])
		if n < len(l.buffer) && !closed {
			return
		}
	}
	l.unread = append(l.unread, c)
}

// parse feeds a piece of the response to the parser, and ends the request if the response is whole or invalid.
func (c *conn) parse(data []byte) {
	n, done, err := c.parser.Feed(data)
	switch {
	case err != nil:
		c.parseFailed(err)
	case done:
		c.noReuse = c.noReuse || c.closes || !c.parser.Reusable() || n < len(data) || len(c.unsent) > 0
		c.complete()
	}
}

// closedByServer handles the end of the connection while a response is awaited.
func (c *conn) closedByServer() {
	switch err := c.parser.End(); err {
	case nil:
		c.noReuse = true
		c.complete()
	case io.EOF:
		if !c.noReuse && c.serverSawNothing() {
			c.redial()
			return
		}
		c.noticeEnd()
		c.fail(errNoResponse)
	default:
		c.fail(fmt.Errorf("the connection ended within the response: %w", err))
	}
}

// complete handles a whole response.
func (c *conn) complete() {
	l := c.loop
	c.deadline.leave()
	if cookies := c.parser.Cookies(); len(cookies) > 0 {
		if from, err := url.Parse(c.request.URL); err == nil {
			for _, header := range cookies {
				l.cookies.Set(from, header)
			}
		}
	}
	if l.target.Inspects(&c.request, c.parser.Status()) {
		c.state = handling
		l.toHandle <- c
		return
	}
	c.finish()
}

// finish ends the request with the response, and makes the connection ready for the next request.
func (c *conn) finish() {
	o := c.outcome()
	c.handleErr = nil
	c.loop.end(c, o)
	if c.noReuse {
		c.disconnect()
		return
	}
	c.answered()
	c.keepIdle()
}

// fail ends the request with an error.
func (c *conn) fail(err error) {
	c.loop.end(c, strategies.Failed(err))
	c.disconnect()
}

// giveUp ends the request before its end: at its timeout, or when the session is closed.
func (c *conn) giveUp(why error) {
	if c.state == resolving {
		c.host.stopWaiting(c)
	}
	c.fail(why)
}
