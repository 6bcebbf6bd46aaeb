package bench_test

import (
	"fmt"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/server"
	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

// A request with its redirects is one request: in the counts, and for Little's law. The server's count is that of both.
func TestRedirectsAreCountedApart(t *testing.T) {
	const each = 2
	srv := strategytest.Server(t, server.Config{Delay: 2 * time.Millisecond})
	witness := func() (bench.ServerCounts, error) {
		saw := srv.Stats()
		srv.Reset()
		return bench.ServerCounts{Requests: saw.Requests, PeakInFlight: int(saw.PeakInFlight), InFlight: time.Duration(saw.InFlightSeconds * float64(time.Second))}, nil
	}
	pool, err := strategies.Get("pool")
	if err != nil {
		t.Fatal(err)
	}
	for name, load := range map[string]bench.Load{
		"a batch":                {Requests: 40},
		"a batch with a warm-up": {Requests: 40, Warmup: 20 * time.Millisecond},
		"a window":               {Duration: 50 * time.Millisecond, Warmup: 20 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			load.URLs, load.Follow = bench.List{fmt.Sprintf("%sredirect/%d", srv.URL(), each)}, each
			var trial results.Trial
			keep := func(made results.Trial) error { trial = made; return nil }
			_, err := bench.Comparison{Strategies: []strategies.Strategy{pool}, Limit: 4, Repeats: 1}.
				Run(t.Context(), load, bench.Observer{Witness: witness, Keep: keep})
			if err != nil {
				t.Fatal(err)
			}
			if made := trial.WarmupRequests + trial.Started; trial.Redirects != each*made || !trial.Witnessed || trial.Failures() > 0 {
				t.Errorf("%d requests and %d redirects, witnessed %v: want %d redirects; %q, %s",
					made, trial.Redirects, trial.Witnessed, each*made, trial.Warnings, trial.FirstError)
			}
			if least := 0.002 * (1 + each); trial.Server < least { // the server's delay
				t.Errorf("a request with its redirects is %g s in the server, want at least %g", trial.Server, least)
			}
			for _, w := range trial.Warnings {
				if w.Code == results.Redirects || w.Code == results.Contradicted {
					t.Errorf("warning %q", w)
				}
			}
		})
	}
}

func TestRedirectsAreASetting(t *testing.T) {
	load := bench.Load{URLs: bench.List{"http://127.0.0.1/"}, Requests: 1, Follow: 5}
	if s := load.Settings(); !s.Redirects || s.Follow != 5 {
		t.Errorf("settings %+v, want at most 5 redirects", s)
	}
	if load.Target().Follow != 5 {
		t.Error("the target does not follow them")
	}
	load.Follow = -1
	if _, err := (bench.Comparison{Limit: 1, Repeats: 1}).Run(t.Context(), load, bench.Observer{}); err == nil {
		t.Error("fewer than none: want an error")
	}
}
