package station

import (
	"math"

	"sweetspot/server/capacity"
)

// processorSharing serves each of the n visits inside at the speed model.Rate(n)/n. A visit ends when it has got the
// service that it requires.
//
// All visits are served at the same speed, so one number is enough for all of them: attained, the service that a visit
// would have got if it had been inside from the start. It serves as a virtual time that runs at the speed Rate(n)/n. A
// visit that requires w and enters at virtual time a ends at virtual time a+w, whichever visits enter or end meanwhile.
type processorSharing struct {
	model    capacity.Model
	speeds   []float64 // Rate(n)/n at index n-1, for the n seen so far
	attained float64   // the virtual time at time now
	now      float64
	inside   queue // sorted by the virtual time at which the visit ends
}

func (s *processorSharing) enter(now float64, v *Visit) {
	s.advance(now)
	s.inside.push(v, s.attained+v.work)
}

func (s *processorSharing) next() float64 {
	if s.inside.size() == 0 {
		return math.Inf(1)
	}
	return s.now + (s.inside.first()-s.attained)/s.speed()
}

func (s *processorSharing) depart(now float64) {
	s.attained = s.inside.first() // advance could end just short of it, because of rounding
	s.now = now
	s.inside.pop().Done(now, Served)
}

func (s *processorSharing) remove(now float64, v *Visit) {
	s.advance(now)
	s.inside.remove(v)
}

func (s *processorSharing) size() int { return s.inside.size() }

// advance moves the virtual time to now. The same visits have been inside since the last event.
func (s *processorSharing) advance(now float64) {
	if s.inside.size() > 0 {
		s.attained += (now - s.now) * s.speed()
	}
	s.now = now
}

// speed returns the speed of virtual time, per second.
func (s *processorSharing) speed() float64 {
	for n := len(s.speeds) + 1; n <= s.inside.size(); n++ {
		s.speeds = append(s.speeds, s.model.Rate(n)/float64(n))
	}
	return s.speeds[s.inside.size()-1]
}
