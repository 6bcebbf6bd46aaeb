package fleet_test

import (
	"sync"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// A comparison neither knows nor cares who makes the requests.
func TestAComparisonRunsOnAgents(t *testing.T) {
	t.Parallel()
	srv := newCounting(t, after(2*time.Millisecond))
	f := listen(t, fleetOf(3))
	for _, name := range []string{"a", "b", "c"} {
		serve(t, f, name)
	}
	if err := f.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all []strategies.Strategy
	for _, name := range []string{"pool", "semaphore"} {
		s, err := strategies.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f.Strategy(s))
	}
	var (
		mu     sync.Mutex
		trials []results.Trial
		seen   int64
	)
	load := bench.Load{URLs: bench.List{srv.URL}, Duration: 100 * time.Millisecond, Warmup: bench.Automatic}
	found, err := bench.Comparison{Strategies: all, Limit: 6, Repeats: 2, Seed: 1}.Run(t.Context(), load, bench.Observer{
		Keep: func(t results.Trial) error {
			mu.Lock()
			defer mu.Unlock()
			trials = append(trials, t)
			return nil
		},
		Witness: func() (bench.ServerCounts, error) {
			before := seen
			seen = srv.requests.Load()
			return bench.ServerCounts{Requests: seen - before, PeakInFlight: 1}, nil
		},
	})
	if busy(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range trials {
		if one.Purpose != results.Void && (len(one.Agents) != 3 || !one.Witnessed || one.Error != "") {
			t.Errorf("%s: %d started by %d agents, witnessed %v: %s%v", one.Strategy, one.Started, len(one.Agents), one.Witnessed, one.Error, one.Warnings)
		}
	}
	if len(found.Strategies) != 2 || len(trials) < 4 {
		t.Errorf("%d trials, findings %+v", len(trials), found)
	}
}
