package render_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/perf/benchfmt"

	"sweetspot/results"
	"sweetspot/results/compare"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

// read returns the results that a reader of Go benchmarks finds in the text, all of which it must understand.
func read(t *testing.T, text string) []*benchfmt.Result {
	t.Helper()
	var all []*benchfmt.Result
	reader := benchfmt.NewReader(strings.NewReader(text), "text")
	for reader.Scan() {
		switch record := reader.Result().(type) {
		case *benchfmt.Result:
			all = append(all, record.Clone())
		case *benchfmt.SyntaxError:
			t.Error(record)
		}
	}
	if err := reader.Err(); err != nil {
		t.Error(err)
	}
	return all
}

func TestBenchfmtIsReadAsItWasMeasured(t *testing.T) {
	run := fixture.Compared(t, 3)
	control := run.Trials[0]
	control.Purpose = results.Control
	run.Trials = append(run.Trials, control)
	got := read(t, fixture.Written(t, render.Run(run), render.Benchfmt, 0))
	if len(got) != len(run.Trials)-1 {
		t.Fatalf("%d results of %d trials, of which one is a control", len(got), len(run.Trials))
	}
	trial := run.Trials[0]
	want := map[string]float64{
		"sec/op": 1 / trial.PerSecond, "req/s": trial.PerSecond, "p50-sec": trial.Latency.P50, "p99-sec": trial.Latency.P99,
		"cpu-sec/op": trial.CPU / float64(trial.Completed()),
	}
	found := map[string]float64{}
	for _, value := range got[0].Values {
		found[value.Unit] = value.Value
	}
	if diff := cmp.Diff(want, found, cmpopts.EquateApprox(1e-5, 0)); diff != "" {
		t.Error(diff)
	}
	if name := string(got[0].Name); name != "Strategy/strategy=sequential/limit=1-2" || got[0].Iters != int(trial.Succeeded) {
		t.Errorf("%s with %d iterations, want %d", name, got[0].Iters, trial.Succeeded)
	}
	if target := got[0].GetConfig("target"); target != run.Target {
		t.Errorf("target %q, want %q", target, run.Target)
	}
}

// Whatever strategies are called, each has a name of its own that benchstat takes apart as it was put together.
func TestBenchfmtHasABenchmarkPerStrategy(t *testing.T) {
	names := []string{"pool+net/http", "pool+net_http", "two\nlines", "a b", "a  b", "dash-2", "ü\xff\x1b", "x=y/limit=3", "%41", "A", "Unit"}
	run := fixture.Empty("bench")
	for _, name := range names {
		trial := results.Trial{Strategy: name, Limit: 7, Started: 10, Succeeded: 10, Elapsed: 1, PerSecond: 10}
		run.Trials = append(run.Trials, trial)
	}
	seen := map[string]bool{}
	got := read(t, fixture.Written(t, render.Run(run), render.Benchfmt, 0))
	for _, result := range got {
		base, parts := result.Name.Parts()
		if string(base) != "Strategy" || len(parts) != 3 || string(parts[1]) != "/limit=7" || string(parts[2]) != "-2" || seen[string(parts[0])] {
			t.Errorf("%q is taken apart as %q and %q", result.Name, base, parts)
		}
		seen[string(parts[0])] = true
	}
	if len(got) != len(names) {
		t.Errorf("%d results of %d trials", len(got), len(names))
	}
}

func TestBenchfmtOfAHostileRunIsReadable(t *testing.T) {
	run := fixture.Hostile(t)
	for name, run := range map[string]*results.Run{"hostile": run, "failed": fixture.Failed(t)} {
		for _, result := range read(t, fixture.Written(t, render.Run(run), render.Benchfmt, 0)) {
			if result.GetConfig("goos") != "linux" || strings.ContainsRune(result.GetConfig("target"), '\x1b') {
				t.Errorf("%s: %+v", name, result.Config)
			}
		}
	}
}

// benchstat runs the program of that name, of the version in go.mod.
func benchstat(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.Command("go", append([]string{"tool", "benchstat"}, args...)...)
	var complaint strings.Builder
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil || complaint.Len() > 0 {
		t.Fatalf("benchstat: %v\n%s", err, complaint.String())
	}
	return string(out)
}

// file writes text into a file and returns its path.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBenchfmtIsComparedByBenchstat(t *testing.T) {
	old, new := fixture.Session(t, 8, 10, "", 1), fixture.Session(t, 9, 10, "fasthttp", 0.8)
	new.Target = "http://127.0.0.1:50000/"
	for _, run := range []*results.Run{old, new} {
		run.Bundled = &results.Bundled{Profile: "article"} // the port is no matter then
	}
	oldFile, newFile := file(t, "old", fixture.Written(t, render.Run(old), render.Benchfmt, 0)), file(t, "new", fixture.Written(t, render.Run(new), render.Benchfmt, 0))
	comparison, err := compare.Runs(old, new)
	if err != nil {
		t.Fatal(err)
	}
	both := file(t, "both", fixture.Written(t, comparison, render.Benchfmt, 0))
	slower := regexp.MustCompile(`Strategy/strategy=fasthttp/limit=60-2 .* -(19|20|21)\.\d+% \(p=0\.000 n=10\)`)
	same := regexp.MustCompile(`Strategy/strategy=pool/limit=60-2 .* ~ \(p=`)
	for _, args := range [][]string{{oldFile, newFile}, {"-col", "run", both}} {
		got := benchstat(t, append([]string{"-filter", ".unit:req/s"}, args...)...)
		if !slower.MatchString(got) || !same.MatchString(got) {
			t.Errorf("%q: want fasthttp 20%% slower and pool the same in\n%s", args, got)
		}
	}
	for _, unit := range []string{"sec/op", "req/s", "p50-sec", "p99-sec", "cpu-sec/op"} {
		if got := benchstat(t, oldFile, newFile); !strings.Contains(got, unit) {
			t.Errorf("no %s in\n%s", unit, got)
		}
	}
}
