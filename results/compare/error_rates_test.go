package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"sweetspot/results"
	"sweetspot/results/stat"
)

// A contest simulates two runs of the same strategies on one machine.
type contest struct {
	strategies int
	old, new   int     // repeats
	noise      float64 // standard deviation of ln(goodput) from trial to trial
	tails      bool    // Student's t with 3 degrees of freedom, scaled to that deviation, instead of a normal distribution
	again      float64 // correlation of a trial's noise with that of the strategy's trial before
	drift      float64 // change of the machine's speed over a run
	apart      float64 // standard deviation of a further change, which each run has of its own
	slower     float64 // by how much the first strategy is slower in the new run
	between    float64 // standard deviation of ln(goodput) from run to run, for all strategies of a run alike
	runs       int     // runs a side; 0 is one
	calibrated bool    // the floor is measured on each machine by 40 runs, instead of the usual one
}

// run returns the trials of one of the two, in blocks of random order.
func (c contest) run(random *rand.Rand, repeats int, slower float64) *results.Run {
	run := &results.Run{Version: results.Version, Command: "bench"}
	drift := c.drift + c.apart*random.NormFloat64()
	total := float64(repeats * c.strategies)
	shocks := make([]float64, c.strategies)
	own := math.Exp(c.between * random.NormFloat64())
	for block := range repeats {
		for _, i := range random.Perm(c.strategies) {
			fresh := math.Sqrt(1 - c.again*c.again)
			if block == 0 {
				fresh = 1
			}
			shocks[i] = c.again*shocks[i] + fresh*c.shock(random)
			speed := own * 1000 * float64(1+i) * (1 + drift*float64(len(run.Trials))/total)
			if i == 0 {
				speed *= 1 - slower
			}
			run.Trials = append(run.Trials, results.Trial{
				Strategy: string(rune('a' + i)), Limit: 60, Block: block, Elapsed: 1, PerSecond: speed * math.Exp(c.noise*shocks[i]),
			})
		}
	}
	return run
}

func (c contest) shock(random *rand.Rand) float64 {
	if !c.tails {
		return random.NormFloat64()
	}
	var squares float64
	for range 3 {
		x := random.NormFloat64()
		squares += x * x
	}
	return random.NormFloat64() / math.Sqrt(squares/3) / math.Sqrt(3) // the variance of t with 3 degrees of freedom is 3
}

const pairsOfRuns = 1000

// pairs returns how many pairs to simulate: fewer if the floor is measured for each, which takes twenty times as long.
func (c contest) pairs() int {
	if c.calibrated {
		return pairsOfRuns / 5
	}
	return pairsOfRuns
}

// shares returns the shares of pairs of runs of which either of two things is true.
func (c contest) shares(t *testing.T, one, other func(*Comparison) bool) (float64, float64) {
	t.Helper()
	ones, others := 0, 0
	for seed := range uint64(c.pairs()) {
		comparison := c.compare(t, rand.New(rand.NewPCG(seed, 6)))
		if one(comparison) {
			ones++
		}
		if other(comparison) {
			others++
		}
	}
	return float64(ones) / float64(c.pairs()), float64(others) / float64(c.pairs())
}

// floorRuns is how many runs measure a floor: 20 pairs.
const floorRuns = 40

// compare compares two sides, each on the same machine.
func (c contest) compare(t *testing.T, random *rand.Rand) *Comparison {
	t.Helper()
	floor := UsualFloor
	if c.calibrated {
		var all []*results.Run
		for range floorRuns {
			all = append(all, c.run(random, c.old, 0))
		}
		var err error
		if floor, err = MeasureFloor(all); err != nil {
			t.Fatal(err)
		}
	}
	var old, new []*results.Run
	for range max(1, c.runs) {
		old, new = append(old, c.run(random, c.old, 0)), append(new, c.run(random, c.new, c.slower))
	}
	comparison, err := Sides(old, new, floor)
	if err != nil {
		t.Fatal(err)
	}
	return comparison
}

// names reports whether a comparison names any difference.
func names(c *Comparison) bool {
	return slices.ContainsFunc(c.Rows, func(r Change) bool { return r.Verdict == Faster || r.Verdict == Slower })
}

var equals = map[string]contest{
	"quiet":           {strategies: 5, old: 10, new: 10, noise: 0.01},
	"usual":           {strategies: 5, old: 10, new: 10, noise: 0.03},
	"noisy":           {strategies: 5, old: 10, new: 10, noise: 0.10},
	"one strategy":    {strategies: 1, old: 10, new: 10, noise: 0.05},
	"few repeats":     {strategies: 5, old: 2, new: 3, noise: 0.05},
	"unlike repeats":  {strategies: 5, old: 5, new: 20, noise: 0.05},
	"heavy tails":     {strategies: 5, old: 10, new: 10, noise: 0.05, tails: true},
	"drifting":        {strategies: 5, old: 10, new: 10, noise: 0.03, drift: -0.2},
	"drifting apart":  {strategies: 5, old: 10, new: 10, noise: 0.03, apart: 0.05},
	"correlated":      {strategies: 5, old: 12, new: 12, noise: 0.05, again: 0.4},
	"runs differ":     {strategies: 5, old: 10, new: 10, noise: 0.03, between: 0.02},
	"floor measured":  {strategies: 5, old: 10, new: 10, noise: 0.03, between: 0.04, calibrated: true},
	"none to measure": {strategies: 5, old: 10, new: 10, noise: 0.03, calibrated: true},
	"two a side":      {strategies: 5, old: 10, new: 10, noise: 0.03, between: 0.04, runs: 2},
	"three a side":    {strategies: 5, old: 10, new: 10, noise: 0.03, between: 0.02, runs: 3},
	"five a side":     {strategies: 5, old: 2, new: 2, noise: 0.03, drift: -0.1, runs: 5},
	"drifting in all": {strategies: 5, old: 10, new: 10, noise: 0.05, drift: -0.1, apart: 0.03, again: 0.2},
}

func TestRunsFindsNoDifferenceBetweenEquals(t *testing.T) {
	for name, c := range equals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			named, disagree := c.shares(t, names, func(c *Comparison) bool {
				return slices.ContainsFunc(c.Rows, func(r Change) bool {
					named := r.Verdict == Faster || r.Verdict == Slower
					return named != (*r.P <= 0.05) || named != (*r.Low > 1 || *r.High < 1)
				})
			})
			if named > 0.05 {
				t.Errorf("%.1f%% of comparisons of equals name a difference, want at most 5%%", 100*named)
			}
			if disagree > 0 {
				t.Errorf("verdict, interval and p disagree in %.1f%% of the comparisons", 100*disagree)
			}
		})
	}
}

// What the comparison is protected by is needed: each of these goes wrong without it.
func TestRunsNeedsItsCorrections(t *testing.T) {
	if got := equals["usual"].uncorrected(t, 0.05); got < 0.1 {
		t.Errorf("without Holm's correction %.1f%% of comparisons of equals have p <= 0.05: a test that can't fail", 100*got)
	}
	if got := equals["runs differ"].uncorrected(t, 0.05/5); got < 0.1 {
		t.Errorf("without a floor %.1f%% of comparisons of equals have p <= 0.05: a test that can't fail", 100*got)
	}
	if got := equals["drifting apart"].uncorrected(t, 0.05/5); got < 0.1 {
		t.Errorf("without allowance for drift %.1f%% of comparisons of equals have p <= 0.05: a test that can't fail", 100*got)
	}
}

// uncorrected returns the share of pairs of runs in which a strategy has a p of at most that, by Welch's t test alone.
func (c contest) uncorrected(t *testing.T, p float64) float64 {
	t.Helper()
	n := 0
	for seed := range uint64(pairsOfRuns) {
		random := rand.New(rand.NewPCG(seed, 6))
		before, after := summarised(c.run(random, c.old, 0)), summarised(c.run(random, c.new, 0))
		if slices.ContainsFunc(before.order, func(at results.At) bool {
			x, _ := before.logs(at, results.Goodput())
			y, _ := after.logs(at, results.Goodput())
			return stat.Welch(x, y, stat.Beyond{}).P <= p
		}) {
			n++
		}
	}
	return float64(n) / pairsOfRuns
}

func TestRunsFindsASlowerStrategy(t *testing.T) {
	for _, c := range []contest{
		{strategies: 5, old: 10, new: 10, noise: 0.01, slower: 0.05, calibrated: true},
		{strategies: 5, old: 10, new: 10, noise: 0.03, slower: 0.15},
		{strategies: 1, old: 5, new: 5, noise: 0.01, slower: 0.05, runs: 3},
		{strategies: 1, old: 30, new: 30, noise: 0.05, slower: 0.15},
		{strategies: 5, old: 10, new: 10, noise: 0.03, slower: 0.15, between: 0.02, runs: 4},
	} {
		of := func(c *Comparison) Change {
			return c.Rows[slices.IndexFunc(c.Rows, func(r Change) bool { return r.Strategy == "a" })]
		}
		found, covered := c.shares(t, func(c *Comparison) bool { return of(c).Verdict == Slower }, func(comparison *Comparison) bool {
			r := of(comparison)
			return *r.Low <= 1-c.slower && 1-c.slower <= *r.High
		})
		if found < 0.9 || covered < 0.95 {
			t.Errorf("%+v: found in %.1f%% of the comparisons, want at least 90%%; %.1f%% of the intervals hold the truth, want 95%%",
				c, 100*found, 100*covered)
		}
	}
}
