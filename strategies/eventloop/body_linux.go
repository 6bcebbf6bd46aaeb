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

// receiveMore is receive if nothing says whether more has arrived. The server may have ended the connection: the event that would
// say so has passed.
func (c *conn) receiveMore() {
	if c.socket != nil {
		c.socket.Arrived(true)
		c.receive()
	}
}

// readOn reads what arrived while c waited. Meanwhile the request may have timed out, and c may be of another use.
func (c *conn) readOn() {
	if c.state == receiving {
		c.receiveMore()
	}
}

// handle is called by a goroutine of startHandlers; the loop does not touch c meanwhile.
func (c *conn) handle() { c.examine(c.answer(), c.parser.ContentEncoding()) }

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
	c.end(strategies.Answered(c.parser.Status(), c.parser.Size(), strategies.ErrTooLarge))
	c.resetParser()
	c.disconnect()
}
