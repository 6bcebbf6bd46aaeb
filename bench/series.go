package bench

import (
	"time"

	"sweetspot/results"
)

// A series counts outcomes by the second in which they ended. Its size grows with the time measured, not with the requests:
// it is 86 kB for a trial of an hour.
type series []second

// A second is the outcomes of one second.
type second struct {
	succeeded, failed int64
	latency           time.Duration // of those that succeeded, summed
}

// add counts an outcome that ended at that time since the series began. Like a window, a second includes its last instant
// and not its first.
func (s *series) add(end, latency time.Duration, succeeded bool) {
	i := int(max(0, end-1) / time.Second)
	for len(*s) <= i {
		*s = append(*s, second{})
	}
	at := &(*s)[i]
	if !succeeded {
		at.failed++
		return
	}
	at.succeeded++
	at.latency += latency
}

// shortestSeries is the shortest time that has a series: a single second has nothing to be compared with.
const shortestSeries = 2 * time.Second

// over returns the series of a trial that took that long, with an element for every second that began; nil if it was too
// short.
func (s series) over(elapsed time.Duration) []results.Second {
	if elapsed < shortestSeries {
		return nil
	}
	begun := make(series, (elapsed+time.Second-1)/time.Second)
	for i, at := range s {
		// Request 0 of a batch may start a moment before or after request 1, and the series begins with it.
		last := &begun[min(i, len(begun)-1)]
		last.succeeded += at.succeeded
		last.failed += at.failed
		last.latency += at.latency
	}
	reported := make([]results.Second, len(begun))
	for i, at := range begun {
		reported[i] = results.Second{Succeeded: at.succeeded, Failed: at.failed}
		if at.succeeded > 0 {
			reported[i].Mean = at.latency.Seconds() / float64(at.succeeded)
		}
	}
	return reported
}
