package cli

import (
	"slices"
	"testing"

	"sweetspot/results"
)

func TestAdviceCoversEveryCode(t *testing.T) {
	for _, code := range results.Codes() {
		_, advised := advice[code]
		if advised == slices.Contains(noAdvice, code) {
			t.Errorf("%s: want it either in advice or in noAdvice", code)
		}
	}
}

func TestAdviceIsAddedOnce(t *testing.T) {
	warnings := []results.Warning{
		results.Warningf(results.EmptySlots, "slots were full 91%% of the time"),
		results.Warningf(results.Failures, "2%% of the requests failed"),
		{Text: "from an older file: raise --duration"},
	}
	advise(warnings)
	advise(warnings)
	want := []string{
		"slots were full 91% of the time: raise --duration, or the client is the bottleneck",
		"2% of the requests failed",
		"from an older file: raise --duration",
	}
	for i, w := range warnings {
		if w.String() != want[i] {
			t.Errorf("got %q, want %q", w, want[i])
		}
	}
}
