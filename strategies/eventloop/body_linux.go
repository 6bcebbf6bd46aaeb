package eventloop

import (
	"errors"

	"sweetspot/strategies"
	"sweetspot/strategies/http1"
)

// hasRoom reports whether the body of the response may grow by a buffer's length. If the session has no memory for that, it
// returns false, and the loop reads on once it has.
func (c *conn) hasRoom() bool {
	if c.loop.keepBelow == 0 {
		return true
	}
	wanted := c.parser.Wanted(readBuffer)
	if wanted <= c.share.Size() {
		return true
	}
	size := max(wanted, min(2*c.share.Size(), c.parser.MaxBody)) // doubled, so that it is not copied often
	if !c.share.Grow(size, c.wakeFunc) {
		return false
	}
	c.parser.SetBody(c.share.Buffer(c.parser.Body()))
	return true
}

// wake makes the loop read on from c, which waited for memory. Any goroutine may call it.
func (c *conn) wake() { c.loop.inbox.post(c.readOnFunc) }

// readOn reads what arrived while c waited. Meanwhile the request may have timed out, and c may be of another use.
func (c *conn) readOn() {
	if c.state == receiving {
		c.receive(true) // it may be closed: the event that would say so has passed
	}
}

// handle is called by a goroutine of startHandlers; the loop does not touch c meanwhile.
func (c *conn) handle() {
	l := c.loop
	if l.closed.Load() {
		c.handleErr = errAborted
	} else {
		deadline := l.clockStart.Add(c.deadline.at)
		c.handleErr = l.target.Examine(deadline, &c.request, c.answer(), c.parser.ContentEncoding())
	}
	l.inbox.post(c.finishFunc)
}

// outcome returns the outcome of a request with a whole response, which is a timeout if that came too late.
func (c *conn) outcome() strategies.Outcome {
	c.loop.updateClock()
	switch {
	case errors.Is(c.handleErr, errAborted):
		return strategies.Failed(errAborted)
	case c.loop.clock > c.deadline.at:
		return strategies.Failed(errTimeout)
	}
	return c.loop.target.Answered(&c.request, c.answer(), c.handleErr)
}

// answer returns the response.
func (c *conn) answer() strategies.Answer {
	return strategies.Answer{Status: c.parser.Status(), Bytes: c.parser.Size(), Header: c.parser.Header(), Body: c.parser.Body()}
}

// parseFailed ends the request because of an error of the parser.
func (c *conn) parseFailed(err error) {
	if !errors.Is(err, http1.ErrBodyTooLarge) {
		c.fail(err)
		return
	}
	c.loop.end(c, strategies.Answered(c.parser.Status(), c.parser.Size(), strategies.ErrTooLarge))
	c.disconnect()
}
