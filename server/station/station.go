// Package station computes the exact time at which a server completes each request, for a server whose speed depends on
// how many requests are inside. The speed is a [capacity.Model].
//
// Start with [New], begin a visit per request with [Station.Enter], then call [Station.Advance] at each time that
// [Station.Next] returns. A visit ends with a call of its Done.
//
// The package is a pure state machine: no clock, no goroutine, no error. Time is an argument, in seconds since the
// caller's start. So the same code serves real requests and, with a simulated clock, hours of traffic in a second of
// test. Each event is computed for the instant at which it was due. If the caller calls Advance a millisecond late, the
// visits that were due end a millisecond late, and no later visit is delayed by that.
package station

import (
	"math"

	"sweetspot/server/capacity"
)

// A Visit is the stay of one request: first its delay, outside the capacity, then its service, inside. A zero Visit
// with Done set is ready for use. It may be used again once Done has been called.
type Visit struct {
	// Done is called once per visit, when the visit ends. at is the time, in seconds, at which the end was due; it may
	// be earlier than the call. Done must not call the station.
	Done func(at float64, result Result)

	work  float64 // the service that the visit requires: 1 on average
	queue *queue  // the queue that holds the visit; nil before and after it
	index int     // in the heap of that queue
	key   float64 // by which that queue is sorted
	order uint64  // breaks ties between equal keys: first come, first served
}

// A Result is how a visit ended.
type Result int

// The results of a visit.
const (
	Served   Result = iota // the visit got the service that it required
	Rejected               // the rate limit of [capacity.Reject] refused the visit
	Canceled               // [Station.Cancel] ended the visit early
)

// A discipline is a service discipline (queueing theory's term): it divides the capacity among the visits inside, and
// so decides which visit ends when.
type discipline interface {
	// enter adds v, or ends its visit at once.
	enter(now float64, v *Visit)
	// next returns the time at which the next visit ends if none enters or is removed; +Inf if none is inside.
	next() float64
	// depart ends that visit. now is the time that next returned.
	depart(now float64)
	// remove takes v out before it has been served.
	remove(now float64, v *Visit)
	// size returns the number of visits inside.
	size() int
}

// A Station holds the visits of one server and the time up to which they have been computed. It is not safe for
// concurrent use.
type Station struct {
	now     float64
	visits  uint64
	delayed queue // sorted by the time at which the delay ends
	inside  discipline
}

// New returns an empty station at time 0 that serves as m says; nil means [capacity.None]. m must be valid (see
// [capacity.Model]). A model from outside package capacity is served by processor sharing.
func New(m capacity.Model) *Station {
	switch m := m.(type) {
	case nil, capacity.None:
		return &Station{inside: unlimited{}}
	case capacity.Shaper:
		return &Station{inside: &shaper{bucket: newBucket(m.PerSecond, m.Depth())}}
	case capacity.Reject:
		return &Station{inside: &policer{bucket: newBucket(m.PerSecond, m.Depth())}}
	default:
		return &Station{inside: &processorSharing{model: m, began: math.NaN()}}
	}
}

// NewChanging returns an empty station at time 0 whose server warms up from the first visit on, and is harmed by too many
// visits inside. m must be a model that the visits inside share (see [capacity.Shared]).
func NewChanging(m capacity.Model, warming capacity.Warming, scar capacity.Scar) *Station {
	return &Station{inside: &processorSharing{model: m, began: math.NaN(), warming: warming, scar: scar}}
}

// Enter begins a visit: delay seconds outside, then a service that requires work, where 1 is the average. It first
// advances the station to now. The visit may end before Enter returns.
func (s *Station) Enter(now float64, v *Visit, delay, work float64) {
	s.Advance(now)
	v.work, v.order = work, s.visits
	s.visits++
	if delay > 0 {
		s.delayed.push(v, s.now+delay)
		return
	}
	s.inside.enter(s.now, v)
	s.Advance(now) // the visit may already be due to end
}

// Cancel ends a visit early, with the result Canceled, and frees its place. It first advances the station to now, and
// does nothing if the visit has ended by then.
func (s *Station) Cancel(now float64, v *Visit) {
	s.Advance(now)
	switch v.queue {
	case nil:
		return
	case &s.delayed:
		s.delayed.remove(v)
	default:
		s.inside.remove(s.now, v)
	}
	v.Done(s.now, Canceled)
}

// Next returns the time, in seconds, of the next event if no visit begins or is canceled; +Inf if there is none.
func (s *Station) Next() float64 {
	return min(s.delayed.first(), s.inside.next())
}

// Advance moves the station's time to now and carries out, in order, every event that was due until then. Time does not
// go back: if now is earlier than the station's time, Advance does nothing.
func (s *Station) Advance(now float64) {
	for {
		arrival, departure := s.delayed.first(), s.inside.next()
		due := min(arrival, departure)
		if due > now || math.IsInf(due, 1) {
			break
		}
		s.now = max(s.now, due)
		if arrival < departure {
			s.inside.enter(s.now, s.delayed.pop())
		} else {
			s.inside.depart(s.now)
		}
	}
	s.now = max(s.now, now)
}

// Inside returns the number of visits that are being served or queue for service. Visits in their delay do not count.
func (s *Station) Inside() int { return s.inside.size() }

// unlimited serves every visit at once, in no time.
type unlimited struct{}

func (unlimited) enter(now float64, v *Visit)  { v.Done(now, Served) }
func (unlimited) next() float64                { return math.Inf(1) }
func (unlimited) depart(float64)               {}
func (unlimited) remove(now float64, v *Visit) {}
func (unlimited) size() int                    { return 0 }
