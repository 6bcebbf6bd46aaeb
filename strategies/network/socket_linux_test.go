package network

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// dialServer returns a Socket to a server that handles its connection with handle, over TLS if secure.
func dialServer(t *testing.T, secure bool, handle func(c net.Conn)) *Socket {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	srv := httptest.NewTLSServer(nil)
	defer srv.Close()
	var config *tls.Config
	if secure {
		listener = tls.NewListener(listener, &tls.Config{Certificates: srv.TLS.Certificates})
		config = &tls.Config{InsecureSkipVerify: true}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if c, err := listener.Accept(); err == nil {
			if secured, is := c.(*tls.Conn); is && secured.Handshake() != nil {
				return
			}
			handle(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { <-done })
	n := New(time.Minute, time.Minute)
	t.Cleanup(n.Close)
	s, err := n.DialSocket(t.Context(), listener.Addr().String(), config, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// await waits for events on the socket.
func await(t *testing.T, s *Socket, events int16) {
	t.Helper()
	state := []unix.PollFd{{Fd: int32(s.FD()), Events: events}}
	for n, err := unix.Poll(state, 10_000); n != 1; n, err = unix.Poll(state, 10_000) {
		if err != unix.EINTR {
			t.Fatalf("no event: %v", err)
		}
	}
	if events&unix.POLLIN != 0 {
		s.Arrived(false)
	}
}

// The system takes little of what is written at a time, and nothing is lost or repeated. TLS keeps no more than a record meanwhile.
func TestSocketWritesWhatTheSystemTakes(t *testing.T) {
	for name, secure := range map[string]bool{"TCP": false, "TLS": true} {
		t.Run(name, func(t *testing.T) {
			sent := bytes.Repeat([]byte("0123456789abcdef"), 32<<10) // 512 KiB
			got := make([]byte, len(sent))
			begin := make(chan struct{})
			whole := make(chan error, 1)
			s := dialServer(t, secure, func(c net.Conn) {
				<-begin
				_, err := io.ReadFull(c, got)
				whole <- err
			})
			if err := unix.SetsockoptInt(s.FD(), unix.SOL_SOCKET, unix.SO_SNDBUF, 32<<10); err != nil {
				t.Fatal(err)
			}
			blocked := 0
			for rest := sent; len(rest) > 0 || s.Blocked(); {
				n, err := s.Write(rest)
				if err != nil {
					t.Fatal(err)
				}
				if rest = rest[n:]; len(rest) == 0 && !s.Blocked() {
					break
				}
				if blocked++; blocked == 1 {
					close(begin)
				}
				if len(s.unsent) > 2*pieceSize {
					t.Fatalf("%d bytes are kept", len(s.unsent))
				}
				await(t, s, unix.POLLOUT)
			}
			if err := <-whole; err != nil || !bytes.Equal(got, sent) || blocked == 0 {
				t.Errorf("what arrived differs, or was never blocked (%d): %v", blocked, err)
			}
		})
	}
}

// What is discarded is gone, and nothing else is.
func TestSocketDiscardsBytes(t *testing.T) {
	for name, secure := range map[string]bool{"TCP": false, "TLS": true} {
		t.Run(name, func(t *testing.T) {
			s := dialServer(t, secure, func(c net.Conn) {
				_, _ = c.Write(append(make([]byte, 300<<10), "the end"...))
			})
			s.copies = secure
			scratch := make([]byte, 4<<10)
			for left := int64(300 << 10); left > 0; {
				n, err := s.Discard(left, scratch)
				if left -= int64(n); err == ErrAgain {
					await(t, s, unix.POLLIN)
				} else if err != nil {
					t.Fatal(err)
				}
			}
			var rest []byte
			for {
				n, err := s.Read(scratch)
				rest = append(rest, scratch[:n]...)
				if err == io.EOF {
					break
				}
				if err == ErrAgain {
					await(t, s, unix.POLLIN)
				} else if err != nil {
					t.Fatal(err)
				}
			}
			if string(rest) != "the end" || s.CutOff() {
				t.Errorf("read %q, cut off: %v", rest, s.CutOff())
			}
		})
	}
}

// A Socket has its own descriptor, and leaves none behind.
func TestSocketLeavesNothingOpen(t *testing.T) {
	descriptors := func() int {
		var open int
		for fd := range 256 {
			if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
				open++
			}
		}
		return open
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	n := New(time.Minute, time.Minute)
	before := descriptors()
	for range 20 {
		s, err := n.DialSocket(t.Context(), listener.Addr().String(), nil, false)
		if err != nil {
			t.Fatal(err)
		}
		n.Close() // does not touch it
		if _, err := s.Write([]byte("x")); err != nil {
			t.Error(err)
		}
		s.Close()
		n = New(time.Minute, time.Minute)
	}
	n.Close()
	runtime.GC()
	if after := descriptors(); after > before {
		t.Errorf("%d descriptors are open, %d were", after, before)
	}
}
