package results_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

// small returns a short run with warnings, failures and histograms.
func small(t testing.TB) *results.Run {
	run := fixture.Warned(t)
	run.Trials = run.Trials[:3]
	fixture.Conclude(run)
	return run
}

func TestLoadReturnsTheRunThatWasSaved(t *testing.T) {
	for name, run := range map[string]*results.Run{"bench": small(t), "sweep": fixture.Swept(t), "sweeps": fixture.SweptTwice(t), "failed": fixture.Failed(t)} {
		loaded, err := results.Load(fixture.Saved(t, t.TempDir(), run))
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range []string{render.JSON, render.CSV, render.Table} {
			if diff := cmp.Diff(fixture.Written(t, render.Run(run), format, 0), fixture.Written(t, render.Run(loaded), format, 0)); diff != "" {
				t.Errorf("%s as %s: %s", name, format, diff)
			}
		}
		for i := range run.Trials {
			if loaded.Trials[i].Histogram != run.Trials[i].Histogram {
				t.Errorf("%s: the histogram of trial %d has changed", name, i)
			}
		}
	}
}

func TestCreateReplacesNoFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	run := small(t)
	for _, want := range []string{
		"2026-11-22T074452-bench.jsonl", "2026-11-22T074452-bench-2.jsonl", "2026-11-22T074452-bench-3.jsonl",
	} {
		if got := filepath.Base(fixture.Saved(t, dir, run)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestCreateNamesAFolderThatCannotBeWritten(t *testing.T) {
	occupied := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(occupied, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := results.Create(filepath.Join(occupied, "runs"), fixture.Empty("bench"))
	if err == nil || !strings.HasPrefix(err.Error(), occupied) || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("got %v, want the place and the cause", err)
	}
	run := fixture.Empty("bench")
	run.Started = "yesterday"
	if _, err := results.Create(t.TempDir(), run); err == nil {
		t.Error("a start that is no time was taken")
	}
}

func TestFileWritesNothingAfterAWriteThatFailed(t *testing.T) {
	file, err := results.Create(t.TempDir(), fixture.Empty("bench"))
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	first := file.Append(results.Trial{})
	if first == nil || !strings.Contains(first.Error(), file.Path()) {
		t.Errorf("got %v, want an error that names %s", first, file.Path())
	}
	if second := file.Finish(fixture.Empty("bench")); second != first {
		t.Errorf("got %v, want the first error, %v", second, first)
	}
}

// A process may be killed, and a machine may stop, between any two bytes.
func TestLoadOpensAFileThatIsCutAnywhere(t *testing.T) {
	run := small(t)
	run.Trials = run.Trials[:2]
	for i := range run.Trials { // histograms make the file long and the test slow, and are text like any other
		run.Trials[i].Histogram = run.Trials[i].Histogram[:20]
	}
	dir := t.TempDir()
	text, err := os.ReadFile(fixture.Saved(t, dir, run))
	if err != nil {
		t.Fatal(err)
	}
	head := bytes.IndexByte(text, '\n')
	path := filepath.Join(dir, "cut.jsonl")
	for cut := range len(text) + 1 {
		if err := os.WriteFile(path, text[:cut], 0o666); err != nil {
			t.Fatal(err)
		}
		loaded, err := results.Load(path)
		if cut < head {
			if err == nil {
				t.Fatalf("cut at %d, within the first line: no error", cut)
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		// A line is whole with its last brace, even if what ends the line is lost.
		whole := bytes.Count(text[:min(cut+1, len(text))], []byte("\n")) - 1
		if got, want := len(loaded.Trials), min(whole, len(run.Trials)); got != want {
			t.Fatalf("cut at %d: %d trials, want %d", cut, got, want)
		}
		if diff := cmp.Diff(run.Trials[:len(loaded.Trials)], loaded.Trials); cut%97 == 0 && diff != "" {
			t.Fatalf("cut at %d: %s", cut, diff)
		}
		if concluded := whole > len(run.Trials); concluded != slices.Equal(results.Words(loaded.Warnings), results.Words(run.Warnings)) {
			t.Fatalf("cut at %d: warnings %q", cut, loaded.Warnings)
		}
	}
}
