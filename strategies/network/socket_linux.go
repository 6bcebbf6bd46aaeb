package network

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A Socket is a connection for an event loop: it never waits. TLS may be over it; what it receives and sends is the same then. One
// goroutine at a time may use it.
type Socket struct {
	fd       int
	tls      *tls.Conn     // nil without TLS
	absolute *absoluteForm // of the requests; nil unless they go to a proxy that wants it

	copies  bool   // bytes can only be discarded by reading them
	drained bool   // everything that had arrived by the latest Arrived has been read
	ending  bool   // the peer has ended the stream: what is left is read to its end
	ended   bool   // that end has been read
	failed  error  // of the system, when reading
	sent    uint64 // bytes that the system has taken

	unsent []byte // records of TLS that the system has not taken yet
	broken error  // of the system, when writing: nothing more can be sent
}

// ErrAgain is the error of a Read that finds nothing: more may arrive. It is a temporary error, which crypto/tls forgets.
var ErrAgain error = again{}

type again struct{}

func (again) Error() string   { return "nothing more has arrived" }
func (again) Timeout() bool   { return false }
func (again) Temporary() bool { return true }

const (
	// pieceSize is the number of bytes that are encrypted before the system takes them: the largest record of TLS.
	pieceSize = 16 << 10
	// maxUnsent is the number of bytes that TLS may add by itself while the peer takes nothing, in answers to its messages.
	maxUnsent = 64 << 10
	// maxKeptUnsent is the largest buffer for unsent records that an idle connection keeps, in bytes.
	maxKeptUnsent = 2 << 10
)

// errNoAnswersTaken ends TLS with a peer that asks for answers without end and takes none.
var errNoAnswersTaken = errors.New("tls: the peer takes none of the answers to its messages")

// NewSocket returns a Socket for a connected, non-blocking TCP socket, which belongs to it from now on.
func NewSocket(fd int) *Socket { return &Socket{fd: fd} }

// DialSocket is [Network.Dial] for an event loop: it goes the network's [Route], makes the TLS handshake, unless secure is nil, and
// returns once that is done. Tunnel says that a proxy is asked for a tunnel whether or not there is TLS, as for HTTP/2, which has no
// form for a proxy. The Socket belongs to the caller: [Network.Close] does not close it.
func (n *Network) DialSocket(ctx context.Context, address string, secure *tls.Config, tunnel bool) (*Socket, error) {
	s := &Socket{fd: -1, copies: true}
	carrier := &recordCarrier{socket: s}
	carry := func(w *wire) net.Conn {
		carrier.during, carrier.remote = w, w.RemoteAddr()
		return carrier
	}
	c, err := n.dialWithin(ctx, address, Options{TLS: secure, carry: carry}, tunnel || secure != nil)
	if err != nil {
		return nil, err
	}
	s.tls, _ = c.Conn.(*tls.Conn)
	s.absolute, s.sent = c.absolute, uint64(c.wire.sent.Load())
	carrier.during = nil
	s.fd, err = c.wire.detach()
	n.forget(c.wire)
	c.wire.Close()
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Request returns a whole request of HTTP/1.1 in the form in which it must be written to the socket: a proxy may want the absolute
// form. It is valid until the next call.
func (s *Socket) Request(whole []byte) []byte {
	if s.absolute == nil {
		return whole
	}
	s.absolute.begin()
	return s.absolute.rewrite(whole)
}

// detach returns the connection's socket as a new file descriptor, which remains open when the connection is closed.
func (w *wire) detach() (fd int, err error) {
	failed := w.raw.Control(func(own uintptr) { fd, err = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0) })
	if failed != nil {
		return -1, failed
	}
	return fd, os.NewSyscallError("fcntl", err)
}

// FD returns the file descriptor, for epoll.
func (s *Socket) FD() int { return s.fd }

// Protocol returns the protocol that TLS has negotiated, "" if none.
func (s *Socket) Protocol() string {
	if s.tls == nil {
		return ""
	}
	return s.tls.ConnectionState().NegotiatedProtocol
}

// Arrived says that something has arrived, or may have. If ending, the peer has ended the stream, and nothing will say so again.
func (s *Socket) Arrived(ending bool) { s.drained, s.ending = false, ending }

// Read reads what has arrived into a buffer that is not empty. Its error is ErrAgain if that was all, [io.EOF] at the end of the
// stream, a [TLSError], or an error of the system.
func (s *Socket) Read(into []byte) (int, error) {
	if s.tls == nil {
		return s.readRaw(into)
	}
	n, err := s.tls.Read(into)
	if len(s.unsent) > 0 {
		_ = s.flush() // TLS has answered a message; an error comes again with the next Write
	}
	switch {
	case n > 0:
		return n, nil // an error comes again with the next Read
	case err == ErrAgain, err == s.failed:
		return 0, err
	case s.ended, err == io.EOF:
		return 0, io.EOF
	}
	return 0, &TLSError{err}
}

// Discard is Read for at most n bytes that nobody wants to see. It uses scratch, which is not empty, where bytes must be read to be
// discarded.
func (s *Socket) Discard(n int64, scratch []byte) (int, error) {
	if s.copies {
		return s.Read(scratch[:min(int64(len(scratch)), n)])
	}
	if s.drained {
		return 0, ErrAgain
	}
	most := int(min(n, maxDiscard))
	got, err := rawDiscard(s.fd, most)
	return s.received(got, most, err)
}

func (s *Socket) readRaw(into []byte) (int, error) {
	if s.drained {
		return 0, ErrAgain
	}
	n, err := RawRead(s.fd, into)
	return s.received(n, len(into), err)
}

// received handles what the system has returned for a read that asked for a number of bytes.
func (s *Socket) received(n, asked int, err error) (int, error) {
	switch {
	case err == unix.EAGAIN:
		s.drained = true
		return 0, ErrAgain
	case err != nil:
		s.failed = os.NewSyscallError("read", err)
		return 0, s.failed
	case n == 0:
		s.ended = true
		return 0, io.EOF
	}
	s.drained = n < asked && !s.ending
	return n, nil
}

// CutOff reports whether the stream has ended without TLS's word that it was to end there. Anybody on the way may have cut it off.
func (s *Socket) CutOff() bool { return s.tls != nil && s.ended }

// Write sends as much of data as the system takes, and returns how much it need not be given again. If that is not all, or Blocked
// returns true, the socket must become writable before there is more to do: see [Socket.Flush].
func (s *Socket) Write(data []byte) (written int, err error) {
	if s.tls == nil {
		return s.writeRaw(data)
	}
	for written < len(data) {
		if err := s.flush(); err != nil || s.Blocked() {
			return written, err
		}
		n, err := s.tls.Write(data[written : written+min(len(data)-written, pieceSize)])
		if written += n; err != nil {
			return written, err
		}
	}
	return written, s.flush()
}

// Flush sends what the system has not taken before.
func (s *Socket) Flush() error { return s.flush() }

// Blocked reports whether the system has not taken everything yet.
func (s *Socket) Blocked() bool { return len(s.unsent) > 0 }

func (s *Socket) flush() error {
	if len(s.unsent) == 0 {
		return s.broken
	}
	n, err := s.writeRaw(s.unsent)
	s.unsent = s.unsent[:copy(s.unsent, s.unsent[n:])]
	if len(s.unsent) == 0 && cap(s.unsent) > maxKeptUnsent {
		s.unsent = nil
	}
	return err
}

// writeRaw writes as much as the system takes.
func (s *Socket) writeRaw(data []byte) (written int, err error) {
	for written < len(data) && s.broken == nil {
		n, err := RawWrite(s.fd, data[written:])
		written += n
		s.sent += uint64(n)
		if err == unix.EAGAIN || n == 0 && err == nil {
			return written, nil
		}
		s.broken = os.NewSyscallError("write", err)
	}
	return written, s.broken
}

// Sent returns the number of bytes that the system has taken.
func (s *Socket) Sent() uint64 { return s.sent }

// Acknowledged reports whether the peer's kernel has acknowledged exactly the first n bytes that were sent. An orderly close
// acknowledges everything that arrived before it. A reset does not, and says nothing about how much the peer has read. A kernel that
// does not count acknowledged bytes proves nothing either.
func (s *Socket) Acknowledged(n uint64) bool { return acknowledgedOn(s.fd) == int64(n) }

// Close closes the connection. It tells the peer first, if TLS is over it and the system takes that at once.
func (s *Socket) Close() {
	if s.tls != nil && s.broken == nil {
		_ = s.tls.CloseWrite()
		_ = s.flush()
	}
	_ = unix.Close(s.fd) // removes it from epoll too; nothing is lost if this fails
}

// A recordCarrier carries the records of a Socket's TLS. During the handshake it waits for them.
type recordCarrier struct {
	socket *Socket
	during net.Conn // the connection during the handshake; nil afterwards
	remote net.Addr
}

// Read implements [net.Conn].
func (c *recordCarrier) Read(into []byte) (int, error) {
	if c.during != nil {
		return c.during.Read(into)
	}
	return c.socket.readRaw(into)
}

// Write implements [net.Conn]. An error would be TLS's last one, so it takes everything for the flush that follows.
func (c *recordCarrier) Write(records []byte) (int, error) {
	s := c.socket
	switch {
	case c.during != nil:
		return c.during.Write(records)
	case len(s.unsent)+len(records) > maxUnsent:
		return 0, errNoAnswersTaken
	}
	s.unsent = append(s.unsent, records...)
	return len(records), nil
}

// Close implements [net.Conn], for the handshake.
func (c *recordCarrier) Close() error { return nil }

// LocalAddr implements [net.Conn].
func (c *recordCarrier) LocalAddr() net.Addr { return nil }

// RemoteAddr implements [net.Conn]. TLS asks for it to find a session to resume.
func (c *recordCarrier) RemoteAddr() net.Addr { return c.remote }

// SetDeadline implements [net.Conn]. Nothing waits that it could end.
func (c *recordCarrier) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements [net.Conn].
func (c *recordCarrier) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements [net.Conn].
func (c *recordCarrier) SetWriteDeadline(time.Time) error { return nil }
