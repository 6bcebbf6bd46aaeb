package server

import (
	"math"
	"math/rand/v2"
	"sync/atomic"
)

// A fate is what becomes of a request.
type fate int

const (
	answered fate = iota
	slow
	status500
	status429
	// From here on there is no whole answer.
	reset
	truncate
	hang
	hangup // the client left before it was answered
	cut    // the server closed before it could answer
	fates  // how many there are
)

// unanswered names the fates without a whole answer, as Stats has them.
var unanswered = map[fate]string{
	reset: "reset", truncate: "truncate", hang: "hang", hangup: "hangup", cut: "cut",
}

// A lot is what chance holds for one request.
type lot struct {
	fate  fate
	delay float64 // seconds
	work  float64 // 1 on average
}

// chance draws the lots. The n-th request read gets the n-th lot of the seed, so that any so many requests come to the
// same ends in every run, whichever connections carry them.
type chance struct {
	config Config
	drawn  atomic.Uint64
}

func (c *chance) draw() lot {
	var random rand.PCG
	random.Seed(c.config.Seed, c.drawn.Add(1))
	next := func() float64 { return float64(random.Uint64()>>11) / (1 << 53) } // evenly from [0, 1)

	l := lot{delay: c.config.Delay.Seconds(), work: 1}
	if c.config.Jitter > 0 {
		l.delay += next() * c.config.Jitter.Seconds()
	}
	if c.config.ServiceTime == Exponential {
		l.work = -math.Log(1 - next())
	}
	if !c.config.Fail.none() {
		l.fate = c.config.Fail.choose(next())
	}
	if l.fate == slow {
		l.delay += c.config.Fail.SlowBy.Seconds()
		l.fate = answered
	}
	return l
}
