package optimum_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sweetspot/bench/optimum"
	"sweetspot/results/stat"
)

// A contest simulates a comparison: strategies of given true speeds on a machine with noise.
type contest struct {
	speeds     []float64 // by strategy; 0 stands for a hidden copy of the first
	blocks     int
	noise      float64
	drift      float64 // change of the machine's speed over the run
	again      float64 // correlation of the noise of a trial with that of the trial before
	onebyone   bool    // all blocks of one strategy before the next, instead of random order within blocks
	copyslower float64 // by how much the copy is slower
	families   [][]string
	between    float64 // standard deviation of ln(goodput) from run to run, for all strategies of a run alike
	apiece     float64 // the same, for each strategy on its own
	floor      stat.Component
}

func (c contest) run(seed uint64) optimum.Ranking[string] {
	random := rand.New(rand.NewPCG(seed, 5))
	samples := make([]optimum.Sample[string], len(c.speeds))
	for i, speed := range c.speeds {
		samples[i] = optimum.Sample[string]{Of: fmt.Sprint("s", i), Blocks: make([]float64, c.blocks)}
		if speed == 0 {
			samples[i].Of, samples[i].Copy = "s0", true
		}
	}
	total, shock := float64(c.blocks*len(c.speeds)), 0.0
	own := make([]float64, len(c.speeds))
	common := math.Exp(c.between * random.NormFloat64())
	for i := range own {
		own[i] = common * math.Exp(c.apiece*random.NormFloat64())
	}
	for n, at := range c.order(random) {
		block, i := at[0], at[1]
		speed := c.speeds[i]
		if speed == 0 {
			speed = c.speeds[0] * (1 - c.copyslower)
		}
		shock = c.again*shock + math.Sqrt(1-c.again*c.again)*random.NormFloat64()
		samples[i].Blocks[block] = 1000 * own[i] * speed * (1 + c.drift*float64(n)/total) * math.Exp(c.noise*shock)
	}
	return optimum.Compare(samples, c.floor, c.families...)
}

// order returns the pairs of block and strategy in the order of their trials.
func (c contest) order(random *rand.Rand) [][2]int {
	var order [][2]int
	for b := range c.blocks {
		for _, i := range random.Perm(len(c.speeds)) {
			order = append(order, [2]int{b, i})
		}
	}
	if c.onebyone {
		slices.SortStableFunc(order, func(a, b [2]int) int { return a[1] - b[1] })
	}
	return order
}

const contests = 1000

// rate returns the share of contests of which something is true.
func (c contest) rate(of func(optimum.Ranking[string]) bool) float64 {
	n := 0
	for seed := range uint64(contests) {
		if of(c.run(seed)) {
			n++
		}
	}
	return float64(n) / contests
}

func differs(c optimum.Ranking[string]) bool {
	return c.Void || slices.ContainsFunc(c.Pairs, optimum.Pair[string].Differs)
}

func TestCompareFindsEqualStrategiesIndistinguishable(t *testing.T) {
	equal := []float64{1, 1, 1, 1, 1, 0} // five strategies and a copy of the first: eleven pairs
	twice := [][]string{{"s0", "s1", "s2"}, {"s0", "s3", "s4"}}
	for name, c := range map[string]contest{
		"quiet":      {speeds: equal, blocks: 10, noise: 0.03},
		"noisy":      {speeds: equal, blocks: 10, noise: 0.10},
		"drifting":   {speeds: equal, blocks: 10, noise: 0.03, drift: -0.2},
		"correlated": {speeds: equal, blocks: 12, noise: 0.05, again: 0.6},
		"runs":       {speeds: equal, blocks: 10, noise: 0.03, between: 0.04},
		"sockets":    {speeds: equal, blocks: 10, noise: 0.03, apiece: 0.005},
		"floor":      {speeds: equal, blocks: 10, noise: 0.03, apiece: 0.04, floor: stat.Component{Deviation: 0.04, DF: 30}},
		"families":   {speeds: equal, blocks: 10, noise: 0.03, drift: -0.2, families: twice},
		"targets":    {speeds: equal, blocks: 10, noise: 0.03, drift: -0.2, families: [][]string{{"s0", "s1"}, {"s2", "s3"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.rate(differs); got > 0.05 {
				t.Errorf("%.1f%% of comparisons of equals name a difference, want at most 5%%", 100*got)
			}
		})
	}
}

func TestCompareIsMisledByStrategiesMeasuredOneAfterTheOther(t *testing.T) {
	c := contest{speeds: []float64{1, 1, 1, 1, 1, 0}, blocks: 10, noise: 0.03, drift: -0.2, onebyone: true}
	if got := c.rate(differs); got <= 0.05 {
		t.Errorf("only %.1f%% of comparisons without blocks name a difference that is not there: a test that can't fail", 100*got)
	}
}

func TestCompareFindsAFasterStrategy(t *testing.T) {
	c := contest{speeds: []float64{1, 1.1, 1, 0}, blocks: 10, noise: 0.02, drift: -0.1}
	found := c.rate(func(c optimum.Ranking[string]) bool {
		return c.Standings[0]["s1"] == optimum.Fastest && c.Standings[0]["s0"] == optimum.Slower && !c.Void
	})
	if found < 0.95 {
		t.Errorf("a strategy 10%% faster wins %.1f%% of the comparisons, want 95%%", 100*found)
	}
}

// At their own limits s1 wins over s0; at a common limit, at which s0 was measured anyway, it is no faster.
func TestCompareGivesEachFamilyItsStandings(t *testing.T) {
	c := contest{
		speeds: []float64{1, 1.2, 1, 0}, blocks: 12, noise: 0.01,
		families: [][]string{{"s0", "s1"}, {"s0", "s2"}},
	}.run(1)
	want := "[map[s0:slower s1:fastest] map[s0:indistinguishable s2:indistinguishable]]"
	if got := fmt.Sprint(c.Standings); got != want {
		t.Errorf("standings %s, want %s", got, want)
	}
	if len(c.Pairs) != 3 {
		t.Errorf("%d pairs, want one for each family and one for the copy, and none across: %+v", len(c.Pairs), c.Pairs)
	}
}

// With a family for each pair that was asked about, the differences between others cost no power.
func TestComparePairIsThatOfTheFirstToTheSecond(t *testing.T) {
	c := contest{speeds: []float64{1, 1.2, 1, 0}, blocks: 10, noise: 0.01, families: [][]string{{"s0", "s1"}}}
	ranking := c.run(1)
	forth, known := ranking.Pair("s0", "s1")
	back, knownToo := ranking.Pair("s1", "s0")
	if !known || !knownToo || forth.Ratio > 0.9 || forth.High >= 1 || math.Abs(forth.Ratio*back.Ratio-1) > 1e-9 || math.Abs(forth.Low*back.High-1) > 1e-9 {
		t.Errorf("forth %+v, back %+v", forth, back)
	}
	for _, other := range [][2]string{{"s0", "s2"}, {"s0", "s0"}, {"s0", "nobody"}} {
		if pair, known := ranking.Pair(other[0], other[1]); known {
			t.Errorf("%q, which no family has: %+v", other, pair)
		}
	}
	c.blocks = 9
	ranking = c.run(1)
	if pair, known := ranking.Pair("s0", "s1"); known {
		t.Errorf("after 9 blocks: %+v", pair)
	}
}

func TestCompareTestsAPairInTwoFamiliesOnce(t *testing.T) {
	both := [][]string{{"s0", "s1"}, {"s0", "s1", "s2"}}
	if c := (contest{speeds: []float64{1, 1, 1}, blocks: 10, noise: 0.01, families: both}).run(1); len(c.Pairs) != 3 {
		t.Errorf("%d pairs, want 3: a hypothesis that is tested twice costs the others confidence", len(c.Pairs))
	}
}

func TestCompareIgnoresADifferenceThatDoesNotMatter(t *testing.T) {
	c := contest{speeds: []float64{1, 1.015}, blocks: 40, noise: 0.005}
	comparison := c.run(1)
	p := comparison.Pairs[0]
	if p.High > 1.01 || p.Low < 0.96 || p.Differs() || comparison.Standings[0]["s1"] != optimum.Indistinguishable {
		t.Errorf("1.5%% faster beyond doubt: %+v, %v; want a narrow interval and yet indistinguishable", p, comparison.Standings[0])
	}
}

func TestCompareIsVoidIfACopyDiffers(t *testing.T) {
	c := contest{speeds: []float64{1, 1.5, 0}, blocks: 10, noise: 0.01, copyslower: 0.1}.run(1)
	if !c.Void || c.Standings[0]["s1"] != optimum.Indistinguishable {
		t.Errorf("void %v, standings %v; want a void run without a winner", c.Void, c.Standings[0])
	}
	if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0].Text, "second copy") {
		t.Errorf("warnings %v, want one about the second copy", c.Warnings)
	}
	if _, named := c.Standings[0]["s2"]; named {
		t.Error("the copy has a standing")
	}
}

func TestCompareStandings(t *testing.T) {
	steady := func(speed float64, blocks int) []float64 {
		values := make([]float64, blocks)
		for i := range values {
			values[i] = speed * (1 + 0.001*float64(i*7%5))
		}
		return values
	}
	sample := func(name string, speed float64, blocks int) optimum.Sample[string] {
		s := optimum.Sample[string]{Of: name, Blocks: steady(speed, blocks)}
		s.Blocks[0] += speed * 1e-4 * float64(len(name)) // or else ratios would have no spread at all
		return s
	}
	for _, c := range []struct {
		name    string
		samples []optimum.Sample[string]
		want    map[string]optimum.Standing
	}{
		{"one is faster than all", []optimum.Sample[string]{sample("a", 200, 10), sample("bb", 100, 10), sample("ccc", 50, 10)},
			map[string]optimum.Standing{"a": optimum.Fastest, "bb": optimum.Slower, "ccc": optimum.Slower}},
		{"two share the lead", []optimum.Sample[string]{sample("a", 200, 10), sample("bb", 200, 10), sample("ccc", 50, 10)},
			map[string]optimum.Standing{"a": optimum.Indistinguishable, "bb": optimum.Indistinguishable, "ccc": optimum.Slower}},
		{"nine blocks are too few", []optimum.Sample[string]{sample("a", 200, 9), sample("bb", 100, 9)},
			map[string]optimum.Standing{"a": optimum.Indistinguishable, "bb": optimum.Indistinguishable}},
		{"incomplete blocks do not count", []optimum.Sample[string]{sample("a", 200, 12), sample("bb", 100, 9)},
			map[string]optimum.Standing{"a": optimum.Indistinguishable, "bb": optimum.Indistinguishable}},
		{"one alone wins nothing", []optimum.Sample[string]{sample("a", 200, 10)},
			map[string]optimum.Standing{"a": optimum.Indistinguishable}},
		{"equal to the last bit", []optimum.Sample[string]{{Of: "a", Blocks: steady(1, 10)}, {Of: "b", Blocks: steady(1, 10)}},
			map[string]optimum.Standing{"a": optimum.Indistinguishable, "b": optimum.Indistinguishable}},
		{"nothing", nil, map[string]optimum.Standing{}},
	} {
		got := optimum.Compare(c.samples, stat.Component{}).Standings[0]
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestCompareLeavesOutBlocksWithFailedTrials(t *testing.T) {
	c := optimum.Compare([]optimum.Sample[string]{
		{Of: "a", Blocks: []float64{1, 2, 0, 4, 5}},
		{Of: "b", Blocks: []float64{1, math.NaN(), 3, 4, 6}},
	}, stat.Component{})
	if c.Blocks != 3 {
		t.Errorf("%d complete blocks, want 3", c.Blocks)
	}
}

func TestCompareIntervalsAgreeWithAdjustedPs(t *testing.T) {
	for seed := range uint64(300) {
		c := contest{speeds: []float64{1, 1.03, 1.01, 0.99}, blocks: 10, noise: 0.03}.run(seed)
		least := 0.0
		for _, p := range c.Pairs {
			if excludes := p.Low > 1 || p.High < 1; excludes != (p.P <= 0.05) {
				t.Fatalf("seed %d: %+v: the interval and p disagree", seed, p)
			}
			if p.P < least || p.P > 1 {
				t.Fatalf("seed %d: p %v after %v", seed, p.P, least)
			}
			least = p.P
		}
	}
}

// The interval of the ratio to the fastest and the standing say the same: an interval excludes 1 if and only if another
// strategy is certainly faster.
func TestCompareIntervalsToTheFastestAgreeWithStandings(t *testing.T) {
	seen := map[optimum.Standing]int{}
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 8))
		c := contest{speeds: []float64{1, 0}, blocks: 10, noise: 0.05 * random.Float64()}
		for range 2 + random.IntN(4) {
			c.speeds = append(c.speeds, math.Exp(0.1*random.NormFloat64()))
		}
		ranking := c.run(seed)
		for name, standing := range ranking.Standings[0] {
			seen[standing]++
			i, known := ranking.Versus[0][name]
			slower, fastest := i.High < 1, i.Low >= 1
			if known == ranking.Void || i.Low > i.High || i.High > 1 ||
				known && (slower != (standing == optimum.Slower) || fastest != (standing == optimum.Fastest)) {
				t.Fatalf("seed %d, void %v: %s is %s, with an interval from %g to %g", seed, ranking.Void, name, standing, i.Low, i.High)
			}
		}
	}
	if len(seen) != 3 {
		t.Errorf("not every standing occurred: %v", seen)
	}
}

func TestCompareIntervalsToTheFastestHoldTheTruth(t *testing.T) {
	for name, speeds := range map[string][]float64{
		"apart": {1, 0.9, 0.7, 0.3, 0}, "close": {1, 0.99, 0.97, 0.95, 0}, "equal": {1, 1, 1, 1, 0},
	} {
		c := contest{speeds: speeds, blocks: 10, noise: 0.04, drift: -0.1}
		wrong := c.rate(func(r optimum.Ranking[string]) bool {
			for i, speed := range speeds[:4] {
				if v, known := r.Versus[0][fmt.Sprint("s", i)]; known && (speed < v.Low || speed > v.High) {
					return true
				}
			}
			return false
		})
		if wrong > 0.05 {
			t.Errorf("%s: an interval misses the truth in %.1f%% of the comparisons, want at most 5%%", name, 100*wrong)
		}
	}
}

// One disturbed run: what cannot be told apart may be half as fast, and the interval says so.
func TestCompareShowsThatItLacksPower(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 8))
	fast, slow := optimum.Sample[string]{Of: "fast"}, optimum.Sample[string]{Of: "slow"}
	for range 10 {
		fast.Blocks = append(fast.Blocks, 59613*math.Exp(1.0*random.NormFloat64()))
		slow.Blocks = append(slow.Blocks, 29845*math.Exp(0.05*random.NormFloat64()))
	}
	ranking := optimum.Compare([]optimum.Sample[string]{fast, slow}, stat.Component{})
	if i := ranking.Versus[0]["slow"]; ranking.Standings[0]["slow"] != optimum.Indistinguishable || i.Low > 0.5 || i.High != 1 {
		t.Errorf("%s, with an interval from %g to %g: want one that cannot be told apart and may be half as fast",
			ranking.Standings[0]["slow"], i.Low, i.High)
	}
}
