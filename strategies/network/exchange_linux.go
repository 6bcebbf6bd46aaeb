package network

import (
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// An exchangeConn is a connection for a client that writes a request and then reads its response, on one goroutine. It
// buffers what is written until the client reads; then it writes, waits and reads. That takes two system calls. A plain
// connection takes three, since a read right after a write finds nothing and must be repeated. The calls are raw: see
// RawRead.
//
// Because it waits before it reads, it does not see what the server did before the request was written. That does no harm:
// the request makes the server send a response or, if it has closed the connection, a reset, and either wakes the client.
// The one exception is a server that has shut down its sending side and still receives: the client waits until its timeout.
type exchangeConn struct {
	lazyDeadlineConn
	local, remote net.Addr // kept for fasthttp, which asks for them with every response
	unsent        []byte
	step          func(fd uintptr) bool // the method advance, allocated once

	// Of the current Read:
	into    []byte
	n       int
	err     error
	blocked bool  // the socket's buffer is full and some of unsent is left
	refused error // of a write: what the server sent before is read nevertheless
}

// exchangeBuffer is how many bytes an exchangeConn buffers. A write that would exceed it is made at once.
const exchangeBuffer = 4 << 10

func newExchangeConn(w *wire) net.Conn {
	c := &exchangeConn{lazyDeadlineConn: lazyDeadlineConn{wire: w}, local: w.LocalAddr(), remote: w.RemoteAddr()}
	c.step = c.advance
	return c
}

func (c *exchangeConn) LocalAddr() net.Addr  { return c.local }
func (c *exchangeConn) RemoteAddr() net.Addr { return c.remote }

// Write buffers p, or writes it if it is large. An error of the connection may be returned only by the next Read.
func (c *exchangeConn) Write(p []byte) (int, error) {
	if len(c.unsent)+len(p) <= exchangeBuffer {
		c.unsent = append(c.unsent, p...)
		return len(p), nil
	}
	if err := c.flush(); err != nil {
		return 0, err
	}
	return c.lazyDeadlineConn.Write(p)
}

// flush writes what is unsent, and waits until the socket takes it.
func (c *exchangeConn) flush() error {
	if len(c.unsent) == 0 {
		return nil
	}
	n, err := c.lazyDeadlineConn.Write(c.unsent)
	c.unsent = c.unsent[:copy(c.unsent, c.unsent[n:])]
	return err
}

func (c *exchangeConn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c.into = p
	for {
		err := c.raw.Read(c.step)
		switch {
		case err != nil && c.read.extend(err, c.wire.SetReadDeadline):
		case err != nil:
			return 0, err
		case c.blocked:
			c.blocked = false
			if err := c.flush(); err != nil {
				return 0, err
			}
		case c.err != nil:
			return 0, c.err
		case c.n == 0 && c.refused != nil:
			return 0, c.refused
		case c.n == 0:
			c.ended = true
			return 0, io.EOF
		default:
			return c.n, nil
		}
	}
}

// advance writes or reads as much as possible without waiting. It returns false if it has to be called again once the
// socket is readable.
func (c *exchangeConn) advance(fd uintptr) bool {
	if len(c.unsent) > 0 {
		n, err := RawWrite(int(fd), c.unsent)
		c.sent.Add(int64(n))
		c.unsent = c.unsent[:copy(c.unsent, c.unsent[n:])]
		if err == nil || err == unix.EAGAIN {
			c.blocked = len(c.unsent) > 0
			return c.blocked
		}
		c.unsent, c.refused = c.unsent[:0], os.NewSyscallError("write", err)
	}
	c.n, c.err = RawRead(int(fd), c.into)
	if c.err == unix.EAGAIN {
		return false
	}
	c.err = os.NewSyscallError("read", c.err)
	return true
}

// Close writes what is unsent, such as TLS's closing alert, and closes the connection.
func (c *exchangeConn) Close() error {
	_ = c.flush() // nobody waits for an answer to it
	return c.wire.Close()
}
