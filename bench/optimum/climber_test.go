package optimum_test

import (
	"flag"
	"math"
	"testing"
	"time"

	"sweetspot/bench/fetch/limit"
)

var climberSeeds = flag.Int("climber-seeds", 20, "simulate the climber with this many seeds for each server")

// A climbing is a fetch whose limit a [limit.Climber] finds, in simulated time.
type climbing struct {
	*machine
	climber *limit.Climber
	good    float64 // successes since measured from
}

// window lets a window pass at the climber's limit, after what was in flight before has ended, and returns it.
func (c *climbing) window() limit.Window {
	most := c.climber.Limit()
	settling := c.lasting(most, func(lasted time.Duration, n int64) bool { return limit.Settled(most, lasted, n) })
	lasts := c.lasting(most, func(lasted time.Duration, n int64) bool { return limit.WindowOver(most, lasted, n) })
	c.good += c.serve(most, settling)
	served := c.serve(most, lasts)
	c.good += served
	noisy := served * math.Exp(c.weather.noise*c.noise()+c.random.NormFloat64()/math.Sqrt(max(1, served)))
	answered := served * c.answer[most-1] / c.truth[most-1]
	return limit.Window{Seconds: lasts, Succeeded: int64(noisy), Failed: int64(max(0, answered-served)), Full: true}
}

// lasting returns how long it takes until enough is true.
func (c *climbing) lasting(limit int, enough func(time.Duration, int64) bool) float64 {
	rate := c.answer[limit-1] / c.truth[limit-1] * c.rate(limit)
	for ms := 10; ; ms += 10 {
		if enough(time.Duration(ms)*time.Millisecond, int64(rate*float64(ms)/1000)) {
			return float64(ms) / 1000
		}
	}
}

// reached runs the climber for that many seconds from now and returns the goodput of the last part of them, as a share of the
// best limit's.
func (c *climbing) reached(seconds, from float64) float64 {
	began := c.elapsed
	for c.elapsed < began+from {
		c.climber.Add(c.window())
	}
	since := c.elapsed
	c.good = 0
	for c.elapsed < began+seconds {
		c.climber.Add(c.window())
	}
	return c.good / (c.elapsed - since) / c.truth.Peak().PerSecond
}

// After 30 seconds the climber gives 90% of what the best limit gives, on the servers of which the search is tested too, also in
// bad weather and counting what its probes cost.
func TestClimber(t *testing.T) {
	for _, s := range servers[:9] {
		site := newSite(t, s, 1024)
		for _, w := range weathers[:5] {
			short, worst := 0, 1.0
			for seed := range uint64(*climberSeeds) {
				c := &climbing{machine: site.in(w, seed), climber: limit.NewClimber(1, 0, 1024)}
				share := c.reached(60, 30)
				worst = min(worst, share)
				if share < 0.9 {
					short++
				}
				if testing.Verbose() && seed < 2 {
					t.Logf("%s, %s: %.3f at %d: %s", s.name, w.name, share, c.climber.Settled(), c.climber.Why())
				}
			}
			if short > *climberSeeds/10 {
				t.Errorf("%s, %s: %d of %d ended below 90%% of the best, the worst with %.0f%%", s.name, w.name, short, *climberSeeds, 100*worst)
			}
		}
	}
}

// The climber follows a server that changes under it.
func TestClimberFollowsAServerThatChanges(t *testing.T) {
	for _, change := range [][2]string{
		{"usl:rate=20,sigma=0,kappa=0.000277777778", "workers:n=32,service=20ms"},
		{"workers:n=8,service=10ms", "workers:n=128,service=10ms"},
		{"workers:n=128,service=10ms", "usl:rate=100,sigma=0,kappa=0.005"},
	} {
		short := 0
		for seed := range uint64(*climberSeeds) {
			before := newSite(t, server{name: change[0], spec: change[0]}, 1024)
			after := newSite(t, server{name: change[1], spec: change[1]}, 1024)
			c := &climbing{machine: before.in(weathers[1], seed), climber: limit.NewClimber(1, 0, 1024)}
			c.reached(30, 20)
			c.site = after
			if share := c.reached(60, 30); share < 0.9 {
				short++
				t.Logf("%v: %.3f at %d: %s", change, share, c.climber.Settled(), c.climber.Why())
			}
		}
		if short > *climberSeeds/10 {
			t.Errorf("%v: %d of %d ended below 90%% of the best", change, short, *climberSeeds)
		}
	}
}
