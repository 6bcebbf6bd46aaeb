package server

import "time"

// pollInterval is how often waiting connections are checked for a hangup, which is noticed after one to two intervals.
// With 10,000 requests waiting, one poll takes about 10 ms of one processor.
const pollInterval = 250 * time.Millisecond

// pollHangups frees the places of requests whose clients hang up while they wait, until the server has closed.
//
// While a request waits, nothing reads its connection. A goroutine per request that reads ahead, as net/http has, would
// be a cost for every request, also for the many that are answered soon. So one goroutine polls the connections, and only
// those whose requests have waited for a whole interval.
func (s *Server) pollHangups() {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	var waiting []*conn
	for {
		select {
		case <-s.closed:
			return
		case <-ticker.C:
		}
		poll := s.polls.Add(1)
		waiting = s.waitingBefore(poll-1, waiting[:0])
		for _, c := range waiting {
			if c.hungUp() {
				s.abandon(c)
			}
		}
	}
}

// waitingBefore appends to list the connections whose requests began to wait before that poll.
func (s *Server) waitingBefore(poll int64, list []*conn) []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		if since := c.waitsSince.Load(); since > 0 && since < poll {
			list = append(list, c)
		}
	}
	return list
}

// abandon ends the wait of a request whose client has hung up. Only pollHangups calls it, so hungUpOn is closed once.
func (s *Server) abandon(c *conn) {
	select {
	case <-c.hungUpOn:
		return // an earlier poll has seen it
	default:
		close(c.hungUpOn)
	}
	if s.scheduler != nil {
		s.scheduler.cancel(c.waiter)
	}
}
