package network

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"sweetspot/strategies/http1"
)

// ErrStale is the error of a connection that the server closed, or wrote to unasked, before it saw anything of the request. The
// request may be made on another connection and the server still sees it once.
var ErrStale = errors.New("the server closed the connection while it was idle")

// connsPerTimed is the number of connections per timed connection: small enough for a precise mean, and large enough to make
// the cost of the timing negligible.
const connsPerTimed = 4

// freshTime is how soon after its dial a connection counts as new. A server that ends new connections must not be dialled again and
// again for one request. But a client may have dialled one that it did not need at once, and the server closed it since.
const freshTime = 10 * time.Millisecond

// A Conn is a connection for an HTTP/1.1 client, which makes one request after the other on it. TLS is below it, so the Conn
// sees requests and responses, and follows each response with a parser. Thus it is the same for every client:
//   - A request is sent only if the server has neither closed the connection nor written to it unasked. Otherwise the first
//     write of the request returns [ErrStale].
//   - The client never sees bytes that do not belong to the response it waits for, nor a response that is malformed. A
//     connection with surplus bytes is not used again: the client sees it end after the response.
//   - What the server did wrong is the same error whatever the client makes of it: see [Conn.Fault].
//
// One goroutine may write while another reads.
type Conn struct {
	net.Conn // carries the bytes: the socket, or TLS over it
	wire     *wire
	network  *Network
	options  Options
	habit    *Habit // of the server
	timed    bool
	secured  bool          // there is TLS below it
	absolute *absoluteForm // of the requests; nil unless they go to a proxy that wants it
	deadline time.Time     // of an alternating client, which sets it by SetDeadline

	mu       sync.Mutex // guards what follows
	parser   http1.Parser
	begun    int64         // requests of which something was, or may have been, sent
	waiting  bool          // the latest request has begun and its response is not complete
	spent    bool          // no further request may be sent
	fault    error         // of the server, in the latest exchange
	unsent   error         // of the write that failed in the latest exchange
	late     error         // came with the last bytes read: for the next Read
	before   int64         // bytes sent before the latest request
	wrote    time.Duration // when the latest request began, on the network's clock
	ended    time.Duration // when the latest response ended; before the first, when the connection was dialled
	pieces   int           // reads of the latest response
	usual    usual
	lastRun  int64 // the latest run in which it carried a request
	answered int64 // complete responses
}

// Begun returns the number of requests that have begun on the connection. A request has begun when a byte of it may have been
// sent.
func (c *Conn) Begun() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.begun
}

// Fault returns what the server did wrong in the latest exchange, or nil. It wraps [io.EOF] if there was no response,
// [io.ErrUnexpectedEOF] if it broke off, one of package http1's errors if it is malformed, a [TLSError], or the error of the
// system. It wraps [ErrStale] if the request may be made again, and [net.ErrClosed] after [Network.Close].
func (c *Conn) Fault() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fault
}

// Reusable reports whether the latest response is complete and the connection may carry another request.
func (c *Conn) Reusable() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.waiting && !c.spent
}

// Refused returns the error of an exchange that a client has given up with that error, although the Conn has found no fault: the
// client does not accept a response that others accept. The result wraps [http1.ErrMalformed], unless the request has not begun
// or a deadline has expired: then it is err. A client whose options are Alternating reads the rest of the response first, in which
// there may be a fault after all; it must close the connection.
func (c *Conn) Refused(err error) error {
	if c.options.Alternating {
		_, _ = io.Copy(io.Discard, c)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.fault != nil:
		return c.fault
	case c.begun == 0, expired(err), errors.Is(err, context.Canceled):
		return err
	}
	return fmt.Errorf("%w: this client does not accept it: %w", http1.ErrMalformed, err)
}

// Write sends a part of a request. The first part of a request is preceded by a look at the connection. If a later part fails,
// Write pretends that it succeeded: the server may have answered before it closed the connection, and an answer that has come
// is an answer. If there is none, the failure is the [Conn.Fault] of the exchange.
func (c *Conn) Write(p []byte) (int, error) {
	if c.answeredEarly() {
		return len(p), nil
	}
	if err := c.begin(p); err != nil {
		return 0, err
	}
	n, err := c.write(p)
	if err == nil || expired(err) {
		return n, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spent = true
	switch {
	case errors.Is(err, net.ErrClosed):
		return n, c.closedHere(err)
	case c.untouched(err):
		c.fault = ErrStale
		return 0, ErrStale
	}
	c.unsent = err
	return len(p), nil
}

// write sends a part of a request, in the form that the path wants.
func (c *Conn) write(p []byte) (int, error) {
	if c.absolute == nil {
		return c.Conn.Write(p)
	}
	n, err := c.Conn.Write(c.absolute.rewrite(p))
	if err == nil {
		return len(p), nil
	}
	return min(n, len(p)), err
}

// answeredEarly reports whether the server has answered, and no longer wants, a request of which a part is still to be sent.
// A client that reads while it writes may send it then; others know from Reusable that nothing more may be sent.
func (c *Conn) answeredEarly() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.options.Alternating && c.spent && !c.waiting && c.answered > 0 && c.fault == nil && !c.parser.Reusable()
}

// begin starts an exchange, whose request begins with p, unless one is in progress.
func (c *Conn) begin(p []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting {
		return nil
	}
	if c.spent && c.answered == 0 && c.fault != nil { // a server that ends every new connection must not be dialled for ever
		return c.fault
	}
	c.fault, c.unsent = nil, nil
	now := time.Since(c.network.opened)
	if !c.spent && (c.answered > 0 || now-c.ended > freshTime) {
		if closed, data := c.wire.disturbed(); closed || data && !c.ofTLS() {
			_ = c.cutOff(ErrStale)
		}
	}
	if c.spent || c.answered == 1 && c.habit.Avoids() {
		c.spent, c.fault = true, ErrStale
		return ErrStale
	}
	c.begun++
	c.waiting = true
	c.parser.Reset(bytes.HasPrefix(p, []byte("HEAD ")))
	if c.absolute != nil {
		c.absolute.begin()
	}
	c.before = c.wire.sent.Load()
	c.network.CountRequest(&c.lastRun)
	c.wrote = now
	c.pieces = 0
	return nil
}

// ticketWait is how long TLS may take to handle its own messages, which have arrived already.
const ticketWait = time.Millisecond

// ofTLS reports whether what has arrived on the idle connection are messages of TLS itself, such as session tickets. If the client
// reads between the exchanges, TLS has handled them.
func (c *Conn) ofTLS() bool {
	if !c.secured || !c.options.Alternating {
		return c.secured
	}
	_ = c.Conn.SetReadDeadline(time.Now().Add(ticketWait)) // an expired deadline is no lasting error of crypto/tls
	n, err := c.Conn.Read(make([]byte, 1))
	_ = c.Conn.SetReadDeadline(c.deadline)
	return n == 0 && expired(err)
}

// SetDeadline implements [net.Conn].
func (c *Conn) SetDeadline(t time.Time) error {
	c.deadline = t
	return c.Conn.SetDeadline(t)
}

// Read reads a part of the response, and nothing beyond its end.
func (c *Conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if over, err := c.over(); over {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	if n > 0 {
		c.late = err
		return c.received(p[:n])
	}
	return 0, c.readFailed(err)
}

// over reports whether nothing more can be read, and returns why.
func (c *Conn) over() (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.late != nil:
		err := c.late
		c.late = nil
		return true, c.readFailed(err)
	case c.spent && c.fault != nil:
		return true, c.fault
	case !c.waiting && (c.spent || c.options.Alternating): // such a client reads on only because it misunderstands the response
		return true, io.EOF
	}
	return false, nil
}

// Close closes the connection.
func (c *Conn) Close() error {
	c.network.forget(c.wire)
	return c.Conn.Close()
}

// expired reports whether err comes from a deadline that this side has set.
func expired(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}
