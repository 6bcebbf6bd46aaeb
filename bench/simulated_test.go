package bench_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// simulated is a strategy over a server of its own that takes as long as it is told, in virtual time.
type simulated struct {
	name    string
	latency func() time.Duration
	curve   func(limit int) float64   // goodput at a limit that is kept full; nil leaves it to latency
	fate    func() strategies.Outcome // OK if nil
	made    *atomic.Int64             // requests, if anyone wants to know
}

func (s simulated) Name() string        { return s.name }
func (s simulated) Doc() string         { return "simulated" }
func (s simulated) Limit(limit int) int { return limit }
func (s simulated) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	return s, nil
}
func (s simulated) Usage() strategies.Usage { return strategies.Usage{} }
func (s simulated) Close() error            { return nil }

func (s simulated) Run(ctx context.Context, limit int, work strategies.Work) error {
	latency := s.latency
	if s.curve != nil {
		latency = always(time.Duration(float64(limit) / s.curve(limit) * float64(time.Second)))
	}
	var workers sync.WaitGroup
	defer workers.Wait()
	for range limit {
		workers.Go(func() {
			var (
				worker  = work.Worker()
				request strategies.Request
			)
			for worker.Next(ctx, &request) {
				time.Sleep(latency())
				outcome := strategies.Outcome{Status: 200, Bytes: 10}
				if s.fate != nil {
					outcome = s.fate()
				}
				if s.made != nil {
					s.made.Add(1)
				}
				worker.Done(&request, outcome)
			}
		})
	}
	return nil
}

func always(d time.Duration) func() time.Duration { return func() time.Duration { return d } }

// scattered returns exponential latencies of that mean; safe for concurrent use.
func scattered(seed uint64, mean time.Duration) func() time.Duration {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 1))
	return func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return time.Duration(random.ExpFloat64() * float64(mean))
	}
}

func address(t *testing.T) bench.URLs { return parsed(t, "http://127.0.0.1/") }

// at returns an instant server that is there already.
func at(urls bench.URLs) bench.InstantServer {
	return func(context.Context) (bench.URLs, error) { return urls, nil }
}

// kept collects what an observer is told.
type kept struct {
	trials   []results.Trial
	progress []bench.Progress
}

func (k *kept) observer() bench.Observer {
	return bench.Observer{
		Keep:     func(t results.Trial) error { k.trials = append(k.trials, t); return nil },
		Progress: func(p bench.Progress) { k.progress = append(k.progress, p) },
	}
}
