package bench_test

import (
	"context"
	"errors"
	"slices"
	"strings"
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

// measure makes one trial of s in virtual time.
func measure(t *testing.T, ctx context.Context, s strategies.Strategy, limit int, load bench.Load) results.Trial {
	t.Helper()
	load.URLs = address(t)
	var k kept
	_, err := bench.Comparison{Strategies: []strategies.Strategy{s}, Limit: limit, Repeats: 1}.Run(ctx, load, k.observer())
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, bench.ErrNothing) {
		t.Fatal(err)
	}
	if len(k.trials) != 1 {
		t.Fatalf("%d trials, want 1", len(k.trials))
	}
	return k.trials[0]
}

func TestTrialOfAWindowMeasuresTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulated{name: "a", latency: always(7 * time.Millisecond)}
		got := measure(t, t.Context(), s, 4, bench.Load{Duration: time.Second, Warmup: bench.Automatic})
		want := results.Trial{
			// Since the starts are spread over the 7 ms, one of four requests ends every 1.75 ms: 571.4 in a second.
			Strategy: "a", Limit: 4, Offset: 0.2, WarmupRequests: 111, Started: 575, Succeeded: 571, CutOff: 4,
			Status: map[int]int64{200: 571}, Bytes: 5710,
			Elapsed: 1, PerSecond: 571, InFlightMean: 4, Warnings: []results.Warning{},
		}
		ignored := cmpopts.IgnoreFields(results.Trial{}, "Failed", "Latency", "Histogram", "CPU", "Scheduling", "Waited")
		if diff := cmp.Diff(want, got, ignored); diff != "" {
			t.Errorf("trial (-want +got):\n%s", diff)
		}
		if got.Latency.P50 < 0.00699 || got.Latency.Max > 0.00701 {
			t.Errorf("latency %+v, want 7 ms throughout", got.Latency)
		}
	})
}

func TestWarmLastsThreeLatenciesIfAutomatic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulated{name: "a", latency: always(time.Second)}
		got := measure(t, t.Context(), s, 2, bench.Load{Duration: 4 * time.Second, Warmup: bench.Automatic})
		if got.WarmupRequests != 6 || got.Succeeded != 10 {
			t.Errorf("%d requests in the warm-up and %d after it, want 6, and 5 for each slot", got.WarmupRequests, got.Succeeded)
		}
	})
}

func TestTrialLastsUntilEnoughRequestsHaveEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulated{name: "a", latency: always(100 * time.Millisecond)}
		got := measure(t, t.Context(), s, 5, bench.Load{Duration: time.Millisecond, Completions: 100, Warmup: 0})
		if got.Succeeded < 100 || got.Succeeded > 110 {
			t.Errorf("%d succeeded, want 100 and at most two rounds more", got.Succeeded)
		}
	})
}

// Whatever the latencies and outcomes, every request that was made is in exactly one of the counts, and Little's law holds.
func TestTrialAccountsForEveryRequest(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			var made, outcomes atomic.Int64
			s := simulated{
				name: "a", made: &made, latency: scattered(seed, 7*time.Millisecond),
				outcome: func() strategies.Outcome {
					if outcomes.Add(1)%5 == 0 {
						return strategies.Failed(errors.New("no luck"))
					}
					return strategies.Answered(200, 1, nil)
				},
			}
			got := measure(t, t.Context(), s, 8, bench.Load{Duration: 2 * time.Second, Warmup: 50 * time.Millisecond})
			var failed int64
			for _, n := range got.Failed {
				failed += n
			}
			if got.Started != got.Succeeded+failed+got.CutOff {
				t.Errorf("seed %d: started %d, but %d succeeded, %d failed, %d were cut off",
					seed, got.Started, got.Succeeded, failed, got.CutOff)
			}
			if got.WarmupRequests+got.Started != made.Load() {
				t.Errorf("seed %d: %d in the warm-up and %d after it, want the %d made", seed, got.WarmupRequests, got.Started, made.Load())
			}
			if got.CutOff > 8 {
				t.Errorf("seed %d: %d cut off at limit 8", seed, got.CutOff)
			}
			if got.InFlightMean < 7.99 || got.InFlightMean > 8.01 {
				t.Errorf("seed %d: %g in flight, want 8 throughout", seed, got.InFlightMean)
			}
			if want := float64(got.Succeeded) / 2; got.PerSecond != want {
				t.Errorf("seed %d: %g a second, want %g: failures are no goodput", seed, got.PerSecond, want)
			}
		})
	}
}

func TestTrialOfABatchIsExact(t *testing.T) {
	for _, size := range []struct {
		n     int64
		limit int
	}{{1000, 7}, {3, 10}, {1, 1}} {
		synctest.Test(t, func(t *testing.T) {
			var made atomic.Int64
			s := simulated{name: "a", latency: always(10 * time.Millisecond), made: &made}
			got := measure(t, t.Context(), s, size.limit, bench.Load{Requests: size.n, Warmup: bench.Automatic})
			if got.Started != size.n || got.Succeeded != size.n || made.Load() != size.n || got.CutOff != 0 || got.WarmupRequests != 0 {
				t.Errorf("%d at limit %d: made %d, trial %+v", size.n, size.limit, made.Load(), got)
			}
			rounds := (size.n + int64(size.limit) - 1) / int64(size.limit)
			if want := float64(rounds) * 0.01; got.Elapsed != want {
				t.Errorf("%d at limit %d took %g s, want %g", size.n, size.limit, got.Elapsed, want)
			}
		})
	}
}

func TestTrialStartsNoMoreThanTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulated{name: "a", latency: always(time.Millisecond)}
		got := measure(t, t.Context(), s, 10, bench.Load{Duration: 10 * time.Second, Rate: 50})
		if got.Succeeded < 499 || got.Succeeded > 501 {
			t.Errorf("%d succeeded in 10 s, want 50 a second", got.Succeeded)
		}
		if len(got.Warnings) != 1 || !strings.HasPrefix(got.Warnings[0].Text, "the rate of 50 per second limits the goodput") {
			t.Errorf("warnings %q, want just that the rate is what limits: it is meant to leave slots empty", got.Warnings)
		}
	})
}

func TestTrialOfABatchKeepsToTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := simulated{name: "a", latency: always(time.Millisecond)}
		got := measure(t, t.Context(), s, 60, bench.Load{Requests: 10, Rate: 1})
		if took := time.Since(began); got.Succeeded != 10 || took < 9*time.Second || took > 10*time.Second {
			t.Errorf("%d requests took %v, want 10 in little over 9 s", got.Succeeded, took)
		}
	})
}

func TestTrialGivesUpAMuteTargetAfterTwoRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		mute := simulated{name: "mute", latency: always(10 * time.Second), outcome: func() strategies.Outcome {
			return strategies.Failed(context.DeadlineExceeded)
		}}
		_, err := bench.Comparison{
			Strategies: []strategies.Strategy{mute}, Limit: 4, Repeats: 10,
		}.Run(t.Context(), bench.Load{URLs: address(t), Duration: time.Second, Warmup: bench.Automatic}, (&kept{}).observer())
		if err == nil || err.Error() != "no request succeeded: mute: context deadline exceeded" {
			t.Errorf("got %v, want why nothing succeeded", err)
		}
		if took := time.Since(began); took > 41*time.Second {
			t.Errorf("took %v, want four timeouts at the most", took)
		}
	})
}

func TestTrialIsKeptWhenInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(705*time.Millisecond, cancel)
		s := simulated{name: "a", latency: always(10 * time.Millisecond)}
		got := measure(t, ctx, s, 4, bench.Load{Duration: time.Hour, Warmup: bench.Automatic})
		if got.Elapsed != 0.505 || got.Succeeded != 202 || got.CutOff > 4 { // 400 a second
			t.Errorf("%d succeeded and %d were cut off in %g s, want 202 and at most 4 in 0.505", got.Succeeded, got.CutOff, got.Elapsed)
		}
		if !slices.Contains(results.Words(got.Warnings), "interrupted after 0.51 s") {
			t.Errorf("warnings %q, want one that it was interrupted", got.Warnings)
		}
	})
}

func TestTrialIsNotKeptWhenInterruptedInItsWarmup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		var k kept
		s := simulated{name: "a", latency: always(10 * time.Millisecond)}
		_, err := bench.Comparison{
			Strategies: []strategies.Strategy{s}, Limit: 1, Repeats: 3,
		}.Run(ctx, bench.Load{URLs: address(t), Duration: time.Second, Warmup: bench.Automatic}, k.observer())
		if !errors.Is(err, context.Canceled) || len(k.trials) > 0 {
			t.Errorf("got %d trials and error %v, want none and that it was cancelled", len(k.trials), err)
		}
	})
}

// seeking is a strategy that looks for a limit of its own for a while.
type seeking struct {
	simulated
	until time.Time
}

func (s seeking) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	return s, nil
}
func (s seeking) Usage() strategies.Usage {
	return strategies.Usage{Settling: time.Now().Before(s.until)}
}

func TestWarmupLastsUntilAStrategyHasSettled(t *testing.T) {
	for name, c := range map[string]struct {
		warmup       time.Duration
		settles      time.Duration
		least, under time.Duration // of the warm-up
	}{
		"an automatic one":             {bench.Automatic, 3 * time.Second, 3 * time.Second, 3100 * time.Millisecond},
		"within reason":                {bench.Automatic, time.Hour, 15 * time.Second, 15100 * time.Millisecond},
		"one that is given is as long": {time.Second, 3 * time.Second, time.Second, 1100 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := seeking{simulated{name: "settling", latency: always(10 * time.Millisecond)}, time.Now().Add(c.settles)}
			trial := measure(t, t.Context(), s, 4, bench.Load{URLs: address(t), Duration: time.Second, Warmup: c.warmup})
			if took := time.Duration(trial.Offset * float64(time.Second)); took < c.least || took > c.under {
				t.Errorf("%s: it lasted %v, want %v", name, took, c.least)
			}
		})
	}
}
