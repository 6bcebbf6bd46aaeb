package compare

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"
)

var pairs = flag.Bool("pairs", false, "print how often comparisons of simulated runs name a difference")

// designs are the ways to compare two sides.
var designs = []struct {
	name   string
	change func(*contest)
}{
	{"one run a side, floor assumed", func(*contest) {}},
	{"one run a side, floor measured", func(c *contest) { c.calibrated = true }},
	{"two runs a side", func(c *contest) { c.runs = 2 }},
	{"three runs a side", func(c *contest) { c.runs = 3 }},
	{"five runs a side", func(c *contest) { c.runs = 5 }},
}

// TestPairs prints the table of `make pairs`: of 1,000 pairs of sides that are equal, how many name any difference among five
// strategies, and beside it how many name a strategy that is slower.
func TestPairs(t *testing.T) {
	if !*pairs {
		t.Skip("set by -pairs")
	}
	t.Logf("%-32s %-10s %8s %8s %8s %8s", "compare", "between", "false", "5%", "10%", "20%")
	for _, design := range designs {
		for _, between := range []float64{0, 0.02, 0.04} {
			c := contest{strategies: 5, old: 10, new: 10, noise: 0.03, between: between}
			design.change(&c)
			row := []float64{c.share(t, names)}
			for _, c.slower = range []float64{0.05, 0.10, 0.20} {
				row = append(row, c.share(t, func(c *Comparison) bool {
					return slices.ContainsFunc(c.Rows, func(r Change) bool { return r.Strategy == "a" && r.Verdict == Slower })
				}))
			}
			t.Logf("%-32s %-10s %7.1f%% %7.1f%% %7.1f%% %7.1f%%", design.name, percent(between), 100*row[0], 100*row[1], 100*row[2], 100*row[3])
			if assumed := !c.calibrated && c.runs == 0; row[0] > 0.064 && !(assumed && between > UsualFloor.Deviation) {
				t.Errorf("%.1f%% name a difference that is not there, want 5%% at most, give or take two standard errors", 100*row[0])
			}
		}
	}
}

func percent(share float64) string {
	return [...]string{0: "none", 2: "2%", 4: "4%"}[int(100*share+0.5)]
}

// share returns the share of pairs of sides of which something is true.
func (c contest) share(t *testing.T, is func(*Comparison) bool) float64 {
	n := 0
	for seed := range uint64(pairsOfRuns) {
		if is(c.compare(t, rand.New(rand.NewPCG(seed, 7)))) {
			n++
		}
	}
	return float64(n) / pairsOfRuns
}
