package cli_test

import (
	"strings"
	"testing"
	"time"

	"sweetspot/results"
	"sweetspot/server"
)

func TestBenchOfAnOpenLoopAccountsForWhatIsDue(t *testing.T) {
	srv := startServer(t, server.Config{Delay: 20 * time.Millisecond})
	for limit, missed := range map[string]bool{"": false, "1": true} {
		args := []string{"bench", "-s", "pool,eventloop,python-aiohttp", "--arrivals", "constant", "--rate", "200", "-d", "400ms", "--repeats", "1", "--seed", "3", "--format", "json", srv.URL()}
		if limit != "" {
			args = append(args, "-c", limit)
		}
		run := sweetspot(t.Context(), args...).run(t)
		if run.Settings.Arrivals != "constant" || run.Settings.Rate != 200 || len(run.Trials) < 2 {
			t.Errorf("settings %+v, %d trials", run.Settings, len(run.Trials))
		}
		for _, trial := range run.Trials {
			if !trial.Open() || trial.Started != trial.Succeeded+trial.Failures()+trial.CutOff || trial.Offered < 150 || trial.Offered > 250 {
				t.Errorf("%s at limit %q: %d started, %d succeeded, offered %g", trial.Strategy, limit, trial.Started, trial.Succeeded, trial.Offered)
				continue
			}
			// One slot answers 50 of the 200 that are due per second. Without a limit a busy machine may still miss some.
			if missed && (*trial.Missed < 20 || trial.Response.P99 < trial.Latency.P99) {
				t.Errorf("%s at limit 1: missed %d, response %+v", trial.Strategy, *trial.Missed, *trial.Response)
			}
		}
	}
}

// All requests of a batch are at the server at once, however small the limit is that the other strategies have.
func TestUnboundedHasAWholeBatchInFlight(t *testing.T) {
	const n = 150
	srv := startServer(t, server.Config{Delay: time.Second})
	run := sweetspot(t.Context(), "bench", "-s", "unbounded", "-n", "150", "-c", "10", "--repeats", "1", "--format", "json", srv.URL()).run(t)
	if len(run.Trials) != 1 || run.Trials[0].Succeeded != n || run.Trials[0].Limit != n {
		t.Fatalf("trials %+v", run.Trials)
	}
	if saw := srv.Stats().PeakInFlight; saw != n {
		t.Errorf("the server saw %d at once, want %d", saw, n)
	}
}

// As many as are due are in flight, and a closed loop of callers says that it shows nothing of that.
func TestUnboundedInAWindow(t *testing.T) {
	srv := startServer(t, server.Config{Delay: 200 * time.Millisecond})
	run := sweetspot(t.Context(), "bench", "-s", "unbounded", "--rate", "200", "-d", "500ms", "-c", "2", "--repeats", "1", "--format", "json", srv.URL()).run(t)
	if saw := srv.Stats().PeakInFlight; saw < 20 || len(run.Trials) != 1 {
		t.Errorf("the server saw %d at once of 200 per second that take 0.2 s each, want about 40", saw)
	}
	srv.Reset()
	run = sweetspot(t.Context(), "bench", "-s", "unbounded", "-d", "500ms", "-c", "2", "--repeats", "1", "--format", "json", srv.URL()).run(t)
	if len(run.Trials) != 1 || srv.Stats().PeakInFlight != 2 || !strings.Contains(strings.Join(results.Words(run.Trials[0].Warnings), " "), "it sets no limit, but this loop has 2 callers") {
		t.Errorf("trials %+v, at most %d at once", run.Trials, srv.Stats().PeakInFlight)
	}
}
