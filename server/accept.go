package server

import (
	"crypto/tls"
	"errors"
	"net"
	"time"
)

// accept takes connections in until the listener is closed.
func (s *Server) accept() {
	for number := 0; ; number++ {
		if !s.reserve() {
			return
		}
		tcp, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many open files, most likely: it passes when some are closed
			s.vacate()
			time.Sleep(5 * time.Millisecond)
			continue
		}
		s.take(tcp.(*net.TCPConn), number)
	}
}

// reserve waits for room for one more connection. It returns false if the server closes first.
func (s *Server) reserve() bool {
	if s.room == nil {
		return true
	}
	select {
	case s.room <- struct{}{}:
		return true
	case <-s.draining:
		return false
	}
}

func (s *Server) vacate() {
	if s.room != nil {
		<-s.room
	}
}

// take serves a connection on a goroutine of its own.
func (s *Server) take(tcp *net.TCPConn, number int) {
	c := &conn{Conn: tcp, tcp: tcp, stripe: number % stripes, gone: make(chan struct{})}
	if s.tls != nil {
		c.Conn, c.tls = tls.Server(tcp, s.tls), true
	}
	if s.scheduler != nil {
		c.waiter = newWaiter()
	}
	s.mu.Lock()
	s.conns[c] = struct{}{}
	s.mu.Unlock()
	if s.stopping.Load() { // and Close may have gone through the connections already
		c.stop()
	}
	s.serving.Go(func() {
		s.http.ServeConn(c) // its error concerns the client alone
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
		s.vacate()
	})
}
