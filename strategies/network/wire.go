package network

import (
	"net"
	"sync/atomic"
	"syscall"
)

// A wire is a TCP connection that counts the bytes it sends, and can be looked at without reading from it.
type wire struct {
	*net.TCPConn
	raw  syscall.RawConn
	sent atomic.Int64
	look look
}

func newWire(tcp *net.TCPConn) (*wire, error) {
	raw, err := tcp.SyscallConn()
	if err != nil { // it is closed already
		return nil, err
	}
	w := &wire{TCPConn: tcp, raw: raw}
	w.look.init()
	return w, nil
}

// Write implements [net.Conn].
func (w *wire) Write(p []byte) (int, error) {
	w.sent.Add(int64(len(p))) // before it is sent: the answer may be read before Write returns
	n, err := w.TCPConn.Write(p)
	w.sent.Add(int64(n - len(p)))
	return n, err
}
