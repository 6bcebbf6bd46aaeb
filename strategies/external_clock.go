package strategies

import (
	"math"
	"time"
)

// A skew is how far one clock is ahead of another. What shows it always comes a little late, so that the least difference
// that was seen is the nearest to it.
type skew struct {
	least time.Duration
	known bool
}

// see takes what a reading of the other clock was when this clock, which was read afterwards, showed here.
func (s *skew) see(here, there time.Duration) {
	if difference := here - there; !s.known || difference < s.least {
		s.least, s.known = difference, true
	}
}

// ahead is how much of its work a program is handed before it has a slot for it. It reports every 10 ms, and then it and
// this process may be late by some where processors are scarce.
const ahead = 50 * time.Millisecond

// reportEvery is how long a program waits for there to be more to report.
const reportEvery = 10 * time.Millisecond

// A lookahead is how many requests to hand to a program beyond its limit: as many as it ends in the time of ahead. It
// begins with none, since nothing is known yet of how fast the program will be.
//
// Requests that began together end together, so that a moment says little of the rate: it is judged over at least the
// latest two rounds, which are as many requests as are in flight.
type lookahead struct {
	requests int
	limit    int
	earlier  span // that has ended, none if it is empty
	latest   span
}

// A span is a time in which requests have ended.
type span struct {
	since time.Duration
	ended int
}

// newLookahead returns the lookahead of a run with that limit which begins now.
func newLookahead(limit int, now time.Duration) lookahead {
	return lookahead{limit: limit, earlier: span{since: now}, latest: span{since: now}}
}

// see takes a report of so many ended requests that came now.
func (l *lookahead) see(ended int, now time.Duration) {
	l.latest.ended += ended
	if passed := now - l.earlier.since; passed >= reportEvery {
		l.requests = int(math.Ceil(float64(l.earlier.ended+l.latest.ended) * ahead.Seconds() / passed.Seconds()))
	}
	if l.latest.ended >= 2*l.limit && now-l.latest.since >= reportEvery {
		l.earlier, l.latest = l.latest, span{since: now}
	}
}
