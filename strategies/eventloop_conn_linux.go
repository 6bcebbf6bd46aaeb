package strategies

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"sweetspot/strategies/http1"
)

// A conn is a connection, or the place of one, with the request that it carries.
type conn struct {
	loop   *loop
	host   *host
	state  state
	fd     int   // none if negative
	serial int32 // of the connection that fd stands for; event.Pad

	request  Request
	deadline timer // of the request
	parser   http1.Parser
	unsent   []byte // of the request
	spoilt   bool   // the connection must not carry another request

	patience  timer    // of the connection: while it is being made, and while it is idle
	addresses []string // that are left to be tried
	dialError error    // of those that were
	run       int64    // in which the connection last carried a request
	written   uint64   // bytes, since the connection was made
	earlier   uint64   // of them, by the requests before

	handled func() // finish, made once
	verdict error  // of Target.Handle
}

// state is what a conn is at.
type state uint8

const (
	unused     state = iota // no connection, no request
	resolving               // waits for the host's addresses
	connecting              // waits for the connection
	answering               // waits for the response, and may still be sending the request
	handling                // has handed the response to Target.Handle
	delegated               // a goroutine makes the request
	idling                  // a connection, no request
)

// start makes the request.
func (c *conn) start(r *Request) {
	c.request = *r
	switch {
	case c.host.secure:
		c.delegate()
	case c.fd >= 0:
		c.loop.answering.join(&c.deadline, c.loop.clock)
		c.send()
	default:
		c.loop.answering.join(&c.deadline, c.loop.clock)
		c.dial()
	}
}

// send sends the request, in one system call unless it is a large one.
func (c *conn) send() {
	l := c.loop
	c.state, c.spoilt, c.earlier = answering, false, c.written
	l.network.count(&c.run)
	data, err := l.writer.write(c.request.URL, c.host, l.cookies)
	if err != nil {
		c.fail(err)
		return
	}
	if rest := c.write(data); len(rest) > 0 {
		c.unsent = slices.Clone(rest) // data is the writer's
	}
}

// write writes as much as the socket takes and returns the rest, which can be written when it takes more.
func (c *conn) write(data []byte) (rest []byte) {
	for len(data) > 0 {
		n, err := rawWrite(c.fd, data)
		data = data[n:]
		c.written += uint64(n)
		if err == unix.EAGAIN || n == 0 && err == nil {
			return data
		}
		if err != nil {
			c.refused(os.NewSyscallError("write", err))
			return nil
		}
	}
	return nil
}

// refused takes in that the server takes no more of the request. It may have answered all the same.
func (c *conn) refused(err error) {
	if c.earlier > 0 && c.written == c.earlier {
		c.again()
		return
	}
	c.spoilt = true
	if c.receive(true); c.state == answering {
		c.fail(err)
	}
}

// receive reads what has arrived, in pieces that the parser looks at in place. If the other end is gone it reads on to
// the end, since there will be no other event to tell of it.
func (c *conn) receive(gone bool) {
	l := c.loop
	for range readBurst {
		if c.fd < 0 {
			return
		}
		n, err := rawRead(c.fd, l.buffer)
		switch {
		case err == unix.EAGAIN:
			return
		case c.state != answering: // what arrives unasked, be it the end, leaves the connection useless
			c.spoil()
			return
		case err != nil:
			c.fail(os.NewSyscallError("read", err))
			return
		case n == 0:
			c.ended()
			return
		}
		c.arrived(l.buffer[:n])
		if n < len(l.buffer) && !gone {
			return
		}
	}
	l.again = append(l.again, c)
}

// arrived takes in a piece of the response.
func (c *conn) arrived(data []byte) {
	n, done, err := c.parser.Feed(data)
	switch {
	case err != nil:
		c.fail(err)
	case done:
		c.spoilt = c.spoilt || c.loop.writer.last || !c.parser.Reusable() || n < len(data) || len(c.unsent) > 0
		c.answered()
	}
}

// ended takes in the end of the connection.
func (c *conn) ended() {
	switch err := c.parser.End(); err {
	case nil:
		c.spoilt = true
		c.answered()
	case io.EOF:
		if !c.spoilt && c.unseen() {
			c.again()
			return
		}
		c.fail(errNoAnswer)
	default:
		c.fail(fmt.Errorf("the connection ended within the response: %w", err))
	}
}

// answered takes in a whole response.
func (c *conn) answered() {
	l := c.loop
	c.deadline.leave()
	if cookies := c.parser.Cookies(); len(cookies) > 0 {
		if from, err := url.Parse(c.request.URL); err == nil {
			for _, line := range cookies {
				l.cookies.keep(from, line)
			}
		}
	}
	if l.target.Handle != nil && c.parser.Status() < 400 {
		c.state = handling
		l.loopCommon.handle <- c
		return
	}
	c.finish()
}

// handle is called by the goroutine that decodes the response; the loop leaves c alone meanwhile.
func (c *conn) handle() {
	c.verdict = c.loop.target.Handle(&c.request, c.parser.Status(), c.parser.Body())
	c.loop.inbox.post(c.handled)
}

// finish ends the request with the response, and makes the connection ready for another.
func (c *conn) finish() {
	o := Answered(c.parser.Status(), c.parser.Size(), c.verdict)
	c.verdict = nil
	c.loop.end(c, o)
	if c.spoilt {
		c.disconnect()
		return
	}
	c.rest()
}

// fail ends the request with an error.
func (c *conn) fail(err error) {
	c.loop.end(c, Failed(err))
	c.disconnect()
}

// late ends the request because its time has run out.
func (c *conn) late() {
	if c.state == resolving {
		c.host.forget(c)
	}
	c.fail(errLate)
}
