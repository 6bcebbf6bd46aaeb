package bench_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
)

// flat is a server that is at its best from a limit of 8 on.
func flat(limit int) float64 { return 100 * float64(min(limit, 8)) }

// fieldOf returns the verdict and the limit of each strategy.
func fieldOf(ranked []results.Summary) (verdicts map[string]results.Standing, limits map[string]int) {
	verdicts, limits = map[string]results.Standing{}, map[string]int{}
	for _, s := range ranked {
		verdicts[s.Strategy], limits[s.Strategy] = s.Verdict, s.Limit
	}
	return verdicts, limits
}

func TestFinalComparisonIsAtOwnLimitsAndAtACommonOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, swept, err := sweepAll(t, t.Context(), bench.Sweep{Seed: 1, Repeats: 10},
			simulated{name: "knee", curve: knee}, simulated{name: "flat", curve: flat})
		if err != nil {
			t.Fatal(err)
		}
		verdicts, own := fieldOf(swept.Strategies)
		alike, common := fieldOf(swept.AtCommon)
		for _, got := range []map[string]results.Standing{verdicts, alike} {
			if got["knee"] != results.Fastest || got["flat"] != results.Slower {
				t.Errorf("verdicts %v, want knee fastest", got)
			}
		}
		if own["flat"] != 8 || own["knee"] <= 8 || common["flat"] != own["knee"] || common["knee"] != own["knee"] {
			t.Errorf("own limits %v, compared at %v, want the larger of them for all", own, common)
		}
		// Knee's own limit is the common one, so that a block has three trials and a copy's.
		last := k.trials[len(k.trials)-1].Block
		for block := last - 9; block <= last; block++ {
			var trials, copies int
			for _, trial := range k.trials {
				if trial.Block == block {
					trials++
				}
				if trial.Block == block && trial.Purpose == results.Control {
					copies++
				}
			}
			if trials != 4 || copies != 1 {
				t.Errorf("block %d has %d trials, %d of them of a copy, want 4 and 1", block, trials, copies)
			}
		}
	})
}

func TestFinalComparisonIsMadeOnceIfAllHaveTheSameLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, swept, err := sweepAll(t, t.Context(), bench.Sweep{Seed: 1, Repeats: 3},
			simulated{name: "one", curve: flat}, simulated{name: "other", curve: flat})
		if err != nil || len(swept.Strategies) != 2 || len(swept.AtCommon) != 0 {
			t.Errorf("%d ranked, %d at a common limit, %v; want 2, and none a second time", len(swept.Strategies), len(swept.AtCommon), err)
		}
	})
}

func TestFinalComparisonGivesUpTheCommonLimitWhenTimeIsShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, swept, err := sweepAll(t, t.Context(), bench.Sweep{Seed: 1, Repeats: 10, Budget: 25 * time.Second},
			simulated{name: "knee", curve: knee}, simulated{name: "flat", curve: flat})
		if err != nil || len(swept.Strategies) != 2 || len(swept.AtCommon) != 0 {
			t.Fatalf("%d ranked, %d at a common limit, %v; want 2 and none", len(swept.Strategies), len(swept.AtCommon), err)
		}
		if !slices.ContainsFunc(swept.Warnings, func(w results.Warning) bool { return strings.HasPrefix(w.Text, "there was no time to compare") }) {
			t.Errorf("warnings %q, want one that says so", swept.Warnings)
		}
		if swept.Strategies[0].Trials < 5 {
			t.Errorf("%d blocks, want the time used for their own limits", swept.Strategies[0].Trials)
		}
	})
}
