package network

import (
	"io"
	"net"
	"sync/atomic"
	"syscall"
)

// socket is a *net.TCPConn or a *net.UnixConn.
type socket interface {
	net.Conn
	syscall.Conn
}

// A wire is a connection that counts the bytes it sends, and can be looked at without reading from it.
type wire struct {
	socket
	raw  syscall.RawConn
	sent atomic.Int64
	look look

	ended bool // the peer has ended the stream; for whoever reads
}

func newWire(s socket) (*wire, error) {
	raw, err := s.SyscallConn()
	if err != nil { // it is closed already
		return nil, err
	}
	w := &wire{socket: s, raw: raw}
	w.look.init()
	return w, nil
}

// Read implements [net.Conn].
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.socket.Read(p)
	w.ended = w.ended || err == io.EOF
	return n, err
}

// Write implements [net.Conn].
func (w *wire) Write(p []byte) (int, error) {
	w.sent.Add(int64(len(p))) // before it is sent: the answer may be read before Write returns
	n, err := w.socket.Write(p)
	w.sent.Add(int64(n - len(p)))
	return n, err
}
