package cli_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"sweetspot/server"
)

// serverStarts returns how many server processes a call of the program starts.
func serverStarts(t *testing.T, args ...string) int {
	t.Helper()
	path := t.TempDir() + "/starts"
	t.Setenv(startsFile, path)
	if got := sweetspot(t.Context(), args...); got.stdout == "" {
		t.Errorf("%v: exit status %d and nothing measured: %s", args, got.status, got.stderr)
	}
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "serve ") {
			t.Errorf("%v started %q, want servers only", args, line)
		}
	}
	return strings.Count(string(text), "\n")
}

func TestInstantServerIsStartedOnlyToExamineTheClient(t *testing.T) {
	url := startServer(t, server.Config{Delay: time.Millisecond}).URL()
	for _, test := range []struct {
		name string
		args []string
		want int
	}{
		{"batches against a URL need none", []string{"bench", "-s", "pool", "-n", "40", "-c", "4", "--repeats", "2", url}, 0},
		{"a rate against a URL needs none", []string{"bench", "-s", "pool", "-d", "50ms", "-c", "4", "--repeats", "1", "--rate", "200", url}, 0},
		{"an objective needs none", []string{"sweep", "-s", "pool", "-d", "20ms", "--max", "2", "--budget", "2s", "--slo", "p99=1s", url}, 0},
		{"batches on the bundled server need that server alone", []string{"bench", "-s", "pool", "-n", "40", "-c", "4", "--repeats", "2"}, 1},
		{"a sweep against a URL needs one", []string{"sweep", "-s", "pool", "-d", "20ms", "--limits", "1,2", "--budget", "6s", url}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := serverStarts(t, test.args...); got != test.want {
				t.Errorf("%d servers were started, want %d", got, test.want)
			}
		})
	}
}
