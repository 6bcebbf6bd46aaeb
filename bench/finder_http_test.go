package bench_test

import (
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/server/capacity"
	"sweetspot/strategies"
)

var (
	finderHTTP   = flag.Bool("finder-http", false, "sweep servers whose truth is known over real HTTP, and print how often the sweeps are right")
	finderSweeps = flag.Int("finder-sweeps", 10, "how many sweeps of each server, with -finder-http")
)

// TestFinderOverHTTP holds sweeps over real HTTP to the truth. Run it with
//
//	go test ./bench -run TestFinderOverHTTP -finder-http -timeout 3h
//
// Of ten sweeps of a server at least nine should have an interval that holds the true smallest limit, all should
// recommend a limit that gives at least the share less 1% of the peak, and none should take over two minutes. A busy
// machine can make them miss, so a miss is printed and does not fail.
func TestFinderOverHTTP(t *testing.T) {
	if !*finderHTTP {
		t.Skip("takes most of an hour: ask for it with -finder-http")
	}
	loopback := loopbackShare(t)
	fmt.Printf("the loopback's share of the delay is %v\n", loopback.Round(time.Microsecond))
	fmt.Printf("%-40s %6s %-12s %5s %-11s %6s %6s %5s\n", "server", "truth", "verdict", "use", "interval", "holds", "gives", "took")
	var printing sync.Mutex
	for _, known := range []struct {
		spec  string
		delay time.Duration
	}{
		{"usl:rate=20,sigma=0,kappa=0.000277778", 0},
		{"usl:rate=100,sigma=0.33,kappa=0.000186111", 0},
		{"cliff:n=32,service=10ms,at=80,factor=0.4", 0},
		{"workers:n=32,service=10ms", 20 * time.Millisecond},
	} {
		t.Run(known.spec, func(t *testing.T) {
			t.Parallel() // these servers leave the machine idle most of the time
			model, err := capacity.Parse(known.spec)
			if err != nil {
				t.Fatal(err)
			}
			truth := capacity.Closed(model, 512, known.delay+loopback)
			const share = 0.97
			for seed := range *finderSweeps {
				o := sweepOnce(t, serverProcess(t, known.spec, known.delay), uint64(seed+1), share)
				smallest := truth.Smallest(share)
				printing.Lock()
				fmt.Printf("%-40s %6d %-12s %5d (%3d, %3d]  %6v %5.1f%% %4.0fs\n", known.spec, smallest, o.Verdict, o.Limit, o.Low, o.High,
					o.Low < smallest && smallest <= o.High, 100*truth[o.Limit-1]/truth.Peak().PerSecond, o.Elapsed)
				printing.Unlock()
			}
		})
	}
}

func sweepOnce(t *testing.T, url string, seed uint64, share float64) results.Optimum {
	t.Helper()
	swept, err := bench.Sweep{
		Load:       bench.Load{URLs: parsed(t, url), Duration: 500 * time.Millisecond, Warmup: bench.Automatic},
		Strategies: []strategies.Strategy{named(t, "pool")},
		Min:        1, Max: 512, Share: share, Budget: 2 * time.Minute, Seed: seed,
	}.Run(t.Context(), bench.Observer{Keep: func(results.Trial) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return swept.Optima[0]
}

// loopbackShare returns how long a request takes when the server answers at once: what this machine adds to every delay.
func loopbackShare(t *testing.T) time.Duration {
	t.Helper()
	var latency float64
	err := bench.Comparison{
		Load:       bench.Load{URLs: parsed(t, serverProcess(t, "none", 0)), Duration: time.Second, Warmup: bench.Automatic},
		Strategies: []strategies.Strategy{named(t, "sequential")}, Limit: 1, Repeats: 1,
	}.Run(t.Context(), bench.Observer{Keep: func(t results.Trial) error { latency = t.Latency.Mean; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(latency * float64(time.Second))
}

func named(t testing.TB, name string) strategies.Strategy {
	t.Helper()
	s, err := strategies.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parsed(t testing.TB, url string) bench.URLs {
	t.Helper()
	urls, err := bench.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	return urls
}
