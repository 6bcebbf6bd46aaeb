package bench

import (
	"strings"
	"testing"

	"sweetspot/results"
)

func TestValidateAllowsForTheWindowsEdges(t *testing.T) {
	for _, test := range []struct {
		name      string
		completed int64
		off       float64 // of throughput x latency from what was in flight
		want      bool
	}{
		{"five rounds, off by a tenth", 300, 0.1, false},
		{"five rounds, off by a fifth", 300, 0.2, true},
		{"a thousand rounds, off by 1%", 60_000, 0.01, false},
		{"a thousand rounds, off by 3%", 60_000, 0.03, true},
		{"a thousand rounds, short of it by 3%", 60_000, -0.03, true},
	} {
		trial := results.Trial{
			Limit: 60, InFlightMean: 60, Started: test.completed, Succeeded: test.completed, Elapsed: 1,
			Latency: results.Latency{Mean: 60 * (1 + test.off) / float64(test.completed)},
		}
		validate(&trial, Load{})
		if got := strings.Contains(strings.Join(results.Words(trial.Warnings), " "), "not a steady state"); got != test.want {
			t.Errorf("%s: warned %v, want %v: %q", test.name, got, test.want, trial.Warnings)
		}
	}
}

// A batch ends with slots empty, but not for longer than the last requests take.
func TestValidateExplainsEmptySlotsOnlyAtTheEndOfABatch(t *testing.T) {
	for elapsed, want := range map[float64]results.Code{0.1: results.BatchTail, 10: results.SlowToFill} {
		trial := results.Trial{
			Limit: 60, InFlightMean: 54, Started: 6000, Succeeded: 6000, Elapsed: elapsed,
			Latency: results.Latency{Mean: 54 * elapsed / 6000, Max: 0.05},
		}
		validate(&trial, Load{Requests: 6000})
		if len(trial.Warnings) != 1 || trial.Warnings[0].Code != want {
			t.Errorf("%g s with the slowest request taking 0.05 s: warned %q, want %q", elapsed, trial.Warnings, want)
		}
	}
}

func TestValidateExpectsConnectionsToEachHost(t *testing.T) {
	list := List{"http://a/1", "http://a/2", "http://b/1", "https://b/1"}
	for _, test := range []struct {
		connections int
		failures    int64
		want        bool
	}{{4, 0, false}, {24, 0, false}, {25, 0, true}, {25, 1, false}, {500, 476, false}, {501, 476, true}} {
		trial := &results.Trial{Limit: 4, Connections: test.connections, Started: test.failures}
		if got := replaced(trial, Load{URLs: list, hosts: hostsOf(list)}); got != test.want {
			t.Errorf("%d connections, %d failures: %v, want %v", test.connections, test.failures, got, test.want)
		}
	}
}
