package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sweetspot/results"
	"sweetspot/server"
)

func TestBenchComparesTwoTargets(t *testing.T) {
	first, second := startServer(t, server.Config{}), startServer(t, server.Config{})
	dir := t.TempDir()
	got := sweetspot(t.Context(), "bench", "-q", "-s", "pool,fasthttp", "-c", "2", "-n", "40", "--repeats", "3", "--out", dir, "--format", "json",
		"--against", second.URL()+"{a-c}", first.URL())
	if got.status != 0 {
		t.Fatalf("exit status %d: %s", got.status, got.stderr)
	}
	run := got.run(t)
	if run.Target != first.URL() || len(run.Targets) != 2 || run.Targets[0].URL != first.URL() || run.Targets[1].URL != second.URL()+"{a-c}" {
		t.Errorf("target %s, targets %v", run.Target, run.Targets)
	}
	blocks := map[int]map[results.At]int{}
	for _, trial := range run.Trials {
		if trial.Target == nil || trial.Succeeded != 40 {
			t.Fatalf("%v on target %v: %d succeeded", trial.At(), trial.Target, trial.Succeeded)
		}
		if blocks[trial.Block] == nil {
			blocks[trial.Block] = map[results.At]int{}
		}
		blocks[trial.Block][trial.At()]++
	}
	for block, seen := range blocks {
		if len(seen) != 4 {
			t.Errorf("block %d has %v, want both strategies on both targets", block, seen)
		}
	}
	if len(blocks) != 3 || len(run.Versus) != 2 || run.Versus[0].Ratio == nil || run.Versus[0].Verdict != results.VersusSame {
		t.Errorf("%d blocks, versus %+v", len(blocks), run.Versus)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	for command, want := range map[string]string{
		"show": "Target 0 beside target 1", "show --format markdown": "Target 1: " + second.URL(), "report -o -": "fasthttp on target 1",
		"compare " + files[0]: "pool on target 1", "show --format benchfmt": "/limit=2/target=1-", "show --format csv": ",warnings,target,",
	} {
		shown := sweetspot(t.Context(), append(strings.Fields(command), files[0])...)
		if shown.status != 0 || !strings.Contains(shown.stdout, want) {
			t.Errorf("%s: exit status %d, %s: want %q in\n%.2000s", command, shown.status, shown.stderr, want, shown.stdout)
		}
	}
}

// The witness is the bundled server, which sees the requests of its own target only.
func TestBenchComparesTheBundledServerWithAnother(t *testing.T) {
	other := startServer(t, server.Config{})
	for _, c := range []struct {
		args      []string
		witnessed [2]bool
	}{
		{[]string{"--against", other.URL()}, [2]bool{true, false}},
		{[]string{"--against", "/b", other.URL()}, [2]bool{false, true}},
		{[]string{"--against", "/b", "/a"}, [2]bool{true, true}},
	} {
		got := sweetspot(t.Context(), append([]string{"bench", "-q", "-s", "pool", "--profile", "instant", "-c", "2", "-n", "40", "--repeats", "2", "--format", "json"}, c.args...)...)
		if got.status != 0 {
			t.Fatalf("%q: exit status %d: %s", c.args, got.status, got.stderr)
		}
		run := got.run(t)
		for _, trial := range run.Trials {
			if on := *trial.Target; trial.Witnessed != c.witnessed[on] {
				t.Errorf("%q: witnessed %v on target %d, %v", c.args, trial.Witnessed, on, trial.Warnings)
			}
		}
		for i, target := range run.Targets {
			if (target.Profile == "instant") != c.witnessed[i] || !strings.HasPrefix(target.URL, "http://127.0.0.1:") {
				t.Errorf("%q: target %d is %+v", c.args, i, target)
			}
		}
	}
}

func TestBenchTakesASecondTargetAsItTakesTheFirst(t *testing.T) {
	good := startServer(t, server.Config{}).URL()
	for _, c := range []struct {
		args   []string
		status int
		stderr string
	}{
		{[]string{"--against", "", good}, 2, "sweetspot: --against: an empty URL: want one such as http://127.0.0.1:8080/, or a path on the bundled server"},
		{[]string{"--against", "ftp://host/", good}, 2, `sweetspot: --against ftp://host/: "ftp://host/" is not an http URL`},
		{[]string{"--against", good + "{x}", good}, 2, "sweetspot: --against " + good + "{x}: template"},
		{[]string{"--against", "http://127.0.0.1:1/", good}, 1, "sweetspot: URL http://127.0.0.1:1/: dial tcp"},
		{[]string{"--against", good, "--profile", "instant", good}, 2, "sweetspot: --profile instant beside a URL"},
	} {
		got := sweetspot(t.Context(), append([]string{"bench", "-q", "-s", "pool", "-n", "10", "--repeats", "1"}, c.args...)...)
		if got.status != c.status || !strings.HasPrefix(got.stderr, c.stderr) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%q: exit status %d, want %d, stderr %q", c.args, got.status, c.status, got.stderr)
		}
	}
	list := filepath.Join(t.TempDir(), "urls")
	if err := os.WriteFile(list, []byte(good+"1\n"+good+"2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := sweetspot(t.Context(), "bench", "-q", "-s", "pool", "-n", "10", "-c", "2", "--repeats", "1", "--urls", list, "--against", good); got.status != 0 {
		t.Errorf("a file of URLs against a URL: exit status %d: %s", got.status, got.stderr)
	}
}

func TestNoOutputHasASecretOfTheSecondTarget(t *testing.T) {
	good := startServer(t, server.Config{Fail: server.Failures{Status500: 0.2}}).URL()
	url := strings.Replace(good, "http://", "http://"+aUser+":"+aPassword+"@", 1)
	everywhere(t, append([]string{"bench", "-s", "pool", "-n", "20", "-c", "2", "--repeats", "1", "--against", url, good}, secretFlags()...)...)
	everywhere(t, append([]string{"bench", "-s", "pool", "-n", "20", "-c", "2", "--repeats", "1", "--against", "http://" + aToken + "@127.0.0.1:1/", good}, secretFlags()...)...)
}
