package eventloop

import (
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"sweetspot/strategies"
	"sweetspot/strategies/http1"
	"sweetspot/strategies/network"
)

// A conn is a connection that speaks HTTP/1.1, with the request that it carries. It may also be one without the other: an idle
// connection, or a request that waits for a connection.
type conn struct {
	exchange
	host   *host
	state  state
	socket *network.Socket // nil if there is no connection

	parser  http1.Parser
	unsent  []byte // bytes of the request
	noReuse bool   // the connection must not carry another request
	closes  bool   // the request asks for that

	idleTimer  timer[idler] // when the idle connection is closed
	lastRun    int64        // the latest run in which the connection carried a request
	sentBefore uint64       // bytes sent before the request

	answers int           // on this connection
	ended   time.Duration // when the latest of them ended, on the loop's clock
	began   time.Duration // when the request began to be sent

	dialling dialling // while it waits for a connection

	wakeFunc, readOnFunc func() // the methods wake and readOn, allocated once
}

// state is what a conn is doing.
type state uint8

const (
	unused    state = iota // no connection, no request
	waiting                // for a connection
	receiving              // waits for the response, and may still be sending the request
	handling               // the response is with Target.Examine
	idle                   // a connection, no request
)

// start makes the request: see [exchange.begin].
func (c *conn) start(r *strategies.Request, timer *timer[inFlight]) {
	c.begin(r, timer)
	if c.socket != nil {
		c.send()
		return
	}
	c.dial()
}

func (c *conn) dial() {
	c.state = waiting
	c.dialling.begin(c.host)
}

// connected implements [dialler].
func (c *conn) connected(s *network.Socket) {
	c.socket = s
	c.lastRun, c.answers = 0, 0
	c.send()
}

// dialFailed implements [dialler].
func (c *conn) dialFailed(err error) { c.fail(err) }

// send sends the request, in one system call unless the request is large.
func (c *conn) send() {
	l := c.loop
	c.state, c.noReuse, c.sentBefore, c.began = receiving, false, c.socket.Sent(), l.clock
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
	data = c.socket.Request(data)
	n, err := c.socket.Write(data)
	if n < len(data) {
		c.unsent = l.writer.keep(data[n:])
	}
	if err != nil {
		c.sendFailed(err)
	}
}

// sendRest sends what the socket did not take before.
func (c *conn) sendRest() {
	n, err := c.socket.Write(c.unsent) // also what TLS has to send by itself
	if c.unsent = c.unsent[n:]; err != nil && c.state == receiving {
		c.sendFailed(err)
	}
}

// sendFailed handles a request that could not be sent. The server may have sent a response before it stopped reading the request.
func (c *conn) sendFailed(err error) {
	if c.answers > 0 && c.socket.Sent() == c.sentBefore {
		c.redial()
		return
	}
	c.noReuse = true
	c.socket.Arrived(true)
	if c.receive(); c.state == receiving {
		c.fail(err)
	}
}

// ready implements [speaker].
func (c *conn) ready(events uint32) {
	if arrived(c.socket, events) {
		c.receive()
	}
	if events&unix.EPOLLOUT != 0 && c.socket != nil && (len(c.unsent) > 0 || c.socket.Blocked()) {
		c.sendRest()
	}
}

// receive reads what has arrived, in pieces that the parser reads in place or need not see.
func (c *conn) receive() {
	l := c.loop
	for range readsPerEvent {
		if c.socket == nil || c.state == receiving && !c.hasRoom() {
			return
		}
		skippable, last := c.parser.Skippable()
		n, err := c.read(skippable, last)
		switch {
		case err == network.ErrAgain:
			return
		case c.state != receiving: // anything that arrives without a request, even the end, makes the connection unusable
			c.discard()
			return
		case err == io.EOF:
			c.closedByServer()
			return
		case err != nil:
			c.noticeEnd()
			c.fail(err)
			return
		case skippable == 0:
			c.parse(l.buffer[:n])
		case c.parser.Skip(min(int64(n), skippable)):
			c.responded(int64(n) > skippable)
		}
	}
	l.unread = append(l.unread, c)
}

// read reads a piece of the response into the loop's buffer, or discards it if the parser need not see it. At the end of the response
// it reads one byte more, in which something would show that does not belong to it.
func (c *conn) read(skippable int64, last bool) (int, error) {
	switch {
	case skippable == 0:
		return c.socket.Read(c.loop.buffer)
	case last:
		skippable++
	}
	return c.socket.Discard(skippable, c.loop.buffer)
}

// parse feeds a piece of the response to the parser, and ends the request if the response is whole or invalid.
func (c *conn) parse(data []byte) {
	n, done, err := c.parser.Feed(data)
	switch {
	case err != nil:
		c.parseFailed(err)
	case done:
		c.responded(n < len(data))
	}
}

// responded handles a whole response, which may have surplus bytes after it.
func (c *conn) responded(surplus bool) {
	c.noReuse = c.noReuse || c.closes || !c.parser.Reusable() || surplus || len(c.unsent) > 0 || c.socket.Blocked()
	c.complete()
}

// closedByServer handles the end of the connection while a response is awaited.
func (c *conn) closedByServer() {
	switch err := c.parser.End(); {
	case err == nil && c.socket.CutOff():
		c.fail(network.ErrCutOff)
	case err == nil:
		c.noReuse = true
		c.complete()
	case err == io.EOF:
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
	c.state = handling
	if !c.takeAnswer(c.parser.Status(), c.parser.Cookies(), c.parser.Location()) {
		c.finish()
	}
}

// finish ends the request with the response, and makes the connection ready for the next request.
func (c *conn) finish() {
	c.endWhole(c.answer())
	c.resetParser()
	if c.noReuse {
		c.disconnect()
		return
	}
	c.answered()
	c.keepIdle()
}

// fail ends the request with an error.
func (c *conn) fail(err error) {
	c.end(strategies.Failed(err))
	c.resetParser()
	c.disconnect()
}

// giveUp implements [inFlight].
func (c *conn) giveUp(why error) { c.fail(why) }
