package optimum_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"sweetspot/bench/optimum"
)

// climb drives a ceiling over a latency that is a function of the limit, with that much noise, and returns what it found
// and in how many trials.
func climb(smallest, largest int, bound float64, latency func(limit int) float64, noise float64, seed uint64) (optimum.Held, int) {
	random := rand.New(rand.NewPCG(seed, 3))
	ceiling := optimum.NewSLOSearch(smallest, largest, bound)
	trials := 0
	for limit, more := ceiling.Next(); more; limit, more = ceiling.Next() {
		ceiling.Add(limit, latency(limit)*math.Exp(noise*random.NormFloat64()))
		trials++
	}
	return ceiling.Conclude(), trials
}

func linear(limit int) float64 { return 0.002 * float64(limit) } // 200 ms at 100

func TestSLOSearchFindsTheLargestLimitThatHolds(t *testing.T) {
	for _, test := range []struct {
		name              string
		smallest, largest int
		bound             float64
		low, high         int // the limit found is from low to high
		broken            bool
	}{
		{"in the middle", 1, 4096, 0.2, 91, 100, true},
		{"at the largest", 1, 64, 0.2, 64, 64, false},
		{"at the smallest", 1, 4096, 0.003, 1, 1, true},
		{"nowhere", 1, 4096, 0.001, 0, 0, true},
		{"with a range of one", 7, 7, 0.2, 7, 7, false},
	} {
		got, trials := climb(test.smallest, test.largest, test.bound, linear, 0, 1)
		if got.Limit < test.low || got.Limit > test.high || (got.Broken > 0) != test.broken || trials > 30 {
			t.Errorf("%s: %+v in %d trials, want a limit from %d to %d", test.name, got, trials, test.low, test.high)
		}
	}
}

func TestSLOSearchSeldomRecommendsALimitThatBreaksTheBound(t *testing.T) {
	const seeds = 400
	wrong, none := 0, 0
	for seed := range uint64(seeds) {
		got, _ := climb(1, 4096, 0.2, linear, 0.05, seed)
		if got.Limit > 100 {
			wrong++
		}
		if got.Limit < 60 {
			none++
		}
	}
	if wrong > seeds/20 || none > seeds/20 {
		t.Errorf("of %d searches %d recommended a limit that breaks the bound and %d one far below it: want at most %d of each",
			seeds, wrong, none, seeds/20)
	}
}

// falseAcceptance returns the share of the searches that say of a limit that it holds when its latency is that factor over the
// bound, as it is at every limit above 50.
func falseAcceptance(factor, noise float64, seeds int) float64 {
	wrong := 0
	for seed := range uint64(seeds) {
		got, _ := climb(1, 1024, 0.2, func(limit int) float64 {
			if limit > 50 {
				return 0.2 * factor
			}
			return 0.1
		}, noise, seed)
		if got.Limit > 50 {
			wrong++
		}
	}
	return float64(wrong) / float64(seeds)
}

// TestFinderSLO prints how often an objective is said to hold where it does not.
func TestFinderSLO(t *testing.T) {
	if !*finder {
		t.Skip("asked for with -finder; the test below is its short form")
	}
	var table strings.Builder
	for _, over := range []float64{0.001, 0.01, 0.05} {
		for _, noise := range []float64{0.01, 0.03, 0.05} {
			fmt.Fprintf(&table, "%.1f%% above the bound, %.0f%% noise: said to hold in %.1f%% of %d searches\n",
				100*over, 100*noise, 100*falseAcceptance(1+over, noise, *finderSeeds), *finderSeeds)
		}
	}
	t.Log("\n" + table.String())
}

// It tests several limits, each again after every trial: the errors of all that must not add up to more than 5%.
func TestSLOSearchSeldomAcceptsALatencyJustAboveTheBound(t *testing.T) {
	seeds := 1000
	if racing {
		seeds = 200
	}
	for _, noise := range []float64{0.01, 0.05} {
		got := falseAcceptance(1.001, noise, seeds)
		if most := 0.05 + 2*math.Sqrt(0.05*0.95/float64(seeds)); got > most {
			t.Errorf("with %.0f%% noise it accepts 0.1%% above the bound in %.1f%% of %d searches, want at most 5%%", 100*noise, 100*got, seeds)
		}
	}
}

func TestSLOSearchCanBeAbandonedAtAnyTime(t *testing.T) {
	for after := range 25 {
		ceiling := optimum.NewSLOSearch(1, 4096, 0.2)
		for range after {
			limit, more := ceiling.Next()
			if !more {
				break
			}
			ceiling.Add(limit, linear(limit))
		}
		if got := ceiling.Conclude(); got.Limit > 100 || got.Broken != 0 && got.Broken <= got.Limit {
			t.Errorf("after %d trials: %+v", after, got)
		}
	}
	ceiling := optimum.NewSLOSearch(1, 4096, 0.2)
	ceiling.Add(1, math.Inf(1)) // nothing succeeded
	if limit, more := ceiling.Next(); more {
		t.Errorf("goes on to %d although not even one request in flight succeeds", limit)
	}
}
