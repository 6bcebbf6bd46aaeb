package tally

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

// plus returns the sum of two series, second by second.
func (s series) plus(part series) series {
	sum := make(series, max(len(s), len(part)))
	copy(sum, s)
	for i, at := range part {
		sum[i].succeeded += at.succeeded
		sum[i].failed += at.failed
		sum[i].latency += at.latency
	}
	return sum
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

// ticks has a bit for each tick since what is measured began, set if a request ended in it: 45 kB for an hour.
type ticks []uint64

const bitsPerWord = 64

// tick is how long a tick is.
const tick = 10 * time.Millisecond

// add notes an end at that time since the beginning. Like a second, a tick includes its last instant and not its first.
func (t *ticks) add(end time.Duration) {
	i := int(max(0, end-1) / tick)
	for len(*t) <= i/bitsPerWord {
		*t = append(*t, 0)
	}
	(*t)[i/bitsPerWord] |= 1 << (i % bitsPerWord)
}

// plus returns the ticks in which a request of either ended.
func (t ticks) plus(part ticks) ticks {
	sum := make(ticks, max(len(t), len(part)))
	copy(sum, t)
	for i, word := range part {
		sum[i] |= word
	}
	return sum
}

// longestGap returns the longest time in which no request ended, in whole ticks, in something measured that took elapsed.
func (t ticks) longestGap(elapsed time.Duration) time.Duration {
	longest, gap := 0, 0
	for i := range int(elapsed / tick) {
		gap++
		if i/bitsPerWord < len(t) && t[i/bitsPerWord]&(1<<(i%bitsPerWord)) != 0 {
			gap = 0
		}
		longest = max(longest, gap)
	}
	return time.Duration(longest) * tick
}
