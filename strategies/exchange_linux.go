package strategies

import (
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// An exchangeConn is a connection for a client that on one goroutine writes a request and then reads its response. It holds
// what is written until the client reads, then writes it, waits and reads: two system calls, where a read that comes
// right after a write finds nothing and has to be repeated. The calls are raw, as those of a loop.
//
// To wait without having looked means that what the server did before the request was written goes unseen. It sees the
// request then, and whatever it does about it wakes the client: an answer, or a reset because it has closed.
// One that has only stopped sending does neither; the client waits for as long as it may.
type exchangeConn struct {
	patientConn
	raw           syscall.RawConn
	local, remote net.Addr // kept at hand for fasthttp, which asks for them with every response
	unsent        []byte
	step          func(fd uintptr) bool // advance, made once

	// Of the Read under way:
	into    []byte
	n       int
	err     error
	blocked bool // the socket does not take all that is unsent
}

// exchangeBuffer is how much an exchangeConn holds, in bytes; whatever would make it more is written at once.
const exchangeBuffer = 4 << 10

// exchanging returns an exchangeConn over a TCP connection.
func exchanging(conn net.Conn) net.Conn {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return conn
	}
	raw, err := tcp.SyscallConn()
	if err != nil { // it is closed already, which whoever uses it will be told
		return conn
	}
	c := &exchangeConn{patientConn: patientConn{TCPConn: tcp}, raw: raw, local: tcp.LocalAddr(), remote: tcp.RemoteAddr()}
	c.step = c.advance
	return c
}

func (c *exchangeConn) LocalAddr() net.Addr  { return c.local }
func (c *exchangeConn) RemoteAddr() net.Addr { return c.remote }

// Write holds p, or writes it if it is large. What is wrong with the connection may show only when it is read.
func (c *exchangeConn) Write(p []byte) (int, error) {
	if len(c.unsent)+len(p) <= exchangeBuffer {
		c.unsent = append(c.unsent, p...)
		return len(p), nil
	}
	if err := c.flush(); err != nil {
		return 0, err
	}
	return c.patientConn.Write(p)
}

// flush writes what is unsent, and waits if need be.
func (c *exchangeConn) flush() error {
	if len(c.unsent) == 0 {
		return nil
	}
	n, err := c.patientConn.Write(c.unsent)
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
		case err != nil && c.reading.prolong(err, c.TCPConn.SetReadDeadline):
		case err != nil:
			return 0, err
		case c.blocked:
			c.blocked = false
			if err := c.flush(); err != nil {
				return 0, err
			}
		case c.err != nil:
			return 0, c.err
		case c.n == 0:
			return 0, io.EOF
		default:
			return c.n, nil
		}
	}
}

// advance writes or reads as much as can be without waiting, and reports whether there is nothing to wait for.
func (c *exchangeConn) advance(fd uintptr) bool {
	if len(c.unsent) == 0 {
		c.n, c.err = rawRead(int(fd), c.into)
		if c.err == unix.EAGAIN {
			return false
		}
		c.err = os.NewSyscallError("read", c.err)
		return true
	}
	n, err := rawWrite(int(fd), c.unsent)
	c.unsent = c.unsent[:copy(c.unsent, c.unsent[n:])]
	if err != nil && err != unix.EAGAIN {
		c.err = os.NewSyscallError("write", err)
		return true
	}
	c.blocked = len(c.unsent) > 0
	return c.blocked
}

// Close writes what is unsent, such as the alert with which TLS says goodbye, and closes the connection.
func (c *exchangeConn) Close() error {
	_ = c.flush() // nobody waits for an answer to it
	return c.TCPConn.Close()
}
