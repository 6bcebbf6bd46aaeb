package server

import "time"

// patrol is how often the lookout goes round. A client that hangs up during a wait is noticed after one to two of these;
// at 10,000 waiting, a round costs some 10 ms of one processor.
const patrol = 250 * time.Millisecond

// look frees the places of clients that hang up while their requests wait. While a request waits nobody reads its
// connection; to have a goroutine read ahead, as net/http does, would cost one for every request, also for the many
// that are answered soon. So one goroutine looks at those that have waited for a whole round, until the server closes.
func (s *Server) look() {
	ticker := time.NewTicker(patrol)
	defer ticker.Stop()
	var waiting []*conn
	for {
		select {
		case <-s.closed:
			return
		case <-ticker.C:
		}
		round := s.round.Add(1)
		waiting = s.waitingBefore(round-1, waiting[:0])
		for _, c := range waiting {
			if c.hungUp() {
				s.abandon(c)
			}
		}
	}
}

// waitingBefore appends the connections to list whose requests began to wait before that round.
func (s *Server) waitingBefore(round int64, list []*conn) []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		if since := c.waitsSince.Load(); since > 0 && since < round {
			list = append(list, c)
		}
	}
	return list
}

// abandon ends the wait of a request whose client has gone. Only the lookout calls it.
func (s *Server) abandon(c *conn) {
	select {
	case <-c.gone:
		return // the connection is about to close
	default:
		close(c.gone)
	}
	if s.scheduler != nil {
		s.scheduler.cancel(c.waiter)
	}
}
