package limit

import (
	"fmt"
	"math"
)

// A Climber is the limiter that seeks the limit with the largest goodput while the requests are made, and follows it.
//
// It begins with doublings. It goes on as long as a doubling gives at least a quarter of what it should, and a few doublings
// further, since goodput may fall and rise again. It stops at once where requests begin to fail, or goodput is half of the best.
// Then it takes the smallest limit that is about as good as the best.
//
// From then on it tries a larger and a smaller limit in turn, each in pairs of windows with the limit that it has, so that a
// server that gets slower meanwhile is not taken for a bad limit. A larger one must give a quarter of what it should; a smaller one
// must cost almost nothing. When neither is better, it waits before it tries again, each time longer, until goodput changes. If
// requests begin to fail, it steps back at once, and tries no larger limit for a while.
type Climber struct {
	low, high int
	limit     int // that is used between probes
	why       string

	ramp   []point // the doublings so far; nil when they are over
	misses int     // doublings in a row that gave too little

	usual   float64 // goodput at limit, a moving mean; 0 if unknown
	failing float64 // share of failures at limit, a moving mean
	best    float64 // the largest goodput lately
	odd     int     // windows in a row whose goodput was not the usual one

	probe   *probe
	up      bool    // the direction of the next probe
	step    float64 // its factor
	refused int     // probes in a row that were not better
	rest    int     // windows until the next probe
	ceiling int     // windows for which no larger limit is tried
}

// A point is what a limit has shown.
type point struct {
	limit   int
	goodput float64
	failing float64
}

// A probe compares a limit with the one that is used.
type probe struct {
	limit  int
	own    bool       // the next window is one at the probe's limit
	counts [2]float64 // completions: of the limit in use, and of the probe
	times  [2]float64 // seconds
	pairs  int
}

// The settings of a Climber, found by simulation: see package optimum's TestClimber.
const (
	rampStart    = 8
	leastGain    = 0.25 // of what a larger limit should give
	patience     = 4    // doublings that give too little, before the ramp ends
	goodEnough   = 0.95 // of the best of the ramp: the smallest such limit is taken
	harmful      = 0.02 // more failures than usual, as a share
	collapse     = 0.5  // of the best goodput
	smallStep    = 1.25
	largeStep    = 2
	mostPairs    = 4
	decidedBy    = 2.0  // standard errors
	downLoss     = 0.05 // of what a smaller limit should cost
	keepOfBest   = 0.96 // a smaller limit must not give less of the best
	longestRest  = 16   // windows
	ceilingTime  = 20   // windows
	stepBack     = 0.7
	oddGoodput   = 0.2 // relative difference from the usual
	memory       = 0.3 // weight of the latest window in a moving mean
	forgets      = 0.005
	bestOfWindow = 0.5 // weight of a window that is above the best
)

// NewClimber returns a Climber that stays within low and high, and starts at the given limit. If start is 0 it looks for the best
// limit by doublings first.
func NewClimber(low, start, high int) *Climber {
	c := &Climber{low: max(1, low), high: high, limit: start, why: "as it was found before", step: smallStep, up: true}
	if start == 0 {
		c.limit, c.why, c.ramp = min(max(rampStart, c.low), high), "where the search begins", []point{}
	}
	return c
}

// Limit implements [Limiter].
func (c *Climber) Limit() int {
	if c.probe != nil && c.probe.own {
		return c.probe.limit
	}
	return c.limit
}

// Most implements [Limiter].
func (c *Climber) Most() int { return c.high }

// Why implements [Limiter].
func (c *Climber) Why() string { return c.why }

// Settled implements [Limiter]: it returns the limit that is used between probes.
func (c *Climber) Settled() int { return c.limit }

// Add implements [Limiter]. A window in which the limit was not what held requests back shows nothing about limits.
func (c *Climber) Add(w Window) {
	if !w.Full && w.failing() <= c.failing+harmful || w.Seconds <= 0 {
		return
	}
	switch {
	case c.ramp != nil:
		c.climb(w)
	case c.probe != nil:
		c.compare(w)
	default:
		c.hold(w)
	}
}

// climb adds a window of the doublings. One without a success says nothing about limits.
func (c *Climber) climb(w Window) {
	if w.Succeeded == 0 {
		return
	}
	p := point{c.limit, w.goodput(), w.failing()}
	best := c.bestOf(0)
	gain := p.goodput/math.Max(best.goodput, 1e-9) - 1
	first := len(c.ramp) == 0
	c.ramp = append(c.ramp, p)
	if !first && gain < leastGain {
		c.misses++
	} else {
		c.misses = 0
	}
	harmed := p.failing > c.ramp[0].failing+harmful || p.goodput < collapse*best.goodput
	if !harmed && c.misses < patience && 2*p.limit <= c.high {
		c.limit, c.why = 2*p.limit, fmt.Sprintf("goodput grew to %.4g per second at %d", p.goodput, p.limit)
		return
	}
	c.settle(harmed)
}

// bestOf returns the point of the ramp with the largest goodput, or, of those that give at least that share of it, the first.
// Limits at which requests begin to fail do not count.
func (c *Climber) bestOf(share float64) point {
	var best point
	for _, p := range c.ramp {
		if p.goodput > best.goodput && p.failing <= c.ramp[0].failing+harmful {
			best = p
		}
	}
	for _, p := range c.ramp {
		if share > 0 && p.goodput >= share*best.goodput && p.failing <= c.ramp[0].failing+harmful {
			return p
		}
	}
	return best
}

// settle ends the doublings.
func (c *Climber) settle(harmed bool) {
	chosen, best, largest := c.bestOf(goodEnough), c.bestOf(0), c.ramp[len(c.ramp)-1]
	if chosen.limit == 0 {
		chosen = point{limit: c.low}
	}
	c.limit, c.usual, c.failing, c.best = chosen.limit, chosen.goodput, chosen.failing, best.goodput
	c.why = fmt.Sprintf("the smallest tried that gives 95%% of %.4g per second, the most of limits up to %d", best.goodput, largest.limit)
	c.ramp, c.up = nil, largest.limit > chosen.limit && !harmed
	if harmed && largest.failing > chosen.failing+harmful {
		c.why = fmt.Sprintf("requests failed at %d", largest.limit)
		c.ceiling = ceilingTime
	}
}

// hold adds a window at the limit in use, between probes.
func (c *Climber) hold(w Window) {
	if c.steppedBack(w) {
		return
	}
	if off := w.goodput()/math.Max(c.usual, 1e-9) - 1; c.usual > 0 && math.Abs(off) > oddGoodput {
		if c.odd++; c.odd >= 2 {
			c.changed(w, off)
		}
	} else {
		c.odd = 0
	}
	c.learn(w)
	if c.rest--; c.rest <= 0 {
		c.beginProbe()
	}
}

// changed forgets what is no longer true: the server has changed.
func (c *Climber) changed(w Window, off float64) {
	c.odd, c.refused, c.rest, c.step, c.ceiling = 0, 0, 0, largeStep, 0
	c.usual, c.best = w.goodput(), w.goodput()
	c.up = off > 0
}

// learn adds a window at the limit in use to the means.
func (c *Climber) learn(w Window) {
	if c.usual == 0 {
		c.usual, c.failing = w.goodput(), w.failing()
	}
	c.usual += memory * (w.goodput() - c.usual)
	c.failing += memory * (w.failing() - c.failing)
	if c.best *= 1 - forgets; c.usual > c.best {
		c.best = c.usual
	}
	c.ceiling--
}

// steppedBack reduces the limit if more requests fail than usual, and reports whether it did.
func (c *Climber) steppedBack(w Window) bool {
	if c.usual == 0 || w.failing() <= c.failing+harmful || c.limit == c.low {
		return false
	}
	c.why = fmt.Sprintf("at %d %.0f%% of the requests failed", c.Limit(), 100*w.failing())
	c.limit = max(c.low, int(stepBack*float64(c.limit)))
	c.usual, c.best, c.probe = 0, 0, nil
	c.ceiling, c.rest, c.refused, c.step = ceilingTime, 2, 0, smallStep
	return true
}
