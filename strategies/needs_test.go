package strategies_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"sweetspot/strategies"
)

// missing skips a test because of what is not installed here; where everything is required it fails.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("SWEETSPOT_REQUIRE") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// greeted remembers why programs cannot run here, or nil: tests come one at a time.
var greeted = map[string]error{}

// needs skips the test if the strategy is a program whose interpreter or library is not installed.
func needs(t *testing.T, s strategies.Strategy) {
	t.Helper()
	program, ok := s.(strategies.External)
	if !ok {
		return
	}
	if raced {
		t.Skip("tested without the race detector")
	}
	err, known := greeted[s.Name()]
	if !known {
		_, err = program.Program.Greet(t.Context())
		greeted[s.Name()] = err
	}
	switch {
	case err == nil:
	case errors.Is(err, exec.ErrNotFound), strings.Contains(err.Error(), "apt install"):
		missing(t, err.Error())
	default:
		t.Fatal(err)
	}
}
