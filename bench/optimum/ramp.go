package optimum

import (
	"math"
	"slices"
)

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
	poorOctaves        = 2    // in a row, below half of the best
	octavesWithoutGain = 3    // after which a curve no longer rises: two may well lie between the humps of a curve
	risingRatio        = 1.10 // of the best to all before it, from which a curve is still rising: less may be noise
	longRampSeconds    = 12   // from which a trial is too long if it only shows that a curve stays flat or falls further
	longRampShare      = 0.1  // of the time for the search, from which it is too long as well
	longAgainSeconds   = 4    // from which a trial at the ramp's end is not worth making again
	longestRampRatio   = 2    // of the time that is too long, from which it is too long even if the curve still rises
	straightRatio      = 0.6  // of the goodput of a slot alone, above which there is no conclusion without the next octave
	fallingRatio       = 0.85 // of the best, below which a curve no longer rises
	tailShare          = 0.6  // of the best: of the limits at the ramp's end that give less, only the first is measured again
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
	poor := s.seen.ramp().poor()
	long := float64(longRampSeconds)
	if s.settings.Seconds > 0 {
		long = min(long, longRampShare*s.settings.Seconds)
	}
	if cost := s.seen.cost(s.ramp[0], rampSeconds); cost > long && len(s.seen) > octavesWithoutGain {
		rises := s.seen.ramp().gaining() && cost <= longestRampRatio*long
		return poor == 0 && (rises || s.seen.ramp().straight())
	}
	return poor < poorOctaves
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
	return last > risingRatio*before && all[len(all)-1].PerSecond > fallingRatio*math.Max(before, last)
}

// straight reports whether goodput still rises about as fast as the limit: then nothing of the top has been seen.
func (all measurements) straight() bool {
	first, last := all[0], all[len(all)-1]
	return last.PerSecond/float64(last.Limit) > straightRatio*first.PerSecond/float64(first.Limit)
}

// again returns the limits of the ramp that must be measured again, in random order, before there is a conclusion: all but
// those at which requests begin to fail and those at the end that give far less than the best. Of the latter, tail is the first.
//
// Only the second time counts. The ramp goes up in order, so a server that warms up, or is harmed on the way, has a curve
// there that is not its own.
func (all measurements) again() (limits []int, tail int) {
	ramp, failing, best := all.ramp(), all.failingLimit(), 0.0
	for _, m := range ramp {
		if m.Limit < failing {
			best = math.Max(best, m.PerSecond)
		}
	}
	end := 0
	for _, m := range ramp {
		if m.Limit >= failing || !m.valid() {
			continue
		}
		limits = append(limits, m.Limit)
		if m.PerSecond >= tailShare*best {
			end = len(limits)
		}
	}
	if end < len(limits) {
		tail = limits[end]
	}
	return limits[:end], tail
}

// worthRepeating returns the limits of the block after the ramp: those of again, with the tail if it does not take long.
func (s *Search) worthRepeating() []choice {
	limits, tail := s.seen.again()
	if tail > 0 && s.seen.cost(tail, rampSeconds) <= longAgainSeconds {
		limits = append(limits, tail)
	}
	return choices(limits, rampSeconds)
}

// ramp returns the trials of the ramp, by limit.
func (all measurements) ramp() measurements {
	var ramp measurements
	for _, m := range all {
		if m.Stage == Ramp {
			ramp = append(ramp, m)
		}
	}
	slices.SortFunc(ramp, func(a, b measurement) int { return a.Limit - b.Limit })
	return ramp
}

// refined returns the trials after the ramp.
func (all measurements) refined() measurements {
	return slices.DeleteFunc(slices.Clone(all), func(m measurement) bool { return m.Stage == Ramp })
}

// repeated reports whether all limits of the ramp that are to be measured again have been. If there was no ramp, there
// are none.
func (all measurements) repeated() bool {
	later := all.refined()
	limits, _ := all.again()
	return !slices.ContainsFunc(limits, func(limit int) bool {
		return !slices.ContainsFunc(later, func(m measurement) bool { return m.Limit == limit && m.valid() })
	})
}
