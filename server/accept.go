package server

import (
	"errors"
	"net"
	"time"
)

// acceptRetry is the pause after a failed accept. Most likely too many files are open, which passes as connections close.
const acceptRetry = 5 * time.Millisecond

// accept accepts connections until the listener is closed.
func (s *Server) accept() {
	for number := 0; ; number++ {
		if !s.acquireSlot() {
			return
		}
		tcp, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			s.releaseSlot()
			time.Sleep(acceptRetry)
			continue
		}
		s.serve(tcp.(*net.TCPConn), number)
	}
}

// acquireSlot waits until one more connection may be open. It returns false if the server closes first.
func (s *Server) acquireSlot() bool {
	if s.slots == nil {
		return true
	}
	select {
	case s.slots <- struct{}{}:
		return true
	case <-s.draining:
		return false
	}
}

func (s *Server) releaseSlot() {
	if s.slots != nil {
		<-s.slots
	}
}

// serve starts a goroutine that serves the connection until its end.
func (s *Server) serve(tcp *net.TCPConn, number int) {
	c := s.newConn(tcp, number)
	s.mu.Lock()
	s.conns[c] = struct{}{}
	s.mu.Unlock()
	if s.stopping.Load() { // Close may have stopped the others before this one was added
		c.stop()
	}
	s.serving.Go(func() {
		switch {
		case !c.detect():
			c.abort()
		case c.own.protocol == overHTTP2:
			s.multiplexed.serve(c)
		default:
			s.http.ServeConn(c) // its error is the client's: a broken connection or an invalid request
		}
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
		s.releaseSlot()
	})
}
