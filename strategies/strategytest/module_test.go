package strategytest_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The module under testdata/channel is the example in strategies/README.md of a strategy outside this repository.
func TestModuleOutsideTheRepository(t *testing.T) {
	run := func(t *testing.T, args ...string) (stdout string) {
		t.Helper()
		var complaint bytes.Buffer
		command := exec.CommandContext(t.Context(), "go", args...)
		command.Dir = "testdata/channel"
		command.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
		command.Stderr = &complaint
		out, err := command.Output()
		if err != nil {
			t.Fatalf("go %s: %v\n%s%s", strings.Join(args, " "), err, out, complaint.String())
		}
		return string(out)
	}
	t.Run("keeps the contract", func(t *testing.T) { run(t, "test", "-vet=all", "-count=1", "./...") })
	t.Run("measures its strategy beside others", func(t *testing.T) {
		table := run(t, "run", "./compare")
		for _, want := range []string{"goodput/s", "channel+net/http", "pool", "semaphore", "verdict"} {
			if !strings.Contains(table, want) {
				t.Errorf("want %q in:\n%s", want, table)
			}
		}
	})
}
