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

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// knee is a server that is best at a limit of 60: the universal scalability law with kappa = 1/3600.
func knee(limit int) float64 {
	n := float64(limit)
	return 200 * n / (1 + n*(n-1)/3600)
}

func sweep(t *testing.T, ctx context.Context, s bench.Sweep, all ...strategies.Strategy) (*kept, []results.Optimum, error) {
	k, swept, err := sweepAll(t, ctx, s, all...)
	return k, swept.Optima, err
}

func sweepAll(t *testing.T, ctx context.Context, s bench.Sweep, all ...strategies.Strategy) (*kept, bench.Findings, error) {
	s.Strategies, s.Share = all, 0.97
	if s.Min == 0 {
		s.Min, s.Max = 1, 256
	}
	if s.Budget == 0 {
		s.Budget = time.Hour
	}
	var k kept
	swept, err := s.Run(ctx, bench.Load{URLs: address(t), Duration: 100 * time.Millisecond, Warmup: bench.Automatic}, k.observer())
	return &k, swept, err
}

func TestSweepFindsTheLimitOfEachStrategy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, optima, err := sweep(t, t.Context(), bench.Sweep{Seed: 1},
			simulated{name: "knee", curve: knee}, simulated{name: "flat", curve: flat})
		if err != nil || len(optima) != 2 {
			t.Fatalf("%d optima, %v", len(optima), err)
		}
		for _, o := range optima {
			truth := map[string]int{"knee": 47, "flat": 8}[o.Strategy] // the smallest limits that give 97% of the peak
			if !(o.Low < truth && truth <= o.High) || o.Limit != o.High {
				t.Errorf("%s: use %d, in (%d, %d]: the truth is %d", o.Strategy, o.Limit, o.Low, o.High, truth)
			}
			trials := 0
			for _, trial := range k.trials {
				if trial.Strategy == o.Strategy {
					trials++
				}
			}
			if o.Trials > trials || o.Requests == 0 || o.Elapsed == 0 {
				t.Errorf("%s: cost of %d trials, %d requests, %g s; %d trials were made", o.Strategy, o.Trials, o.Requests, o.Elapsed, trials)
			}
		}
	})
}

func TestSweepKeepsToItsBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// A trial at the largest limit takes 40 s.
		slow := simulated{name: "slow", curve: func(int) float64 { return 50 }}
		for _, budget := range []time.Duration{5 * time.Second, 30 * time.Second, 3 * time.Minute} {
			began := time.Now()
			_, optima, err := sweep(t, t.Context(), bench.Sweep{Budget: budget}, slow)
			if took := time.Since(began); err != nil || len(optima) != 1 || took > budget+time.Second {
				t.Errorf("budget %v: took %v, %d optima, %v", budget, took, len(optima), err)
			}
		}
	})
}

func TestSweepMeasuresOnlyAFixedGrid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		grid := []int{1, 10, 60}
		k, _, err := sweep(t, t.Context(), bench.Sweep{Limits: grid, Min: 1, Max: 60}, simulated{name: "knee", curve: knee})
		if err != nil {
			t.Fatal(err)
		}
		for _, trial := range k.trials {
			if !slices.Contains(grid, trial.Limit) {
				t.Errorf("limit %d was tried, want only %v", trial.Limit, grid)
			}
		}
	})
}

func TestSweepConcludesWhenInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		k, optima, err := sweep(t, ctx, bench.Sweep{}, simulated{name: "knee", curve: knee})
		if !errors.Is(err, context.Canceled) || len(optima) != 1 || len(k.trials) == 0 {
			t.Errorf("%d optima from %d trials, %v", len(optima), len(k.trials), err)
		}
	})
}

func TestSweepEndsWhenItsTargetDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var made atomic.Int64
		dying := simulated{name: "dying", curve: knee, made: &made, fate: func() strategies.Outcome {
			if made.Load() > 500 {
				return strategies.Failed(errors.New("connection refused"))
			}
			return strategies.Answered(200, 1, nil)
		}}
		k, optima, err := sweep(t, t.Context(), bench.Sweep{}, dying)
		if !errors.Is(err, bench.ErrDied) || err.Error() != "the target has stopped answering: connection refused" {
			t.Errorf("got %v, want that the target died, and how", err)
		}
		if len(optima) != 1 || len(k.trials) < 3 || optima[0].Trials >= len(k.trials) {
			t.Fatalf("%d optima from %d trials, want one from what was measured before", len(optima), len(k.trials))
		}
		if warnings := strings.Join(results.Words(optima[0].Warnings), "\n"); strings.Contains(warnings, "begin to fail") {
			t.Errorf("warnings %q: that the target died says nothing about limits", warnings)
		}
	})
}

func TestSweepFindsTheLargestLimitThatHoldsAnObjective(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Latency is the limit over the goodput: 10 ms at 55, 11 ms at 59.
		objective := bench.Objective{Quantile: "p99", Seconds: 0.010}
		_, optima, err := sweep(t, t.Context(), bench.Sweep{Objective: &objective}, simulated{name: "knee", curve: knee})
		if err != nil || len(optima) != 1 {
			t.Fatalf("%d optima, %v", len(optima), err)
		}
		o := optima[0]
		for limit, want := range map[int]bool{o.Limit: true, o.High: false} {
			if holds := float64(limit)/knee(limit) <= 0.0101; holds != want {
				t.Errorf("limit %d holds: %v, want %v; %+v", limit, holds, want, o)
			}
		}
		if o.Verdict != results.Objective || o.Objective != "p99 <= 10ms" {
			t.Errorf("verdict %s, objective %s", o.Verdict, o.Objective)
		}
	})
}

func TestSweepStopsWhenItHarmsItsTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Above 20 in flight the target turns requests away.
		s := simulated{name: "guarded", curve: knee}
		guarded := overloaded{s, 20}
		k, optima, err := sweep(t, t.Context(), bench.Sweep{Brakes: true}, guarded)
		if err != nil || len(optima) != 1 {
			t.Fatalf("%d optima, %v", len(optima), err)
		}
		for i, trial := range k.trials {
			if trial.Limit > 32 || i > 0 && trial.Limit > 2*k.trials[i-1].Limit {
				t.Errorf("limit %d was tried after %v", trial.Limit, k.trials[max(0, i-1)].Limit)
			}
		}
		if warnings := strings.Join(results.Words(optima[0].Warnings), "\n"); !strings.Contains(warnings, "at limit 32 the target turned") {
			t.Errorf("warnings %q, want that the sweep stopped at 32", warnings)
		}
	})
}

// overloaded answers 429 to everything when the limit is over most.
type overloaded struct {
	simulated
	most int
}

func (o overloaded) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	return o, nil
}

func (o overloaded) Run(ctx context.Context, limit int, work strategies.Work) error {
	if limit > o.most {
		o.fate = func() strategies.Outcome { return strategies.Answered(429, 0, nil) }
	}
	return o.simulated.Run(ctx, limit, work)
}
