package optimum

import (
	"fmt"
	"math"
)

// How long the measured window of a trial should be, in seconds, where the limit leaves the choice.
const (
	rampSeconds   = 0.5 // enough to see the shape of the curve
	probeSeconds  = 5   // to see whether a server goes on as it began
	refineSeconds = 1.5 // for decisions: longer trials would reduce the counting error, but not the machine's noise
)

// What a trial takes beside its window. These constants only serve to estimate how long a trial will take.
const (
	warmupRounds = 3   // requests per slot before the window opens
	idleSeconds  = 0.4 // between trials and in the shortest warm-up
)

// completions returns how many requests must end in a window of about window seconds at that goodput. The least is five
// per slot: with fewer, the requests that are cut off at the window's edges would show. Twenty per slot, or 1,000, are
// enough: the counting error is then at most 3%. A slow server is given twice the time to complete 300.
func completions(limit int, perSecond, window float64) int {
	wanted := max(window*perSecond, min(2*window*perSecond, 300))
	if window < probeSeconds {
		wanted = min(wanted, float64(max(20*limit, 1000)))
	}
	return max(5*limit, 20, int(wanted))
}

// rate returns the goodput to be expected at a limit: that of the largest limit tried so far up to it; 0 if there is none.
func (all measurements) rate(limit int) float64 {
	at, rate := 0, 0.0
	for _, m := range all {
		if m.Limit <= limit && m.Limit >= at && m.valid() {
			at, rate = m.Limit, m.PerSecond
		}
	}
	return rate
}

// cost returns how many seconds a trial of a limit is likely to take with a window of about window seconds.
func (all measurements) cost(limit int, window float64) float64 {
	rate := all.rate(limit)
	if rate <= 0 {
		return idleSeconds
	}
	return idleSeconds + float64(warmupRounds*limit+completions(limit, rate, window))/rate
}

// noticeable is the time, in seconds, below which it is not worth saying how much more is needed.
const noticeable = 5

// missing returns how many seconds more are needed, at least, for a conclusion: for the next limit of the ramp, if it has not
// ended, for its limits again, and for two blocks of the three limits about the best.
func (all measurements) missing(most int) float64 {
	const blocks, perBlock = 2, 3
	ramp, best, seconds := all.ramp(), 0, 0.0
	if len(ramp) == 0 {
		return 0
	}
	for i, m := range ramp {
		if m.PerSecond > ramp[best].PerSecond {
			best = i
		}
		seconds += all.cost(m.Limit, rampSeconds)
	}
	// While the curve rises, its top is at least an octave away, and then there is one more to see that it falls.
	if further := 2 * ramp[len(ramp)-1].Limit; best == len(ramp)-1 && further <= most {
		seconds += 2*all.cost(further, rampSeconds) + 2*all.cost(min(most, 2*further), rampSeconds)
	}
	return seconds + blocks*perBlock*all.cost(ramp[best].Limit, refineSeconds)
}

// span returns a time in words.
func span(seconds float64) string {
	if seconds < 90 {
		return fmt.Sprintf("%.0f seconds", math.Ceil(seconds/5)*5)
	}
	return fmt.Sprintf("%.0f minutes", math.Ceil(seconds/60))
}
