package server

import (
	"errors"
	"fmt"
	"time"
)

// Close stops the server: it accepts nothing more, closes idle connections, cuts off requests that hang on purpose and
// waits until the others have been answered. After Config.Drain it cuts off those as well, and says so in its error.
// When it returns no goroutine is left. It may be called again, and returns the same.
func (s *Server) Close() error {
	s.closeOnce.Do(func() { s.closeErr = s.close() })
	return s.closeErr
}

func (s *Server) close() error {
	s.stopping.Store(true)
	close(s.draining)
	err := s.listener.Close()
	s.each((*conn).stop)

	s.accepting.Wait() // from here on no connection is added
	finished := make(chan struct{})
	go func() {
		s.serving.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-time.After(s.config.Drain):
		err = errors.Join(err, fmt.Errorf("close: %d requests were not answered within %v", s.Stats().InFlight, s.config.Drain))
		s.cutOff()
		<-finished
	}
	close(s.closed)
	s.looking.Wait()
	if s.scheduler != nil {
		s.scheduler.close()
	}
	return err
}

// cutOff ends every connection, and every wait.
func (s *Server) cutOff() {
	if s.scheduler != nil {
		s.scheduler.stopEntering()
	}
	s.each(func(c *conn) {
		c.leave()
		if s.scheduler != nil {
			s.scheduler.cancel(c.waiter)
		}
	})
}

func (s *Server) each(do func(*conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		do(c)
	}
}
