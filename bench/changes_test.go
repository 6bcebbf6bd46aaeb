package bench_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// optimumOf sweeps a strategy and returns what is concluded about it.
func optimumOf(t *testing.T, s strategies.Strategy, budget time.Duration) results.Optimum {
	t.Helper()
	_, optima, err := sweep(t, t.Context(), bench.Sweep{Min: 1, Max: 256, Budget: budget}, s)
	if err != nil || len(optima) != 1 {
		t.Fatalf("%d optima, %v", len(optima), err)
	}
	return optima[0]
}

func namesCode(o results.Optimum, code results.Code) bool {
	return slices.ContainsFunc(o.Warnings, func(w results.Warning) bool { return w.Code == code })
}

func TestSweepSaysThatItHarmedTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			mu      sync.Mutex
			scarred bool
		)
		o := optimumOf(t, simulated{name: "scarred", curve: func(limit int) float64 {
			mu.Lock()
			defer mu.Unlock()
			scarred = scarred || limit >= 128
			if n := float64(limit); scarred {
				return 200 * n / (1 + n*(n-1)/400)
			}
			return knee(limit)
		}}, 2*time.Minute)
		if !namesCode(o, results.Harmed) || o.Verdict != results.Unstable {
			t.Errorf("%s, %v; want it unstable, because the server was harmed", o.Verdict, o.Warnings)
		}
		if enough := 47; o.Low >= enough || o.High < enough || o.Peak.Limit != 64 {
			t.Errorf("(%d, %d], peak at %d, want what the server could do before: an interval with %d, and 64", o.Low, o.High, o.Peak.Limit, enough)
		}
	})
}

func TestSweepSaysThatABurstIsBeingSpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// A token bucket of 1,000 that fills at 500 a second, 80 ms away: 40 is the most that lasts.
		var (
			mu     sync.Mutex
			tokens = 1000.0
			last   = time.Now()
		)
		take := func() strategies.Outcome {
			mu.Lock()
			defer mu.Unlock()
			now := time.Now()
			tokens = min(1000, tokens+500*now.Sub(last).Seconds())
			last = now
			if tokens < 1 {
				return strategies.Answered(429, 0, nil)
			}
			tokens--
			return strategies.Answered(200, 1, nil)
		}
		o := optimumOf(t, simulated{name: "burst", latency: always(80 * time.Millisecond), outcome: take}, 2*time.Minute)
		if !namesCode(o, results.Burst) {
			t.Errorf("%s, use %d, %v; want it to say that a burst is being spent", o.Verdict, o.Limit, o.Warnings)
		}
		if enough := 39; o.Low >= enough || o.High < enough {
			t.Errorf("(%d, %d], want an interval with %d", o.Low, o.High, enough)
		}
	})
}
