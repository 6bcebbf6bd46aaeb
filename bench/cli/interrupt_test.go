package cli_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sweetspot/results"
	"sweetspot/server"
)

func saved(t *testing.T, dir string) *results.Run {
	t.Helper()
	files, err := filepath.Glob(dir + "/*.jsonl")
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, want one (%v)", files, err)
	}
	run, err := results.Load(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestAnInterruptedRunReportsAndSavesWhatItMeasured(t *testing.T) {
	for _, command := range []string{"bench", "sweep"} {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(1500*time.Millisecond, cancel)
		got := sweetspot(ctx, command, "-s", "pool", "-d", "100ms", "--out", dir, witness(t, server.Config{Delay: time.Millisecond}).URL())
		if got.status != 130 || !strings.Contains(got.stdout, "pool") || !strings.Contains(got.stderr, "interrupted") {
			t.Errorf("%s: exit status %d, want 130 and what was measured\n%s\n%s", command, got.status, got.stdout, got.stderr)
		}
		if run := saved(t, dir); len(run.Trials) == 0 {
			t.Errorf("%s: no trial was saved", command)
		}
	}
}

// A run that is killed keeps all its trials but the one under way, and takes its server with it.
func TestAKilledRunKeepsItsTrials(t *testing.T) {
	dir := t.TempDir()
	command := exec.Command(os.Args[0], "bench", "-s", "pool", "-d", "50ms", "--repeats", "1000", "--out", dir)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Second)
	_ = command.Process.Kill()
	_ = command.Wait()
	run := saved(t, dir)
	if len(run.Trials) < 2 {
		t.Errorf("%d trials were saved in two seconds", len(run.Trials))
	}
	deadline := time.Now().Add(5 * time.Second)
	for listening(run.Target) {
		if time.Now().After(deadline) {
			t.Fatal("the bundled server outlived the program")
		}
		time.Sleep(20 * time.Millisecond)
	}
}
