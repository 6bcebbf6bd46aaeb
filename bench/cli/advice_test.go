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

// The live page may be reading a trial's warnings, so that concluding a run must not write them.
func TestAdviseConclusionsLeavesTheTrialsAlone(t *testing.T) {
	warning := results.Warningf(results.EmptySlots, "slots were full 91%% of the time")
	run := &results.Run{
		Warnings:   []results.Warning{warning},
		Trials:     []results.Trial{{Warnings: []results.Warning{warning}}},
		Strategies: []results.Summary{{Warnings: []results.Warning{warning}}},
		AtCommon:   []results.Summary{{Warnings: []results.Warning{warning}}},
		Optima:     []results.Optimum{{Warnings: []results.Warning{warning}}},
	}
	adviseConclusions(run)
	if got := run.Trials[0].Warnings[0].Advice; got != "" {
		t.Errorf("the trial's warning has the advice %q, want none", got)
	}
	for where, got := range map[string]results.Warning{
		"the run": run.Warnings[0], "a strategy": run.Strategies[0].Warnings[0],
		"a strategy at the common limit": run.AtCommon[0].Warnings[0], "an optimum": run.Optima[0].Warnings[0],
	} {
		if got.Advice == "" {
			t.Errorf("the warning of %s has no advice", where)
		}
	}
}
