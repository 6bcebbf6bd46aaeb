package bench_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/server"
	"sweetspot/server/capacity"
	"sweetspot/strategies"
)

// locked is a client that does a millisecond of work on each response under one lock. By goodput alone
// it looks like a server that completes a thousand requests a second.
type locked struct{ strategies.Strategy }

func (l locked) Open(ctx context.Context, target strategies.Target, limit int) (strategies.Session, error) {
	var lock sync.Mutex
	handle := target.Handle
	target.Handle = func(r *strategies.Request, a strategies.Answer) error {
		lock.Lock()
		time.Sleep(time.Millisecond)
		lock.Unlock()
		if handle == nil {
			return nil
		}
		return handle(r, a)
	}
	return l.Strategy.Open(ctx, target, limit)
}

func urlsOf(t *testing.T, config server.Config) bench.URLs {
	t.Helper()
	s, err := server.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return parsed(t, s.URL())
}

func TestSweepNamesAClientThatIsTheBottleneck(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute of real time")
	}
	pool := named(t, "fasthttp")
	for _, test := range []struct {
		name   string
		client strategies.Strategy
		server server.Config
		bound  bool
	}{
		{"a lock in the client", locked{pool}, server.Config{Delay: 49 * time.Millisecond}, true},
		{"a server of a thousand a second", pool, server.Config{
			Capacity: capacity.Workers{N: 10, Service: 10 * time.Millisecond}, Delay: 39 * time.Millisecond,
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel() // both wait most of the time
			swept, err := bench.Sweep{
				Strategies: []strategies.Strategy{test.client},
				Min:        1, Max: 128, Limits: []int{1, 16, 64, 128}, Share: 0.9, Budget: 20 * time.Second,
				Instant: at(urlsOf(t, server.Config{})),
			}.Run(t.Context(), bench.Load{URLs: urlsOf(t, test.server), Duration: 300 * time.Millisecond, Warmup: bench.Automatic}, bench.Observer{})
			if err != nil {
				t.Fatal(err)
			}
			o := swept.Optima[0]
			if got := o.Verdict == results.ClientBound; got != test.bound {
				t.Errorf("verdict %s, want client-bound %v: %+v", o.Verdict, test.bound, o)
			}
		})
	}
}
