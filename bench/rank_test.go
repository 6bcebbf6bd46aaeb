package bench_test

import (
	"math/rand/v2"
	"testing"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/results/stat"
)

// trialsAt returns trials of strategies with these mean rates, in blocks, with noise of 1%.
func trialsAt(blocks int, rates map[string]float64) []results.Trial {
	random := rand.New(rand.NewPCG(1, 2))
	var trials []results.Trial
	for block := range blocks {
		for _, name := range []string{"a", "b", "c"} {
			rate := rates[name] * (1 + 0.01*random.NormFloat64())
			trials = append(trials, results.Trial{
				Strategy: name, Limit: 60, Block: block, Elapsed: 1, PerSecond: rate, Started: int64(rate), Succeeded: int64(rate),
			})
		}
	}
	return trials
}

func verdicts(trials []results.Trial) map[string]results.Standing {
	ranked, _ := bench.Rank(trials, nil)
	verdicts := map[string]results.Standing{}
	for _, s := range ranked {
		verdicts[s.Strategy] = s.Verdict
	}
	return verdicts
}

func TestRankNamesAWinnerWhenTheDifferenceIsClear(t *testing.T) {
	got := verdicts(trialsAt(12, map[string]float64{"a": 1000, "b": 800, "c": 500}))
	if got["a"] != results.Fastest || got["b"] != results.Slower || got["c"] != results.Slower {
		t.Errorf("got %v, want a fastest, b and c slower", got)
	}
}

func TestRankLeavesEqualStrategiesIndistinguishable(t *testing.T) {
	got := verdicts(trialsAt(12, map[string]float64{"a": 1000, "b": 1000, "c": 500}))
	if got["a"] != results.Indistinguishable || got["b"] != results.Indistinguishable || got["c"] != results.Slower {
		t.Errorf("got %v, want a and b indistinguishable, c slower", got)
	}
}

func TestRankPutsAStrategyThatFailsLast(t *testing.T) {
	trials := trialsAt(12, map[string]float64{"a": 1000, "b": 800, "c": 0})
	if got := verdicts(trials); got["a"] != results.Fastest || got["b"] != results.Slower || got["c"] != results.Slower {
		t.Errorf("got %v, want a fastest, b slower, and so c, which never succeeds", got)
	}
}

func TestRankIgnoresATrialThatWasCutShort(t *testing.T) {
	trials := trialsAt(12, map[string]float64{"a": 1000, "b": 800, "c": 500})
	cut := results.Trial{Strategy: "a", Limit: 60, Block: 12, Elapsed: 0.01, Purpose: results.Interrupted}
	ranked, _ := bench.Rank(append(trials, cut), nil)
	for _, s := range ranked {
		if s.Strategy == "a" && (s.Trials != 12 || s.PerSecond < 900 || s.Verdict != results.Fastest) {
			t.Errorf("got %+v, want the 12 whole trials to count", s)
		}
	}
}

func TestRankNamesNoWinnerAfterFewBlocks(t *testing.T) {
	trials := trialsAt(5, map[string]float64{"a": 1000, "b": 800, "c": 500})
	for name, verdict := range verdicts(trials) {
		if verdict != results.Indistinguishable {
			t.Errorf("%s is %s after 5 blocks", name, verdict)
		}
	}
	if _, warnings := bench.Rank(trials, nil); len(warnings) != 1 {
		t.Errorf("warnings %q, want one that says how many repeats it takes", warnings)
	}
}

// What a strategy has of its own from run to run may explain a difference that is clear within the run.
func TestRankTakesTheFloorIntoAccount(t *testing.T) {
	trials := trialsAt(12, map[string]float64{"a": 1000, "b": 900, "c": 500})
	ranked, _ := bench.Rank(trials, &stat.Component{Deviation: 0.05, DF: 30})
	for _, s := range ranked {
		want := results.Indistinguishable
		if s.Strategy == "c" {
			want = results.Slower
		}
		if s.Verdict != want || s.VersusLow == nil || (*s.VersusHigh < 1) != (want == results.Slower) {
			t.Errorf("%s is %s, want %s", s.Strategy, s.Verdict, want)
		}
	}
}
