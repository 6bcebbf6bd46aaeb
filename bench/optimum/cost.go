package optimum

// How long the measured window of a trial should be, in seconds, where the limit leaves the choice.
const (
	rampSeconds   = 0.7 // enough to see the shape of the curve
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
	return max(5*limit, 20, int(min(wanted, float64(max(20*limit, 1000)))))
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
