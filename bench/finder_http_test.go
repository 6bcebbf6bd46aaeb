package bench_test

import (
	"flag"
	"fmt"
	"strings"
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
	fmt.Printf("the loopback's and the client's share of the delay is %v\n", loopback.Round(time.Microsecond))
	fmt.Printf("%-40s %5s %6s %-12s %5s %-11s %6s %6s %6s %5s\n",
		"server", "sweep", "truth", "verdict", "use", "interval", "holds", "gives", "trials", "took")
	var (
		printing sync.Mutex
		sums     []string
	)
	t.Run("servers", func(t *testing.T) {
		for _, known := range overHTTPServers {
			name := strings.TrimSpace(known.spec + " " + known.warming + known.scar)
			t.Run(name, func(t *testing.T) {
				t.Parallel() // these servers leave the machine idle most of the time
				model, err := capacity.Parse(known.spec)
				if err != nil {
					t.Fatal(err)
				}
				scar, err := capacity.ParseScar(known.scar)
				if err != nil {
					t.Fatal(err)
				}
				reached := against{spec: name, truth: capacity.ClosedScarred(model, scar, 512, known.delay+loopback)}
				for seed := range *finderSweeps {
					url, _ := startServer(t, known.spec, known.delay, known.warming, known.scar)
					o, took := sweepOnce(t, url, uint64(seed+1))
					printing.Lock()
					fmt.Print(reached.row(o, took))
					printing.Unlock()
				}
				printing.Lock()
				defer printing.Unlock()
				sums = append(sums, reached.sum())
			})
		}
	})
	fmt.Print(strings.Join(sums, ""))
}

// overHTTPServers are the servers that are swept over real HTTP.
var overHTTPServers = []struct {
	spec          string
	delay         time.Duration
	warming, scar string
}{
	{spec: "usl:rate=20,sigma=0,kappa=0.000277778"},
	{spec: "usl:rate=100,sigma=0.33,kappa=0.000186111"},
	{spec: "cliff:n=32,service=10ms,at=80,factor=0.4"},
	{spec: "workers:n=32,service=10ms", delay: 20 * time.Millisecond},
	{spec: "hump:rate=3000,n=50,s=1,p=0.4"},
	{spec: "hump:rate=3000,n=50,s=0.2,p=0.3"},
	{spec: "workers:n=32,service=10ms", warming: "f=0.3,tau=8s"},
	{spec: "usl:rate=20,sigma=0,kappa=0.000277778", scar: "at=256,to=usl:rate=20,sigma=0,kappa=0.0025"},
}

// overHTTP is the share of the peak that the sweeps look for.
const overHTTP = 0.97

// against is what the sweeps of a server come to beside its truth.
type against struct {
	spec                string
	truth               capacity.Truth
	sweeps, holds, good int
	longest             time.Duration
}

// row counts a sweep and returns its row of the table.
func (a *against) row(o results.Optimum, took time.Duration) string {
	smallest := a.truth.Smallest(overHTTP)
	holds := o.Low < smallest && smallest <= o.High
	gives := a.truth[o.Limit-1] / a.truth.Peak().PerSecond
	a.sweeps++
	if holds {
		a.holds++
	}
	if gives >= overHTTP-0.01 {
		a.good++
	}
	a.longest = max(a.longest, took)
	return fmt.Sprintf("%-40s %5d %6d %-12s %5d (%3d, %3d]  %6v %5.1f%% %6d %4.0fs\n", a.spec, a.sweeps, smallest,
		o.Verdict, o.Limit, o.Low, o.High, holds, 100*gives, o.Trials, took.Seconds())
}

// sum returns how often the sweeps were right.
func (a *against) sum() string {
	return fmt.Sprintf("%s: the interval holds the truth in %d of %d sweeps, the limit gives at least %.0f%% of the peak in %d, the longest took %.0fs\n",
		a.spec, a.holds, a.sweeps, 100*(overHTTP-0.01), a.good, a.longest.Seconds())
}

// sweepOnce makes a sweep as the program does, and returns how long it took altogether.
func sweepOnce(t *testing.T, url string, seed uint64) (results.Optimum, time.Duration) {
	t.Helper()
	instant := parsed(t, serverProcess(t, "none", 0))
	began := time.Now()
	swept, err := bench.Sweep{
		Strategies: []strategies.Strategy{named(t, "pool")},
		Min:        1, Max: 512, Share: overHTTP, Budget: 2 * time.Minute, Seed: seed, Instant: at(instant),
	}.Run(t.Context(), bench.Load{URLs: parsed(t, url), Duration: 500 * time.Millisecond, Warmup: bench.Automatic}, bench.Observer{})
	if err != nil {
		t.Fatal(err)
	}
	return swept.Optima[0], time.Since(began)
}

// loopbackShare returns how long a request takes when the server answers at once: what this machine adds to every delay.
func loopbackShare(t *testing.T) time.Duration {
	t.Helper()
	var latency float64
	_, err := bench.Comparison{
		Strategies: []strategies.Strategy{named(t, "sequential")}, Limit: 1, Repeats: 1,
	}.Run(t.Context(), bench.Load{URLs: parsed(t, serverProcess(t, "none", 0)), Duration: time.Second, Warmup: bench.Automatic}, bench.Observer{Keep: func(t results.Trial) error { latency = t.Latency.Mean; return nil }})
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
