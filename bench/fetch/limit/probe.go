package limit

import (
	"fmt"
	"math"
)

// beginProbe begins to compare a larger or a smaller limit, unless there is none.
func (c *Climber) beginProbe() {
	for range 2 {
		if limit := c.neighbour(); limit != c.limit && !(c.up && c.ceiling > 0) {
			c.probe = &probe{limit: limit, own: true}
			return
		}
		c.up = !c.up
	}
	c.rest = longestRest
}

// neighbour returns the limit that is one step away, in the direction of the next probe.
func (c *Climber) neighbour() int {
	if c.up {
		return min(c.high, max(c.limit+1, int(math.Round(float64(c.limit)*c.step))))
	}
	return max(c.low, min(c.limit-1, int(math.Round(float64(c.limit)/c.step))))
}

// compare adds a window of a probe.
func (c *Climber) compare(w Window) {
	p := c.probe
	side := 0
	if p.own {
		side = 1
	}
	p.counts[side] += float64(w.Succeeded)
	p.times[side] += w.Seconds
	switch {
	case p.own && (w.failing() > c.failing+harmful || w.goodput() < collapse*c.usual):
		if p.limit > c.limit && w.failing() > c.failing+harmful {
			c.ceiling = ceilingTime
			c.why = fmt.Sprintf("at %d %.0f%% of the requests failed", p.limit, 100*w.failing())
		}
		c.refuse()
		return
	case !p.own && c.steppedBack(w):
		return
	case !p.own:
		c.learn(w)
		p.pairs++
	}
	if p.own = !p.own; p.own { // a pair is complete
		c.judge()
	}
}

// judge decides a probe, if its pairs are enough for that.
func (c *Climber) judge() {
	p := c.probe
	if p.counts[0] == 0 || p.counts[1] == 0 {
		c.refuse()
		return
	}
	ratio := p.counts[1] / p.times[1] / (p.counts[0] / p.times[0])
	should := float64(p.limit) / float64(c.limit)
	wanted := 1 + leastGain*(should-1)
	if !c.up {
		wanted = max(1-downLoss*(1-should), keepOfBest*c.best*p.times[0]/p.counts[0])
	}
	// Completions are counted; behind a server with random service they vary as the counts of a Poisson process do.
	certain := decidedBy * math.Sqrt(1/p.counts[0]+1/p.counts[1])
	difference := math.Log(ratio / wanted)
	if p.pairs < mostPairs && math.Abs(difference) < certain {
		return
	}
	if difference >= 0 {
		c.accept(ratio)
	} else {
		c.refuse()
	}
}

// accept makes the probe's limit the one in use. The next probe goes on in the same direction, with a larger step.
func (c *Climber) accept(ratio float64) {
	c.why = fmt.Sprintf("%d gave %.0f%% of the goodput of %d", c.probe.limit, 100*ratio, c.limit)
	c.limit = c.probe.limit
	c.usual *= ratio
	c.best = max(c.best, c.usual)
	c.probe, c.refused, c.rest = nil, 0, 0
	c.step = min(largeStep, c.step*smallStep)
}

// refuse keeps the limit in use. The next probe goes in the other direction. After two refusals there is a rest.
func (c *Climber) refuse() {
	c.probe, c.up, c.step = nil, !c.up, smallStep
	c.refused++
	c.rest = 1
	if c.refused >= 2 {
		c.rest = min(longestRest, 1<<(c.refused/2))
	}
}
