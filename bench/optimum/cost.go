package optimum

// How long the measured window of a trial should be, in seconds, where the limit leaves the choice.
const (
	screen  = 0.7 // to see the shape of the curve
	confirm = 1.5 // to decide by: a longer trial counts better, but only more trials average out the machine's moods
)

// What a trial costs beside its window. These only serve to foresee how long it will take.
const (
	rinse = 3   // requests a slot before the window opens
	idle  = 0.4 // seconds between trials and in the shortest warm-up
)

// completions returns how many requests must end in a window of about so many seconds at a goodput of so many a second.
// Five a slot are the least, or else the requests cut off at the window's edges show. Twenty a slot, or 1,000, are
// enough: the counting error is then at most 3%. A slow server is given twice the time to come to 300.
func completions(limit int, perSecond, window float64) int {
	wanted := max(window*perSecond, min(2*window*perSecond, 300))
	return max(5*limit, 20, int(min(wanted, float64(max(20*limit, 1000)))))
}

// rate returns the goodput to be expected at a limit: that of the largest limit tried so far that is not above it.
func (all measurements) rate(limit int) float64 {
	at, rate := 0, 0.0
	for _, m := range all {
		if m.Limit <= limit && m.Limit >= at && m.valid() {
			at, rate = m.Limit, m.PerSecond
		}
	}
	return rate
}

// cost returns how many seconds a trial of a limit is likely to take.
func (all measurements) cost(limit int, window float64) float64 {
	rate := all.rate(limit)
	if rate <= 0 {
		return idle
	}
	return idle + float64(rinse*limit+completions(limit, rate, window))/rate
}
