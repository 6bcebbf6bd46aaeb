package external

import (
	"math"
	"time"
)

// A skew is the difference between two clocks. Each observation is too large by the time that a message takes to arrive. The
// smallest observation is therefore the most accurate.
type skew struct {
	offset time.Duration // how far this clock is ahead of the other
	known  bool
}

// observe takes two readings: one of the other clock, there, and a later one of this clock, here.
func (s *skew) observe(here, there time.Duration) {
	if difference := here - there; !s.known || difference < s.offset {
		s.offset, s.known = difference, true
	}
}

// lookaheadTime is the time for which a program has requests to make even if no message arrives. The program reports every
// 10 ms, and on a busy machine the program and this process may each be late by some milliseconds more.
const lookaheadTime = 50 * time.Millisecond

// reportInterval is how long a program collects outcomes before it reports them.
const reportInterval = 10 * time.Millisecond

// A lookahead is the number of requests that a program gets beyond its limit: as many as it finishes in lookaheadTime. It is
// 0 at first, since nothing is known yet about the program's speed.
//
// Requests that began together end together, so a short interval says little about the rate. The rate is therefore measured
// over the last two intervals, each of which has at least twice the limit of requests.
type lookahead struct {
	requests int
	limit    int
	previous interval // complete; empty at first
	current  interval
}

// An interval is a time in which requests have ended.
type interval struct {
	since time.Duration
	ended int
}

// newLookahead returns the lookahead of a run that begins now.
func newLookahead(limit int, now time.Duration) lookahead {
	return lookahead{limit: limit, previous: interval{since: now}, current: interval{since: now}}
}

// observe takes the number of requests in a report that arrived now.
func (l *lookahead) observe(ended int, now time.Duration) {
	l.current.ended += ended
	if passed := now - l.previous.since; passed >= reportInterval {
		l.requests = int(math.Ceil(float64(l.previous.ended+l.current.ended) * lookaheadTime.Seconds() / passed.Seconds()))
	}
	if l.current.ended >= 2*l.limit && now-l.current.since >= reportInterval {
		l.previous, l.current = l.current, interval{since: now}
	}
}
