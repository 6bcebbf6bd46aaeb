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
	warming  capacity.Warming
	began    float64       // when the first visit entered, NaN before
	scar     capacity.Scar // still to come; zero if there is none, or none any more
}

func (s *processorSharing) enter(now float64, v *Visit) {
	if math.IsNaN(s.began) {
		s.began = now
	}
	s.advance(now)
	s.inside.push(v, s.attained+v.work)
	if s.scar.At > 0 && s.inside.size() >= s.scar.At {
		s.model, s.speeds, s.scar = s.scar.To, nil, capacity.Scar{}
	}
}

func (s *processorSharing) next() float64 {
	if s.inside.size() == 0 {
		return math.Inf(1)
	}
	due := s.worked(s.now) + (s.inside.first()-s.attained)/s.speed()
	return max(s.now, s.began+s.warming.When(due))
}

// worked returns for how many seconds a warm server would have had to work by now, since the first visit, to do as much.
func (s *processorSharing) worked(now float64) float64 { return s.warming.Worked(now - s.began) }

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
		s.attained += (s.worked(now) - s.worked(s.now)) * s.speed()
	}
	s.now = now
}

// speed returns the speed of virtual time, per second of a warm server.
func (s *processorSharing) speed() float64 {
	for n := len(s.speeds) + 1; n <= s.inside.size(); n++ {
		s.speeds = append(s.speeds, s.model.Rate(n)/float64(n))
	}
	return s.speeds[s.inside.size()-1]
}
