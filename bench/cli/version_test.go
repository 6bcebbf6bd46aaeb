package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestVersionSaysFromWhatItWasBuilt(t *testing.T) {
	got := sweetspot(t.Context(), "version")
	if got.status != 0 || !strings.HasPrefix(got.stdout, "sweetspot ") || !strings.Contains(got.stdout, "\nbuilt with go1.") || got.stderr != "" {
		t.Errorf("exit status %d, stdout %q, stderr %q", got.status, got.stdout, got.stderr)
	}
	if got := sweetspot(t.Context(), "version", "x"); got.status != 2 {
		t.Errorf("with an argument: exit status %d", got.status)
	}
}

func TestManualHasAPageForEachCommand(t *testing.T) {
	dir := t.TempDir()
	if got := sweetspot(t.Context(), "manual", dir); got.status != 0 || got.stdout+got.stderr != "" {
		t.Fatalf("exit status %d, stdout %q, stderr %q", got.status, got.stdout, got.stderr)
	}
	for _, name := range []string{"sweetspot", "sweetspot-bench", "sweetspot-sweep", "sweetspot-fetch", "sweetspot-serve", "sweetspot-report", "sweetspot-compare", "sweetspot-version"} {
		page, err := os.ReadFile(filepath.Join(dir, "man", name+".1"))
		if err != nil || !strings.Contains(string(page), ".TH ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	bench, _ := os.ReadFile(filepath.Join(dir, "man", "sweetspot-bench.1"))
	if !strings.Contains(string(bench), "\n  p99(STRATEGY) ") && !strings.Contains(string(bench), "\np99(STRATEGY) ") {
		t.Error("the list of figures has lost its lines")
	}
	if _, err := os.Stat(filepath.Join(dir, "man", "sweetspot-manual.1")); err == nil {
		t.Error("the hidden command has a page")
	}
	for _, name := range []string{"sweetspot.bash", "_sweetspot", "sweetspot.fish"} {
		if info, err := os.Stat(filepath.Join(dir, "completions", name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if bash, err := exec.LookPath("bash"); err == nil {
		if out, err := exec.Command(bash, "-n", filepath.Join(dir, "completions", "sweetspot.bash")).CombinedOutput(); err != nil {
			t.Errorf("bash: %v: %s", err, out)
		}
	}
}
