package bench_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// warned returns the warning with the code, and the zero Warning if the trial has none.
func warned(t results.Trial, code results.Code) results.Warning {
	for _, w := range t.Warnings {
		if w.Code == code {
			return w
		}
	}
	return results.Warning{}
}

func TestAWindowTooShortForItsRateIsRefused(t *testing.T) {
	for _, test := range []struct {
		rate     float64
		duration time.Duration
		want     string
	}{
		{0.5, 500 * time.Millisecond, "load: a duration of 500ms at a rate of 0.5 per second: want at least 4s"},
		{0.5, 4 * time.Second, ""},
		{3, 500 * time.Millisecond, "load: a duration of 500ms at a rate of 3 per second: want at least 667ms"},
		{1e-300, time.Hour, "load: a duration of 1h0m0s at a rate of 1e-300 per second: want at least 1281023h53m38.427387904s"},
	} {
		synctest.Test(t, func(t *testing.T) {
			_, err := bench.Comparison{Strategies: three()[:1], Limit: 2, Repeats: 1}.Run(
				t.Context(), bench.Load{URLs: address(t), Duration: test.duration, Rate: test.rate}, bench.Observer{})
			if test.want == "" && err != nil || test.want != "" && (err == nil || err.Error() != test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestARateThatIsNotHeldIsSaidWithTheLimitThatWould(t *testing.T) {
	for name, test := range map[string]struct {
		load   bench.Load
		limit  int
		latest time.Duration // of every request
		want   string
		needed float64
	}{
		"one slot for five": {bench.Load{Duration: 10 * time.Second, Rate: 5}, 1, time.Second,
			"the rate of 5 per second was not held: 1 per second were made, since a latency of 1 s takes a limit of 5", 5},
		"a batch with one slot": {bench.Load{Requests: 20, Rate: 5}, 1, time.Second,
			"the rate of 5 per second was not held: 1.05 per second were made, since a latency of 1 s takes a limit of 5", 5},
		"enough slots":         {bench.Load{Duration: 10 * time.Second, Rate: 5}, 5, 900 * time.Millisecond, "", 0},
		"a batch with a tail":  {bench.Load{Requests: 20, Rate: 5}, 60, 10 * time.Second, "", 0},
		"a window of a second": {bench.Load{Duration: time.Second, Rate: 2}, 4, time.Millisecond, "", 0},
		"no rate":              {bench.Load{Duration: time.Second}, 1, time.Second, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := warned(measure(t, t.Context(), simulated{name: "a", latency: always(test.latest)}, test.limit, test.load), results.RateMissed)
				if got.Text != test.want || got.Numbers["limit_needed"] != test.needed {
					t.Errorf("got %q, %v, want %q", got.Text, got.Numbers, test.want)
				}
			})
		})
	}
}

// A target that stands still for two seconds of four has a p99 that does not show it.
func TestAStallIsAWarningWithItsLength(t *testing.T) {
	for name, test := range map[string]struct {
		stall time.Duration
		want  float64
	}{"stopped for two seconds": {2 * time.Second, 2}, "a short pause": {300 * time.Millisecond, 0}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := simulated{name: "a", latency: func() time.Duration {
					now := time.Since(began)
					if from := 1500 * time.Millisecond; now >= from && now < from+test.stall {
						return from + test.stall - now
					}
					return 2 * time.Millisecond
				}}
				got := measure(t, t.Context(), s, 4, bench.Load{Duration: 4 * time.Second})
				w := warned(got, results.Stalled)
				if got.Latency.P99 > 0.003 || math.Abs(w.Numbers["seconds"]-test.want) > 0.02 || (w.Text != "") != (test.want > 0) {
					t.Errorf("p99 %g s, warning %q with %v, want a stall of %g s", got.Latency.P99, w.Text, w.Numbers, test.want)
				}
			})
		})
	}
}

// Requests that are slow by themselves, or few, are no stall.
func TestSlowRequestsAreNoStall(t *testing.T) {
	for name, test := range map[string]struct {
		load bench.Load
		s    simulated
	}{
		"slow answers":       {bench.Load{Duration: 20 * time.Second}, simulated{name: "a", latency: always(2 * time.Second)}},
		"exponential ones":   {bench.Load{Duration: 60 * time.Second}, simulated{name: "a", latency: scattered(1, time.Second)}},
		"few in each minute": {bench.Load{Duration: time.Minute, Rate: 0.5}, simulated{name: "a", latency: always(time.Millisecond)}},
		"a slow batch":       {bench.Load{Requests: 8}, simulated{name: "a", latency: always(5 * time.Second)}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if w := warned(measure(t, t.Context(), test.s, 2, test.load), results.Stalled); w.Text != "" {
					t.Errorf("warned %q", w.Text)
				}
			})
		})
	}
}

// From the second block on, the time that is said to be left is right within a quarter, although the strategies differ.
func TestTheTimeLeftIsRightWithinAQuarter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := []strategies.Strategy{
			simulated{name: "fast", latency: always(time.Millisecond)}, simulated{name: "slow", latency: scattered(1, 10*time.Millisecond)},
			simulated{name: "slower", latency: always(80 * time.Millisecond)},
		}
		type said struct {
			at   time.Time
			left time.Duration
		}
		var estimates []said
		observer := bench.Observer{Progress: func(p bench.Progress) {
			if p.Trials >= len(all) && p.Share < 0.95 {
				estimates = append(estimates, said{time.Now(), p.Left})
			}
		}}
		if _, err := (bench.Comparison{Strategies: all, Limit: 2, Repeats: 9}).Run(t.Context(), bench.Load{URLs: address(t), Requests: 100}, observer); err != nil {
			t.Fatal(err)
		}
		over := time.Now()
		for _, e := range estimates {
			if left := over.Sub(e.at); math.Abs(float64(e.left-left)) > 0.25*float64(left) {
				t.Fatalf("%v left, said %v", left, e.left)
			}
		}
		if len(estimates) == 0 {
			t.Error("nothing was said")
		}
	})
}

func TestASweepSaysHowLongItLastsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, _, err := sweep(t, t.Context(), bench.Sweep{Budget: 2 * time.Minute}, simulated{name: "knee", curve: knee})
		if err != nil {
			t.Fatal(err)
		}
		first := k.progress[0]
		if !first.AtMost || first.Left > 2*time.Minute || !strings.HasSuffix(first.String(), "; at most 2m0s left") {
			t.Errorf("first %+v: %s", first, first)
		}
	})
}

// More repeats would not help where the budget or an interrupt ended the comparison.
func TestTooFewBlocksAreBlamedOnWhatCutThemShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		codes := func(found bench.Findings) string {
			var all []string
			for _, w := range found.Warnings {
				all = append(all, string(w.Code))
			}
			return strings.Join(all, " ")
		}
		slow := []strategies.Strategy{simulated{name: "a", latency: always(20 * time.Millisecond)}, simulated{name: "b", latency: always(20 * time.Millisecond)}}
		_, found, err := sweepAll(t, t.Context(), bench.Sweep{Budget: 40 * time.Second, Repeats: 100, Limits: []int{1, 2}}, slow...)
		if got := codes(found); err != nil || strings.Contains(got, string(results.TooFewBlocks)) {
			t.Errorf("a sweep: %q, %v", got, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		found, err = bench.Comparison{Strategies: slow, Limit: 2, Repeats: 10}.Run(ctx, bench.Load{URLs: address(t), Duration: time.Second}, bench.Observer{})
		if got := codes(found); !errors.Is(err, context.DeadlineExceeded) || got != string(results.CutShort) {
			t.Errorf("interrupted: %q, %v, want %s", got, err, results.CutShort)
		}
	})
}
