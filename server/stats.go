package server

import (
	"sync/atomic"
	"time"
)

// Stats are what the server has counted since the start or the last reset. Requests to /-/ are not counted.
type Stats struct {
	Requests     int64         `json:"requests"`       // requests read
	InFlight     int64         `json:"in_flight"`      // requests read and not yet answered
	PeakInFlight int64         `json:"peak_in_flight"` // the highest InFlight at any moment
	Connections  int64         `json:"connections"`    // connections that carried at least one request
	Status       map[int]int64 `json:"status"`         // requests answered completely, by status

	// InFlightSeconds is how long requests were in flight that no longer are, summed. Divided by their number it is the mean
	// latency as the server sees it: without the network and the client.
	InFlightSeconds float64 `json:"in_flight_seconds,omitempty"`

	Streams   int64            `json:"streams,omitempty"`   // the most requests in flight at once on one connection
	Protocols map[string]int64 `json:"protocols,omitempty"` // requests by their version of HTTP, such as "HTTP/2"

	// Unanswered are the requests without a complete answer, by their outcome: reset, truncate, hang, hangup (the client
	// closed the connection first) and cut (the server closed). Unanswered, Status and InFlight add up to Requests.
	Unanswered map[string]int64 `json:"unanswered,omitempty"`
}

// counters count from one reset to the next. A request ends in the counters that it began in. So a reset while requests
// are in flight leaves no counters that have counted one end of a request and not the other.
type counters struct {
	// inFlight and peak are not sharded, because the peak of a sum can't be computed from the peaks of its parts.
	inFlight, peak atomic.Int64
	streams        atomic.Int64 // the peak of a connection that may have several
	connections    atomic.Int64
	shards         [shardCount]shard
}

// shardCount is the number of shards of the other counters. Each connection uses one of them, so that processors seldom
// write to the same cache line.
const shardCount = 16

// A shard is 5 KB, so the counters in use of two shards are in different cache lines.
type shard struct {
	requests   [protocolCount]atomic.Int64
	status     [600]atomic.Int64
	unanswered [outcomeCount]atomic.Int64
	inFlight   atomic.Int64 // how long requests were in flight that no longer are, in nanoseconds
}

// begin counts a request that has been read, and returns the time, which belongs to its end.
func (c *counters) begin(from *link) (began time.Time) {
	if from.countedBy.Load() != c && from.countedBy.Swap(c) != c {
		c.connections.Add(1)
	}
	c.shards[from.shard].requests[from.protocol].Add(1)
	raise(&c.peak, c.inFlight.Add(1))
	if from.protocol != overHTTP1 {
		raise(&c.streams, from.streams.Add(1))
	}
	return time.Now()
}

// raise makes peak at least n.
func raise(peak *atomic.Int64, n int64) {
	for old := peak.Load(); n > old && !peak.CompareAndSwap(old, n); {
		old = peak.Load()
	}
}

// end counts that a request is no longer in flight.
func (c *counters) end(from *link, began time.Time) {
	c.shards[from.shard].inFlight.Add(int64(time.Since(began)))
	c.inFlight.Add(-1)
	if from.protocol != overHTTP1 {
		from.streams.Add(-1)
	}
}

// answer counts a request whose answer is about to be written. It is called before the write: during the write the client
// may already send its next request, and both would be counted as in flight.
func (c *counters) answer(from *link, began time.Time, status int) {
	c.shards[from.shard].status[status].Add(1)
	c.end(from, began)
}

// abort counts a request that gets no complete answer.
func (c *counters) abort(from *link, began time.Time, o outcome) {
	c.shards[from.shard].unanswered[o].Add(1)
	c.end(from, began)
}

// stats adds up the shards. While requests come and go, the sums may differ by the requests of that moment.
func (c *counters) stats() Stats {
	s := Stats{
		InFlight:     c.inFlight.Load(),
		PeakInFlight: c.peak.Load(),
		Connections:  c.connections.Load(),
		Streams:      c.streams.Load(),
		Status:       make(map[int]int64),
	}
	var inFlight time.Duration
	for i := range c.shards {
		shard := &c.shards[i]
		inFlight += time.Duration(shard.inFlight.Load())
		for p := range protocolCount {
			if n := shard.requests[p].Load(); n > 0 {
				if s.Protocols == nil {
					s.Protocols = make(map[string]int64)
				}
				s.Requests += n
				s.Protocols[p.String()] += n
				s.Streams = max(s.Streams, 1)
			}
		}
		for status := range shard.status {
			if n := shard.status[status].Load(); n > 0 {
				s.Status[status] += n
			}
		}
		for o, name := range unanswered {
			if n := shard.unanswered[o].Load(); n > 0 {
				if s.Unanswered == nil {
					s.Unanswered = make(map[string]int64)
				}
				s.Unanswered[name] += n
			}
		}
	}
	s.InFlightSeconds = inFlight.Seconds()
	return s
}
