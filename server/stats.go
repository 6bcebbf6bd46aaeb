package server

import "sync/atomic"

// Stats are what the server has counted since it started or was last reset. Requests to /-/ are not counted.
type Stats struct {
	Requests     int64         `json:"requests"`       // read
	InFlight     int64         `json:"in_flight"`      // read and not yet answered
	PeakInFlight int64         `json:"peak_in_flight"` // the most at a time
	Connections  int64         `json:"connections"`    // different ones that carried requests
	Status       map[int]int64 `json:"status"`         // answered in whole, by status

	// Unanswered are the requests without a whole answer, by what became of them: reset, truncate, hang, hangup (the
	// client left first) and cut (the server closed). They, Status and InFlight add up to Requests.
	Unanswered map[string]int64 `json:"unanswered,omitempty"`
}

// A tally counts from one reset to the next. A request ends in the tally that it began in, so that a reset in the
// midst of traffic leaves no counter with one end of a request and not the other.
type tally struct {
	// inFlight and peak are one for all: the peak of a sum can't be put together from the peaks of its parts.
	inFlight, peak atomic.Int64
	connections    atomic.Int64
	stripes        [stripes]stripe
}

// stripes is how many shards the other counters have. A connection stays with one of them, so that processors
// seldom fight over it.
const stripes = 16

// A stripe is large enough (5 KB) for two to share no cache line that matters.
type stripe struct {
	requests   atomic.Int64
	status     [600]atomic.Int64
	unanswered [fates]atomic.Int64
}

// begin counts a request that has been read.
func (t *tally) begin(c *conn) {
	if c.counted != t {
		c.counted = t
		t.connections.Add(1)
	}
	t.stripes[c.stripe].requests.Add(1)
	n := t.inFlight.Add(1)
	for peak := t.peak.Load(); n > peak && !t.peak.CompareAndSwap(peak, n); {
		peak = t.peak.Load()
	}
}

// answer counts a request whose answer is about to be written. Before, and not after: the client may have its next
// request here before the write returns, and would seem to have had both in flight.
func (t *tally) answer(c *conn, status int) {
	t.stripes[c.stripe].status[status].Add(1)
	t.inFlight.Add(-1)
}

// lose counts a request that gets no whole answer.
func (t *tally) lose(c *conn, f fate) {
	t.stripes[c.stripe].unanswered[f].Add(1)
	t.inFlight.Add(-1)
}

// stats adds up the stripes. Taken in the midst of traffic, it may be off by the requests that come and go meanwhile.
func (t *tally) stats() Stats {
	s := Stats{
		InFlight:     t.inFlight.Load(),
		PeakInFlight: t.peak.Load(),
		Connections:  t.connections.Load(),
		Status:       make(map[int]int64),
	}
	for i := range t.stripes {
		stripe := &t.stripes[i]
		s.Requests += stripe.requests.Load()
		for status := range stripe.status {
			if n := stripe.status[status].Load(); n > 0 {
				s.Status[status] += n
			}
		}
		for f, name := range unanswered {
			if n := stripe.unanswered[f].Load(); n > 0 {
				if s.Unanswered == nil {
					s.Unanswered = make(map[string]int64)
				}
				s.Unanswered[name] += n
			}
		}
	}
	return s
}
