package network

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"sweetspot/strategies/http1"
)

// The faults of a server that closes the connection, or writes, too early.
var (
	errNoResponse = fmt.Errorf("the server closed the connection without a response: %w", io.EOF)
	errUnasked    = fmt.Errorf("%w: the server wrote before it was asked", http1.ErrMalformed)
	errBrokenOff  = fmt.Errorf("the server closed the connection within the response: %w", io.ErrUnexpectedEOF)
)

// ErrCutOff is the error of a response that ends with the connection, over TLS, if the end came from TCP alone: anybody on the way may
// have made it (RFC 9112, section 9.8).
var ErrCutOff = fmt.Errorf("the connection ended without a word of TLS that the response ends there: %w", io.ErrUnexpectedEOF)

// received follows the bytes that have arrived and returns how many of them the client may see.
func (c *Conn) received(p []byte) (int, error) {
	if !c.waiting { // a client would log it, or take it for the next response
		return 0, c.cutOff(errUnasked)
	}
	c.pieces++
	if c.pieces == 1 && c.usual.matches(p) {
		c.answeredNow()
		return len(p), nil
	}
	used, done, err := c.parser.Feed(p)
	if err != nil {
		c.spent, c.fault = true, err
		return 0, err
	}
	if done {
		c.answeredNow()
		c.spent = c.spent || used < len(p) || !c.parser.Reusable()
		if c.pieces == 1 && !c.spent {
			c.usual.learn(p, int(c.parser.Size()))
		}
	}
	return used, nil
}

// cutOff notes that the server has ended the connection between two exchanges. That is its right, except before the first.
func (c *Conn) cutOff(why error) error {
	c.spent = true
	switch c.answered {
	case 0:
		c.fault = why
	case 1:
		c.habit.Notice(time.Since(c.network.opened) - c.ended)
	}
	return io.EOF
}

// answeredNow ends the exchange: its response is complete.
func (c *Conn) answeredNow() {
	c.waiting = false
	if c.answered++; c.answered == 2 {
		c.habit.Kept()
	}
	c.ended = time.Since(c.network.opened)
	if c.timed {
		c.network.exchangeTime.Add(int64(c.ended - c.wrote))
		c.network.exchanges.Add(1)
	}
}

// readFailed returns the error that the client gets when reading fails, and notes whose fault it is.
func (c *Conn) readFailed(err error) error {
	if expired(err) {
		return err
	}
	c.spent = true
	end := c.parser.End()
	if c.waiting && c.answered == 1 && end == io.EOF && !errors.Is(err, net.ErrClosed) {
		c.habit.Notice(c.wrote - c.ended)
	}
	switch {
	case errors.Is(err, net.ErrClosed):
		return c.closedHere(err)
	case !c.waiting:
		if err == io.EOF {
			err = errNoResponse
		}
		return c.cutOff(tlsFault(err))
	case end == io.EOF && c.untouched(err):
		c.fault = ErrStale
	case err != io.EOF:
		c.fault = tlsFault(err)
	case end == nil && c.secured && c.wire.ended:
		c.fault = ErrCutOff
	case end == nil:
		c.answeredNow()
		return io.EOF
	case c.unsent != nil && end == io.EOF:
		c.fault = c.unsent
	case end == io.EOF:
		c.fault = errNoResponse
	default:
		c.fault = errBrokenOff
	}
	return c.fault
}

// closedHere returns the error of a connection that this side closed. It is a fault only if the network closed it: a client
// closes connections when it gives up, and knows why.
func (c *Conn) closedHere(err error) error {
	if c.waiting && c.network.ctx.Err() != nil {
		c.fault = errSessionClosed
	}
	return err
}

// untouched reports whether the server, which has answered on this connection before, closed it before any byte of the latest
// request reached it: either the kernel refused all of it, or the server's kernel acknowledged none of it. An orderly close
// acknowledges everything that arrived before it; a reset does not, and says nothing about how much the server has read.
func (c *Conn) untouched(err error) bool {
	if c.answered == 0 {
		return false
	}
	return c.wire.sent.Load() == c.before || err == io.EOF && c.wire.acknowledged() == c.before
}
