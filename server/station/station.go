// Package station works out when a server whose speed depends on how many requests are inside has completed each
// of them, exactly, also while that number changes.
//
// It is a pure state machine. Time is an argument, in seconds on whatever clock the caller has, so that the same
// code serves real requests and, driven by a simulated clock, hours of traffic in a second of test. Events
// are carried out at the very instant they were due: a caller that comes late by a millisecond releases visits
// late by a millisecond, and delays none of those behind them.
package station

import (
	"math"

	"sweetspot/server/capacity"
)

// A Visit is one request's stay: first its delay, outside, then its service, inside. The zero Visit with Leave
// set is ready for use, and for use again once Leave has been called.
type Visit struct {
	// Leave is called once, when the visit ends, with the time at which that was due. It must not call the station.
	Leave func(at float64, verdict Verdict)

	work  float64 // the service it requires: 1 on average
	queue *queue  // where it is; nil when it is not here
	index int     // its place there
	key   float64 // what it is ordered by there
	order uint64  // breaks ties: first come, first served
}

// A Verdict is how a visit ended.
type Verdict int

const (
	Served Verdict = iota
	Refused
	Removed
)

// A discipline is what goes on inside: who gets how much of the capacity, and so who leaves when.
type discipline interface {
	// enter takes v in, or ends its visit on the spot.
	enter(now float64, v *Visit)
	// next returns when the next visit will have been served if nobody comes or goes; +Inf if nobody is inside.
	next() float64
	// depart ends that visit. now is what next returned.
	depart(now float64)
	// remove takes v out before it has been served.
	remove(now float64, v *Visit)
	// size returns how many are inside.
	size() int
}

// A Station is not safe for concurrent use.
type Station struct {
	now     float64
	visits  uint64
	delayed queue // by the time at which the delay ends
	inside  discipline
}

// New returns an empty station, at time 0, of that capacity; nil stands for [capacity.None].
func New(m capacity.Model) *Station {
	switch m := m.(type) {
	case nil, capacity.None:
		return &Station{inside: open{}}
	case capacity.Shaper:
		return &Station{inside: &shaping{bucket: newBucket(m.PerSecond, m.Depth())}}
	case capacity.Reject:
		return &Station{inside: &rejecting{bucket: newBucket(m.PerSecond, m.Depth())}}
	default:
		return &Station{inside: &sharing{model: m}}
	}
}

// Enter begins a visit: delay seconds outside, then a service that requires work, where
// 1 is average. It first moves the station on to now.
func (s *Station) Enter(now float64, v *Visit, delay, work float64) {
	s.Advance(now)
	v.work, v.order = work, s.visits
	s.visits++
	if delay > 0 {
		s.delayed.push(v, s.now+delay)
		return
	}
	s.inside.enter(s.now, v)
	s.Advance(now) // it may have nothing to wait for
}

// Remove ends a visit early: whoever waited has gone, and its place is free. It first moves the station on to
// now, and does nothing if the visit has ended by then.
func (s *Station) Remove(now float64, v *Visit) {
	s.Advance(now)
	switch v.queue {
	case nil:
		return
	case &s.delayed:
		s.delayed.remove(v)
	default:
		s.inside.remove(s.now, v)
	}
	v.Leave(s.now, Removed)
}

// Next returns the time of the next event if nobody comes or goes; +Inf if there will be none.
func (s *Station) Next() float64 {
	return min(s.delayed.first(), s.inside.next())
}

// Advance moves the station on to now, and carries out in order what was due until then. The station's clock does
// not go back: an earlier now does nothing.
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

// Inside returns how many are being served or wait to be.
func (s *Station) Inside() int { return s.inside.size() }

// open is the station that serves at once.
type open struct{}

func (open) enter(now float64, v *Visit)  { v.Leave(now, Served) }
func (open) next() float64                { return math.Inf(1) }
func (open) depart(float64)               {}
func (open) remove(now float64, v *Visit) {}
func (open) size() int                    { return 0 }
