package results_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

// The files are what people have on their disks, so they are never written again. When run files gain a field, a file with
// the field is added.
func TestLoadOpensFilesOfEveryVersion(t *testing.T) {
	paths, err := filepath.Glob("testdata/runs/*.jsonl")
	if err != nil || len(paths) < 4 {
		t.Fatalf("%d files (%v), want one for each version and command", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			run, err := results.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if want := bytes.Count(text, []byte("\n")) - 2; len(run.Trials) != want || len(run.Strategies)+len(run.Optima) == 0 {
				t.Errorf("%d trials, want %d; %d strategies and %d optima, want some", len(run.Trials), want, len(run.Strategies), len(run.Optima))
			}
			for _, w := range run.Warnings {
				if strings.Contains(w.Text, path) {
					t.Errorf("a whole file opens with the warning %q", w)
				}
			}
			for _, s := range results.Summarise(run.Trials) {
				if s.Latency.P50 <= 0 {
					t.Errorf("%s at limit %d has no latency: %q", s.Strategy, s.Limit, s.Warnings)
				}
			}
			for _, name := range render.Names(render.Formats()) {
				if text := fixture.Written(t, render.Run(run), name, 100); text == "" {
					t.Errorf("nothing is written as %s", name)
				}
			}
			if newer := strings.Contains(path, "series"); newer != (run.Arguments != nil && run.Machine.Kernel != "" && run.Trials[1].Offset > 0) {
				t.Errorf("arguments %q, machine %+v, offset %g", run.Arguments, run.Machine, run.Trials[1].Offset)
			}
			if with := strings.Contains(path, "percentiles"); with != (run.Trials[0].Latency.P95 > 0 && run.Trials[0].Latency.P999 > 0) {
				t.Errorf("latency %+v of the first trial", run.Trials[0].Latency)
			}
			if with := strings.Contains(path, "series-bench"); with != (len(run.Trials[0].Series) > 0) {
				t.Errorf("%d seconds of the first trial", len(run.Trials[0].Series))
			}
		})
	}
}
