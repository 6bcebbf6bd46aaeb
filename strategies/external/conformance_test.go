package external_test

import (
	"os"
	"testing"

	"sweetspot/strategies"
	"sweetspot/strategies/external"
	"sweetspot/strategies/strategytest"
)

// A program whose requests are made by a strategy of this repository keeps the contract. The strategies in Python are held to
// it by package all.
func TestConformance(t *testing.T) {
	s := program("external", "fasthttp")
	require(t, s)
	strategytest.Test(t, s)
}

// program returns a strategy whose requests the named strategy makes in another process: this test binary, started again.
func program(name, strategy string) external.Strategy {
	made, err := strategies.Get(strategy)
	if err != nil {
		panic(err)
	}
	return external.Program{
		Name: name, Doc: "a program", Traits: strategies.TraitsOf(made), Command: []string{os.Args[0], "as-program", strategy},
	}.Strategy()
}

// require skips the test if the program cannot run here, and with the race detector: it sees nothing of another process, and
// these tests are slow.
func require(t *testing.T, s strategies.Strategy) {
	t.Helper()
	if strategytest.RaceDetector {
		t.Skip("tested without the race detector")
	}
	strategytest.RequireInstalled(t, s)
}
