package optimum_test

import (
	"flag"
	"testing"

	"sweetspot/bench/optimum"
	"sweetspot/results/stat"
)

var pairs = flag.Bool("pairs", false, "print how often comparisons of simulated strategies name a difference")

// TestPairs prints the other part of the table of `make pairs`: of 1,000 comparisons within one run, how many name any
// difference among five strategies and a copy that are equal, and beside it how many name one that is slower. What a run has of its own
// cancels, since the strategies are measured in the same blocks. What each strategy has of its own in a run, for example by its
// sockets, does not: the intervals allow for 2%, and include what the floor says.
func TestPairs(t *testing.T) {
	if !*pairs {
		t.Skip("set by -pairs")
	}
	t.Logf("%-34s %-10s %8s %8s %8s %8s", "bench", "between", "false", "5%", "10%", "20%")
	measured := func(deviation float64) contest {
		return contest{apiece: deviation, floor: stat.Component{Deviation: deviation, DF: 30}}
	}
	for _, c := range []struct {
		name, between string
		contest
	}{
		{"runs differ", "none", contest{}}, {"runs differ", "2%", contest{between: 0.02}}, {"runs differ", "4%", contest{between: 0.04}},
		{"each strategy, floor not measured", "1%", contest{apiece: 0.01}}, {"each strategy, floor not measured", "2%", contest{apiece: 0.02}},
		{"each strategy, floor measured", "1%", measured(0.01)}, {"each strategy, floor measured", "2%", measured(0.02)},
		{"each strategy, floor measured", "4%", measured(0.04)},
	} {
		c.blocks, c.noise = 10, 0.03
		c.speeds = []float64{1, 1, 1, 1, 1, 0}
		wrong := c.rate(differs)
		row := []float64{wrong}
		for _, slower := range []float64{0.05, 0.10, 0.20} {
			c.speeds[4] = 1 - slower
			row = append(row, c.rate(func(r optimum.Ranking[string]) bool { return r.Standings[0]["s4"] == optimum.Slower }))
		}
		t.Logf("%-34s %-10s %7.1f%% %7.1f%% %7.1f%% %7.1f%%", c.name, c.between, 100*row[0], 100*row[1], 100*row[2], 100*row[3])
		if wrong > 0.05 && (c.apiece < stat.Negligible || c.floor.DF > 0) {
			t.Errorf("%.1f%% name a difference that is not there, want at most 5%%", 100*wrong)
		}
	}
}
