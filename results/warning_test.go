package results_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

func TestWarning(t *testing.T) {
	warning := results.Warningf(results.EmptySlots, "slots were full 91%% of the time").With("full_share", 0.91)
	warning.Advice = "measure for longer"
	const words = "slots were full 91% of the time: measure for longer"

	t.Run("is one string in JSON", func(t *testing.T) {
		text, err := json.Marshal(warning)
		if err != nil || string(text) != `"`+words+`"` {
			t.Errorf("got %s, %v", text, err)
		}
	})
	t.Run("keeps code and numbers in a run file", func(t *testing.T) {
		run := &results.Run{
			Version: results.Version, Command: "bench", Started: "2026-11-22T07:44:52Z", Warnings: []results.Warning{warning},
			Trials:     []results.Trial{{Strategy: "pool", Limit: 8, Warnings: []results.Warning{{Text: "an older one"}, warning}}},
			Strategies: []results.Summary{{Strategy: "pool", Warnings: []results.Warning{warning}}},
			Optima:     []results.Optimum{{Strategy: "pool", Warnings: []results.Warning{warning}}},
		}
		loaded, err := results.Load(fixture.Saved(t, t.TempDir(), run))
		if err != nil {
			t.Fatal(err)
		}
		want := results.Warning{Code: warning.Code, Numbers: warning.Numbers, Text: words}
		for where, got := range map[string][]results.Warning{
			"the run":        loaded.Warnings,
			"an optimum":     loaded.Optima[0].Warnings,
			"a summary":      loaded.Strategies[0].Warnings,
			"a trial's last": loaded.Trials[0].Warnings[1:],
		} {
			if diff := cmp.Diff([]results.Warning{want}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", where, diff)
			}
		}
		if older := loaded.Trials[0].Warnings[0]; older.Code != "" || older.Text != "an older one" {
			t.Errorf("the warning without a code became %+v", older)
		}
	})
	t.Run("stands in --format json with its code", func(t *testing.T) {
		var text bytes.Buffer
		run := &results.Run{Warnings: []results.Warning{warning}}
		if err := render.Write(&text, render.Run(run), render.JSON, render.Screen{}); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Warnings []string              `json:"warnings"`
			Codes    []results.WarningCode `json:"warning_codes"`
		}
		if err := json.Unmarshal(text.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if len(got.Warnings) != 1 || got.Warnings[0] != words || len(got.Codes) != 1 || got.Codes[0].Code != results.EmptySlots {
			t.Errorf("got %+v", got)
		}
	})
}

func TestWarningsReturnsThoseOfTheRunAndItsSweeps(t *testing.T) {
	run := fixture.Empty("sweep")
	run.Warnings = []results.Warning{{Text: "python\nis missing"}}
	run.Optima = []results.Optimum{{Strategy: "pool", Warnings: []results.Warning{{Text: "the client was busy"}}}}
	want := []string{"python is missing", "pool: the client was busy"}
	if diff := cmp.Diff(want, results.Words(results.Warnings(run))); diff != "" {
		t.Error(diff)
	}
}
