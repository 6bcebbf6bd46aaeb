package server

import (
	"math"
	"math/rand/v2"
	"sync/atomic"
)

// An outcome is what becomes of a request.
type outcome int

const (
	answered outcome = iota
	slow             // only drawn: faults.next turns it into answered, with a longer delay
	status500
	status429
	// The outcomes below have no complete answer.
	reset
	truncate
	hang
	hangup // the client closed the connection before it was answered
	cut    // the server closed before it could answer
	outcomeCount
)

// unanswered names the outcomes without a complete answer, as in Stats.
var unanswered = map[outcome]string{
	reset: "reset", truncate: "truncate", hang: "hang", hangup: "hangup", cut: "cut",
}

// A draw holds the random values of one request.
type draw struct {
	outcome outcome
	delay   float64 // seconds
	work    float64 // 1 on average
}

// faults draws the outcome, the delay and the work of each request. The n-th request that is read gets the n-th draw of
// the seed. So the first n requests have the same draws in every run, whichever connections carry them.
type faults struct {
	config Config
	drawn  atomic.Uint64
}

func (f *faults) next() draw {
	var random rand.PCG
	random.Seed(f.config.Seed, f.drawn.Add(1))
	uniform := func() float64 { return float64(random.Uint64()>>11) / (1 << 53) } // in [0, 1)

	d := draw{delay: f.config.Delay.Seconds(), work: 1}
	if f.config.Jitter > 0 {
		d.delay += uniform() * f.config.Jitter.Seconds()
	}
	if f.config.ServiceTime == Exponential {
		d.work = -math.Log(1 - uniform())
	}
	if !f.config.Fail.none() {
		d.outcome = f.config.Fail.choose(uniform())
	}
	if d.outcome == slow {
		d.delay += f.config.Fail.SlowBy.Seconds()
		d.outcome = answered
	}
	return d
}
