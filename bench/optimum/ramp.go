package optimum

import "math"

// octaves returns low, 2 low, 4 low, … and high.
func octaves(low, high int) []int {
	var limits []int
	for n := low; n < high; n *= 2 {
		limits = append(limits, n)
	}
	return append(limits, high)
}

// When the ramp ends.
const (
	octavesWithoutGain = 3    // after which a curve no longer rises: two may well lie between the humps of a curve
	risingRatio        = 1.10 // of the best to all before it, from which a curve is still rising: less may be noise
	longRampSeconds    = 12   // from which a trial is too long if it only shows that a curve stays flat or falls further
)

// worthClimbing reports whether the ramp should try its next limit. It ends where requests begin to fail, and where two
// octaves in a row gave less than half of the best. If the next trial would be long, the ramp ends also where one octave
// gave less than half or several brought no gain: an overloaded server takes longer and longer for a trial that only says
// that it is overloaded.
func (s *Search) worthClimbing() bool {
	if len(s.seen) == 0 {
		return true
	}
	if s.seen.failingLimit() < math.MaxInt {
		return false
	}
	poor := s.seen.poor()
	if s.seen.cost(s.ramp[0], rampSeconds) > longRampSeconds {
		return poor == 0 && s.seen.gaining()
	}
	return poor < 2
}

// poor returns how many octaves at the end of the ramp gave less than half of the best.
func (all measurements) poor() int {
	best, poor := 0.0, 0
	for _, m := range all {
		best = math.Max(best, m.PerSecond)
		poor++
		if m.PerSecond >= best/2 {
			poor = 0
		}
	}
	return poor
}

// gaining reports whether the best of the ramp's last octaves is clearly better than all before them.
func (all measurements) gaining() bool {
	before, last := 0.0, 0.0
	for i, m := range all {
		if i < len(all)-octavesWithoutGain {
			before = math.Max(before, m.PerSecond)
		} else {
			last = math.Max(last, m.PerSecond)
		}
	}
	return last > risingRatio*before
}
