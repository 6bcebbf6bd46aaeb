package server

import (
	"errors"
	"fmt"
	"time"
)

// Close stops the server. It accepts no more connections, closes idle ones, cuts off requests that [Failures.Hang] holds
// and waits until all other requests have been answered. After Config.Drain it cuts those off too and returns an error
// with their number. When Close returns, all goroutines of the server have ended. Later calls return the same error.
func (s *Server) Close() error {
	s.closeOnce.Do(func() { s.closeErr = s.close() })
	return s.closeErr
}

func (s *Server) close() error {
	s.stopping.Store(true)
	close(s.draining)
	err := s.listener.Close()
	s.forEachConn((*conn).stop)
	s.multiplexed.stop()
	if s.packets != nil {
		s.serving.Go(s.packets.stop)
	}

	s.accepting.Wait() // after it no connection is added
	finished := make(chan struct{})
	go func() {
		s.serving.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-time.After(s.config.Drain):
		if n := s.Stats().InFlight; n > 0 { // else it is a client that does not close its connection
			err = errors.Join(err, fmt.Errorf("close: %d requests were not answered within %v", n, s.config.Drain))
		}
		s.cutOff()
		<-finished
	}
	s.streaming.Lock()
	close(s.closed)
	s.polling.Wait()
	if s.scheduler != nil {
		s.scheduler.close()
	}
	return err
}

// cutOff ends every connection and every wait at once.
func (s *Server) cutOff() {
	s.cutting.Store(true)
	if s.scheduler != nil {
		s.scheduler.stopEntering()
	}
	if s.packets != nil {
		s.packets.cutOff()
	}
	s.forEachConn(func(c *conn) {
		c.abort()
		if s.scheduler != nil {
			s.scheduler.cancel(c.waiter)
		}
	})
}

func (s *Server) forEachConn(do func(*conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		do(c)
	}
}
