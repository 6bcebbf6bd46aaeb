package bench_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

func three() []strategies.Strategy {
	var all []strategies.Strategy
	for _, name := range []string{"a", "b", "c"} {
		all = append(all, simulated{name: name, latency: always(time.Millisecond)})
	}
	return all
}

// compare returns the strategies of the trials in the order in which they were made.
func compare(t *testing.T, seed uint64) []string {
	var names []string
	synctest.Test(t, func(t *testing.T) {
		var k kept
		_, err := bench.Comparison{
			Strategies: three(), Limit: 2, Repeats: 6, Seed: seed,
		}.Run(t.Context(), bench.Load{URLs: address(t), Requests: 10}, k.observer())
		if err != nil {
			t.Fatal(err)
		}
		for i, trial := range k.trials {
			if trial.Block != i/3 {
				t.Errorf("trial %d is of block %d, want %d", i, trial.Block, i/3)
			}
			names = append(names, trial.Strategy)
		}
		if !slices.IsSortedFunc(k.progress, func(a, b bench.Progress) int { return int(1e6 * (a.Share - b.Share)) }) {
			t.Error("progress goes backwards")
		}
		if last := k.progress[len(k.progress)-1]; last.Share < 0.9 || last.Share > 1 {
			t.Errorf("progress ends at %g, want 1", last.Share)
		}
	})
	return names
}

func TestComparisonRunsCompleteBlocksInRandomOrder(t *testing.T) {
	order := compare(t, 1)
	orders := map[string]bool{}
	for block := range slices.Chunk(order, 3) {
		orders[block[0]+block[1]+block[2]] = true
		if sorted := slices.Sorted(slices.Values(block)); !slices.Equal(sorted, []string{"a", "b", "c"}) {
			t.Errorf("block %v, want each strategy once", block)
		}
	}
	if len(orders) < 2 {
		t.Errorf("all blocks are in the order %v", order[:3])
	}
	if again := compare(t, 1); !slices.Equal(order, again) {
		t.Errorf("the same seed gave %v, then %v", order, again)
	}
	if other := compare(t, 2); slices.Equal(order, other) {
		t.Errorf("seeds 1 and 2 both gave %v", order)
	}
}

func TestComparisonEndsWhenNothingSucceedsAtFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := simulated{name: "broken", latency: always(time.Millisecond), fate: func() strategies.Outcome {
			return strategies.Failed(errors.New("connection refused"))
		}}
		var k kept
		_, err := bench.Comparison{
			Strategies: []strategies.Strategy{broken}, Limit: 2, Repeats: 6,
		}.Run(t.Context(), bench.Load{URLs: address(t), Requests: 10}, k.observer())
		if !errors.Is(err, bench.ErrNothing) || err.Error() != "no request succeeded: broken: connection refused" {
			t.Errorf("got %v, want that nothing succeeded, and why", err)
		}
		if len(k.trials) != 1 {
			t.Errorf("%d trials, want 1", len(k.trials))
		}
	})
}

func TestComparisonEndsWhenATrialCannotBeKept(t *testing.T) {
	full := errors.New("disk full")
	synctest.Test(t, func(t *testing.T) {
		_, err := bench.Comparison{
			Strategies: three(), Limit: 2, Repeats: 6,
		}.Run(t.Context(), bench.Load{URLs: address(t), Requests: 10}, bench.Observer{Keep: func(results.Trial) error { return full }})
		if !errors.Is(err, full) {
			t.Errorf("got %v, want %v", err, full)
		}
	})
}
