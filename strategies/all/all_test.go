package all_test

import (
	"slices"
	"strings"
	"testing"

	"sweetspot/strategies"
	_ "sweetspot/strategies/all"
	"sweetspot/strategies/external"
	"sweetspot/strategies/strategytest"
)

// every returns every registered strategy and every pair.
func every() []strategies.Strategy { return slices.Concat(strategies.Named(), strategies.Pairs()) }

func TestConformance(t *testing.T) {
	for _, s := range every() {
		t.Run(s.Name(), func(t *testing.T) {
			if _, program := s.(external.Strategy); program {
				if strategytest.RaceDetector {
					t.Skip("tested without the race detector")
				}
				strategytest.RequireInstalled(t, s)
			}
			strategytest.Test(t, s)
		})
	}
}

func TestGetFindsEveryStrategyByItsName(t *testing.T) {
	for _, s := range every() {
		got, err := strategies.Get(s.Name())
		if err != nil || got.Name() != s.Name() {
			t.Errorf("Get(%q) gave %v, %v", s.Name(), got, err)
		}
		if s.Doc() == "" || strings.Contains(s.Doc(), "\n") {
			t.Errorf("%s: doc %q, want one line", s.Name(), s.Doc())
		}
	}
}
