package strategytest_test

import (
	"testing"

	"sweetspot/strategies"
	_ "sweetspot/strategies/all"
	"sweetspot/strategies/strategytest"
)

func TestAnswersThatStrategiesDeclareAreInTheTable(t *testing.T) {
	known := map[string]bool{}
	for _, a := range strategytest.Answers() {
		if known[a.String()] {
			t.Errorf("%q is there twice", a)
		}
		known[a.String()] = true
	}
	for _, s := range append(strategies.Named(), strategies.Pairs()...) {
		for name := range strategies.TraitsOf(s).Answers {
			if !known[name] {
				t.Errorf("%s declares %q, which is no answer of the table", s.Name(), name)
			}
		}
	}
}
