package bench_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// aimed is a strategy with simulated servers, told apart by the URL.
type aimed struct {
	simulated
	latencies map[string]time.Duration // by URL; a request to another one fails
	openings  int                      // that succeed; 0 for any number
	opened    *int
}

func (a aimed) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	if *a.opened++; a.openings > 0 && *a.opened > a.openings {
		return nil, fmt.Errorf("%s: open: no more", a.name)
	}
	return a, nil
}

func (a aimed) Run(ctx context.Context, _ int, work strategies.Work) error {
	worker := work.Worker()
	var request strategies.Request
	for worker.Next(ctx, &request) {
		latency, known := a.latencies[request.URL]
		if !known {
			time.Sleep(time.Millisecond)
			worker.Done(&request, strategies.Failed(errors.New("connection refused")))
			continue
		}
		time.Sleep(latency)
		worker.Done(&request, strategies.Outcome{Status: 200})
	}
	return nil
}

const first, second = "http://first/", "http://second/"

func aimedAt(name string, latencies map[string]time.Duration) aimed {
	return aimed{simulated: simulated{name: name}, latencies: latencies, opened: new(int)}
}

// versus compares the two targets with the strategies.
func versus(t *testing.T, k *kept, repeats int, witness func() (bench.ServerCounts, error), all ...strategies.Strategy) (bench.Findings, error) {
	t.Helper()
	return bench.Comparison{
		Strategies: all, Limit: 1, Repeats: repeats, Seed: 1,
		Against: &bench.SecondTarget{URLs: parsed(t, second), Witness: witness},
	}.Run(t.Context(), bench.Load{URLs: parsed(t, first), Requests: 20}, k.observer())
}

func TestComparisonMeasuresBothTargetsInTheSameBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slower := aimedAt("a", map[string]time.Duration{first: 12 * time.Millisecond, second: 10 * time.Millisecond})
		same := aimedAt("b", map[string]time.Duration{first: 10 * time.Millisecond, second: 10 * time.Millisecond})
		var k kept
		witnessed := 0
		found, err := versus(t, &k, 10, func() (bench.ServerCounts, error) {
			witnessed++
			return bench.ServerCounts{Requests: 20, PeakInFlight: 1}, nil
		}, slower, same)
		if err != nil {
			t.Fatal(err)
		}
		orders := map[string]bool{}
		for block := range slices.Chunk(k.trials, 5) { // one of which is that of the copy
			seen, order, copies := map[results.At]bool{}, "", 0
			for _, trial := range block {
				if trial.Block != block[0].Block || trial.Target == nil || trial.Witnessed != (*trial.Target == 1) {
					t.Errorf("a trial of block %d on target %v, witnessed %v, is in block %d", trial.Block, trial.Target, trial.Witnessed, block[0].Block)
				}
				order += fmt.Sprint(trial.At(), trial.Purpose)
				if trial.Purpose == results.Control {
					copies++
					continue
				}
				seen[trial.At()] = true
			}
			orders[order] = true
			if len(seen) != 4 || copies != 1 {
				t.Errorf("block %d has %d of both strategies on both targets, and %d copies", block[0].Block, len(seen), copies)
			}
		}
		if len(orders) < 3 {
			t.Errorf("10 blocks have %d orders", len(orders))
		}
		if witnessed == 0 {
			t.Error("the second target's witness was not asked")
		}
		want := map[string]results.VersusVerdict{"a": results.VersusSlower, "b": results.VersusSame}
		if len(found.Versus) != 2 || len(found.Strategies) != 4 {
			t.Fatalf("versus %v of %d summaries", found.Versus, len(found.Strategies))
		}
		for _, v := range found.Versus {
			if v.Verdict != want[v.Strategy] || v.Low == nil || *v.Low > *v.Ratio || *v.High < *v.Ratio {
				t.Errorf("%s", v.Sentence())
			}
		}
		for _, s := range found.Strategies {
			if s.Verdict != "" {
				t.Errorf("%v is called %s, although only the targets were compared", s.At(), s.Verdict)
			}
		}
		if !slices.ContainsFunc(k.progress, func(p bench.Progress) bool {
			return strings.HasPrefix(p.String(), "trial 1: ") && strings.Contains(p.String(), " on target ")
		}) {
			t.Errorf("progress does not name the target: %s", k.progress[0])
		}
	})
}

func TestComparisonEndsWhenOneTargetIsDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		only := func(name string) strategies.Strategy {
			return aimedAt(name, map[string]time.Duration{first: time.Millisecond})
		}
		var k kept
		_, err := versus(t, &k, 10, nil, only("a"), only("b"))
		if !errors.Is(err, bench.ErrNothing) || !strings.HasPrefix(err.Error(), "target 1, http://second: no request succeeded: a, b: connection refused") {
			t.Errorf("got %v, want that nothing succeeded on target 1", err)
		}
		if len(k.trials) > 5 {
			t.Errorf("%d trials, want no second block", len(k.trials))
		}
	})
}

func TestComparisonLeavesOutAStrategyThatOpensOnOneTargetOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		both := map[string]time.Duration{first: time.Millisecond, second: time.Millisecond}
		once := aimedAt("once", both)
		once.openings = 1
		run := func(all ...strategies.Strategy) (kept, bench.Findings, error) {
			var k kept
			*once.opened = 0
			found, err := bench.Comparison{
				Strategies: all, Limit: 1, Repeats: 2, Against: &bench.SecondTarget{URLs: parsed(t, second)},
			}.Run(t.Context(), bench.Load{URLs: parsed(t, first), Duration: 100 * time.Millisecond}, k.observer())
			return k, found, err
		}
		k, found, err := run(once, aimedAt("whole", both))
		if err != nil {
			t.Fatal(err)
		}
		for _, trial := range k.trials {
			if trial.Strategy != "whole" {
				t.Errorf("%s was measured on target %d", trial.Strategy, *trial.Target)
			}
		}
		if words := results.Words(found.Warnings); !slices.Contains(words, "left out: once: open: no more") {
			t.Errorf("warnings %q", words)
		}
		if _, _, err := run(once); err == nil || err.Error() != "once: open: no more" {
			t.Errorf("got %v, want why it cannot be opened", err)
		}
	})
}

func TestComparisonChecksItsSecondTarget(t *testing.T) {
	_, err := bench.Comparison{Strategies: three(), Limit: 1, Repeats: 1, Against: &bench.SecondTarget{}}.Run(t.Context(), bench.Load{URLs: address(t), Requests: 1}, bench.Observer{})
	if err == nil || err.Error() != "second target: load: no URL: want at least one" {
		t.Errorf("got %v", err)
	}
}

// on returns trials in blocks of one strategy on two targets, with these rates and noise of 1%.
func on(blocks int, rates ...float64) []results.Trial {
	random := rand.New(rand.NewPCG(1, 2))
	var trials []results.Trial
	for block := range blocks {
		for target, rate := range rates {
			rate *= 1 + 0.01*random.NormFloat64()
			trials = append(trials, results.Trial{
				Strategy: "pool", Limit: 60, Target: &target, Block: block, Elapsed: 1, PerSecond: rate, Started: int64(rate), Succeeded: int64(rate),
			})
		}
	}
	return trials
}

func TestRankTargetsSaysHowTheFirstCompares(t *testing.T) {
	broken := append(on(10, 1000, 1000), results.Trial{Strategy: "pool", Limit: 60, Target: new(int), Error: "exit 1"})
	apart := on(10, 1000, 1000)
	for _, trial := range on(10, 1000, 500) {
		if trial.Purpose = results.Control; *trial.Target == 1 {
			apart = append(apart, trial)
		}
	}
	for name, c := range map[string]struct {
		trials  []results.Trial
		verdict results.VersusVerdict
		bounded bool
		codes   []results.Code
	}{
		"slower":         {on(10, 900, 1000), results.VersusSlower, true, nil},
		"faster":         {on(10, 1100, 1000), results.VersusFaster, true, nil},
		"the same":       {on(10, 1000, 1000), results.VersusSame, true, nil},
		"negligible":     {on(10, 1000, 1015), results.VersusSame, true, nil},
		"few blocks":     {on(9, 500, 1000), results.VersusSame, false, []results.Code{results.TooFewBlocks}},
		"only one works": {on(10, 0, 1000), results.VersusSlower, false, []results.Code{results.NotCompared}},
		"a copy differs": {apart, results.VersusSame, false, []results.Code{results.CopyDiffers}},
		"broke down":     {broken, "", false, []results.Code{results.NotCompared}},
	} {
		_, versus, warnings := bench.RankTargets(c.trials, nil)
		var codes []results.Code
		for _, w := range warnings {
			codes = append(codes, w.Code)
		}
		if len(versus) != 1 || versus[0].Verdict != c.verdict || (versus[0].Low != nil) != c.bounded || !slices.Equal(codes, c.codes) {
			t.Errorf("%s: got %+v and %q", name, versus, codes)
		}
	}
}
