package station

import (
	"math"

	"sweetspot/server/capacity"
)

// sharing is processor sharing: n requests inside are served at model.Rate(n)/n each, and one leaves when it has
// attained the service that it requires.
//
// All inside are served at the same speed, so one number does for all of them: attained, the service that a
// request would have got that was here from the start. This virtual time runs at Rate(n)/n; a request
// that requires w and enters at a leaves at a+w, whatever comes and goes meanwhile.
type sharing struct {
	model    capacity.Model
	speeds   []float64 // Rate(n)/n by n, as far as it was needed
	attained float64   // at time now
	now      float64
	inside   queue // by the virtual time at which the requirement is attained
}

func (s *sharing) enter(now float64, v *Visit) {
	s.advance(now)
	s.inside.push(v, s.attained+v.work)
}

func (s *sharing) next() float64 {
	if s.inside.size() == 0 {
		return math.Inf(1)
	}
	return s.now + (s.inside.first()-s.attained)/s.speed()
}

func (s *sharing) depart(now float64) {
	s.attained = s.inside.first() // and not what advance finds, which rounding may leave just short of it
	s.now = now
	s.inside.pop().Leave(now, Served)
}

func (s *sharing) remove(now float64, v *Visit) {
	s.advance(now)
	s.inside.remove(v)
}

func (s *sharing) size() int { return s.inside.size() }

// advance moves virtual time on to now. Nobody has come or gone since the last time it did.
func (s *sharing) advance(now float64) {
	if s.inside.size() > 0 {
		s.attained += (now - s.now) * s.speed()
	}
	s.now = now
}

// speed returns the speed of virtual time.
func (s *sharing) speed() float64 {
	for n := len(s.speeds) + 1; n <= s.inside.size(); n++ {
		s.speeds = append(s.speeds, s.model.Rate(n)/float64(n))
	}
	return s.speeds[s.inside.size()-1]
}
