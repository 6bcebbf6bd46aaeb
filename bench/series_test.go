package bench_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

func TestSeriesHasEverySecondOfATrial(t *testing.T) {
	const mean = 0.25
	for _, c := range []struct {
		name string
		load bench.Load
		want []results.Second
	}{
		{"a window with a part of a second", bench.Load{Duration: 2500 * time.Millisecond},
			[]results.Second{{Succeeded: 8, Mean: mean}, {Succeeded: 8, Mean: mean}, {Succeeded: 4, Mean: mean}}},
		{"a window of whole seconds", bench.Load{Duration: 2 * time.Second},
			[]results.Second{{Succeeded: 8, Mean: mean}, {Succeeded: 8, Mean: mean}}},
		{"a window after a warm-up", bench.Load{Duration: 2 * time.Second, Warmup: 1125 * time.Millisecond},
			[]results.Second{{Succeeded: 8, Mean: mean}, {Succeeded: 8, Mean: mean}}},
		{"a batch", bench.Load{Requests: 18},
			[]results.Second{{Succeeded: 8, Mean: mean}, {Succeeded: 8, Mean: mean}, {Succeeded: 2, Mean: mean}}},
		{"a window too short for any", bench.Load{Duration: 1900 * time.Millisecond}, nil},
		{"a batch too short for any", bench.Load{Requests: 14}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := measure(t, t.Context(), simulated{name: "a", latency: always(250 * time.Millisecond)}, 2, c.load)
				if diff := cmp.Diff(c.want, got.Series, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestSeriesAddsUpToTheTrial(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			var n atomic.Int64
			s := simulated{name: "a", latency: scattered(seed, 30*time.Millisecond), fate: func() strategies.Outcome {
				if n.Add(1)%7 == 0 {
					return strategies.Outcome{Class: strategies.Reset}
				}
				return strategies.Outcome{Status: 200}
			}}
			for _, load := range []bench.Load{{Duration: 3200 * time.Millisecond, Warmup: bench.Automatic}, {Requests: 300}} {
				got := measure(t, t.Context(), s, 3, load)
				var succeeded, failed int64
				var latency float64
				for _, second := range got.Series {
					succeeded += second.Succeeded
					failed += second.Failed
					latency += second.Mean * float64(second.Succeeded)
				}
				if succeeded != got.Succeeded || failed != got.Failures() {
					t.Errorf("the seconds have %d and %d, the trial %d and %d", succeeded, failed, got.Succeeded, got.Failures())
				}
				if mean := latency / float64(succeeded); mean < 0.998*got.Latency.Mean || mean > 1.002*got.Latency.Mean {
					t.Errorf("mean latency %g by the seconds, %g by the histogram", mean, got.Latency.Mean)
				}
			}
		})
	}
}

func TestTrialHasTheOffsetOfItsWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k kept
		load := bench.Load{URLs: address(t), Duration: 2 * time.Second, Warmup: 500 * time.Millisecond}
		s := []strategies.Strategy{simulated{name: "a", latency: always(100 * time.Millisecond)}}
		if _, err := (bench.Comparison{Strategies: s, Limit: 2, Repeats: 2}).Run(t.Context(), load, k.observer()); err != nil {
			t.Fatal(err)
		}
		// After the first window the two requests in flight are waited for.
		if first, second := k.trials[0].Offset, k.trials[1].Offset; first != 0.5 || second < 3 || second > 3.1 {
			t.Errorf("got %g and %g, want 0.5, and 0.5 after the end of the first", first, second)
		}
	})
}
