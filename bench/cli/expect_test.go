package cli_test

import (
	"strings"
	"testing"

	"sweetspot/results"
	"sweetspot/server"
)

func TestExpectDecidesWhatIsGoodput(t *testing.T) {
	srv := startServer(t, server.Config{})
	for _, test := range []struct {
		expect                []string
		succeeded, unexpected int64
	}{
		{[]string{`status == 200 and json.ok != false`}, 20, 0},
		{[]string{`status == 200`, `header("Content-Type") startsWith "text/"`}, 0, 20},
		{[]string{`body contains "nothing of the kind"`}, 0, 20},
	} {
		args := []string{"bench", "-s", "pool,eventloop", "-n", "20", "--repeats", "1", "--warmup", "0s", "--format", "json", srv.URL()}
		for _, e := range test.expect {
			args = append(args, "--expect", e)
		}
		got := sweetspot(t.Context(), args...)
		if test.succeeded == 0 {
			if got.status != 1 || !strings.Contains(got.stderr, "not as expected: "+test.expect[len(test.expect)-1]) {
				t.Errorf("%q: exit status %d, stderr %q: want what was not met", test.expect, got.status, got.stderr)
			}
			continue
		}
		run := got.run(t)
		if want := strings.Join(test.expect, "; "); run.Settings.Expect != want {
			t.Errorf("settings have %q, want %q", run.Settings.Expect, want)
		}
		for _, trial := range run.Trials {
			if trial.Succeeded != test.succeeded || trial.Failed["unexpected"] != test.unexpected {
				t.Errorf("%q: %s: %d succeeded, %v failed", test.expect, trial.Strategy, trial.Succeeded, trial.Failed)
			}
		}
	}
}

// A program cannot look at bodies, but what it reports is enough for the status.
func TestExpectLeavesOutWhatCannotBeAsked(t *testing.T) {
	srv := startServer(t, server.Config{})
	got := sweetspot(t.Context(), "bench", "-s", "pool,mine", external("mine", "honest"), "-n", "5", "--repeats", "1", "--format", "json",
		"--expect", "len(body) > 0", srv.URL())
	run := got.run(t)
	if got.status != 0 || len(run.Trials) != 1 || len(run.Warnings) != 1 {
		t.Fatalf("exit status %d, %d trials, %q: want the pool's trial and a warning\n%s", got.status, len(run.Trials), results.Words(run.Warnings), got.stderr)
	}
	if w := run.Warnings[0].Text; !strings.HasPrefix(w, "left out: mine: ") || !strings.Contains(w, "status and bytes") {
		t.Errorf("warned %q, want that mine is left out, and why", w)
	}
}
