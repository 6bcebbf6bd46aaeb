package bench_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/arrivals"
	"sweetspot/results"
	"sweetspot/strategies"
)

// station is a strategy whose simulated server has that many workers, each of which takes that long for a request.
type station struct {
	simulated
	workers int
	service time.Duration
}

func (s station) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	return s, nil
}

func (s station) Run(ctx context.Context, limit int, work strategies.Work) error {
	workers := make(chan struct{}, s.workers)
	var slots sync.WaitGroup
	defer slots.Wait()
	for range limit {
		slots.Go(func() {
			worker, request := work.Worker(), strategies.Request{}
			for worker.Next(ctx, &request) {
				workers <- struct{}{}
				time.Sleep(s.service)
				<-workers
				worker.Done(&request, strategies.Outcome{Status: 200})
			}
		})
	}
	return nil
}

// rates sweeps over rates in virtual time.
func rates(t *testing.T, s strategies.Strategy, objective bench.Objective, kind arrivals.Kind) results.Optimum {
	t.Helper()
	load := bench.Load{URLs: address(t), Duration: 500 * time.Millisecond, Warmup: bench.Automatic, Arrivals: kind, Seed: 1, Most: 300}
	plan := bench.Sweep{
		Strategies: []strategies.Strategy{s}, OverRate: true, Min: 10, Max: 100_000, Objective: &objective, Budget: 2 * time.Minute, Share: 0.97, Repeats: 1,
	}
	found, err := plan.Run(t.Context(), load, bench.Observer{})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Optima) != 1 {
		t.Fatalf("%d optima, want 1", len(found.Optima))
	}
	return found.Optima[0]
}

func TestSweepOverRatesFindsTheKnee(t *testing.T) {
	for name, test := range map[string]struct {
		objective bench.Objective
		kind      arrivals.Kind
		low, high int // of what may be found
	}{
		"evenly spaced":                  {bench.Objective{Quantile: "p99", Seconds: 0.05}, arrivals.Constant, 388, 404},
		"as from many users":             {bench.Objective{Quantile: "p99", Seconds: 0.2}, arrivals.Poisson, 370, 404},
		"a bound that no backlog breaks": {bench.Objective{Quantile: "p50", Seconds: 5}, arrivals.Constant, 388, 408},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := rates(t, station{simulated{name: "a"}, 4, 10 * time.Millisecond}, test.objective, test.kind)
				if o.Over != results.OverRate || o.Verdict != results.Objective || !o.Certain || o.Limit < test.low || o.Limit > test.high || o.High <= o.Limit {
					t.Errorf("%+v, want a rate from %d to %d", o, test.low, test.high)
				}
			})
		})
	}
}

func TestSweepOverRatesSaysWhatEndedIt(t *testing.T) {
	t.Run("nothing holds", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			o := rates(t, station{simulated{name: "a"}, 4, 100 * time.Millisecond}, bench.Objective{Quantile: "p99", Seconds: 0.05}, arrivals.Constant)
			if o.Verdict != results.Unstable || o.Limit != 0 || o.Warnings[0].Code != results.NothingHolds {
				t.Errorf("%+v", o)
			}
		})
	})
	t.Run("the client is late", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			late := tardy{simulated{name: "a", latency: always(time.Millisecond)}, 500 * time.Millisecond}
			o := rates(t, late, bench.Objective{Quantile: "p99", Seconds: 0.05}, arrivals.Constant)
			if o.Verdict != results.ClientBound {
				t.Errorf("%+v, want a client that is the bottleneck", o)
			}
		})
	})
	t.Run("all hold", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			load := bench.Load{URLs: address(t), Duration: 500 * time.Millisecond, Arrivals: arrivals.Constant, Most: 50}
			plan := bench.Sweep{
				Strategies: []strategies.Strategy{simulated{name: "a", latency: always(time.Millisecond)}}, OverRate: true, Min: 10, Max: 80,
				Objective: &bench.Objective{Quantile: "p99", Seconds: 0.05}, Budget: time.Minute, Repeats: 1,
			}
			found, err := plan.Run(t.Context(), load, bench.Observer{})
			if err != nil {
				t.Fatal(err)
			}
			if o := found.Optima[0]; o.Limit != 80 || o.High != 0 || !o.Certain {
				t.Errorf("%+v, want the largest rate", o)
			}
		})
	})
}
