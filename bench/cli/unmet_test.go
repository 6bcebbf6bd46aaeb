package cli

import (
	"errors"
	"testing"

	"sweetspot/results"
)

// Nothing is known about the errors of a strategy that was left out or broke down.
func TestMaxErrorRateIsNotMetWithoutFigures(t *testing.T) {
	whole := results.Trial{Strategy: "pool", Limit: 2, Started: 10, Succeeded: 10}
	for name, test := range map[string]struct {
		trials []results.Trial
		want   string
	}{
		"all succeeded":   {[]results.Trial{whole, {Strategy: "mine", Limit: 2, Started: 10, Succeeded: 10}}, ""},
		"one left out":    {[]results.Trial{whole}, "not met: --max-error-rate 1%: mine: it was not measured"},
		"one broke down":  {[]results.Trial{whole, {Strategy: "mine", Limit: 2, Started: 10, Succeeded: 10}, {Strategy: "mine", Limit: 2, Error: "exit 4"}}, "not met: --max-error-rate 1%: mine: it broke down: exit 4"},
		"one has errors":  {[]results.Trial{whole, {Strategy: "mine", Limit: 2, Started: 10, Succeeded: 5}}, "not met: --max-error-rate 1%: mine had 50%, 5 of 10 requests"},
		"one ended early": {[]results.Trial{whole, {Strategy: "mine", Limit: 2, Started: 2, CutOff: 2}}, "not met: --max-error-rate 1%: mine: it was not measured"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := thresholds{errorRate: "1%", mostErrors: 0.01, errorsMatter: true, names: []string{"pool", "mine"}}
			err := asked.unmet(&results.Run{Trials: test.trials})
			if test.want == "" {
				if err != nil {
					t.Errorf("got %v, want that it is met", err)
				}
				return
			}
			var unmet unmetError
			if !errors.As(err, &unmet) || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
