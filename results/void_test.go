package results_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/results"
)

func TestABlockWithAVoidTrialIsVoidAsAWhole(t *testing.T) {
	trials := []results.Trial{
		{Strategy: "a", Limit: 1, Block: 0}, {Strategy: "b", Limit: 1, Block: 0, Purpose: results.Control},
		{Strategy: "b", Limit: 1, Block: 1, Purpose: results.Control}, {Strategy: "a", Limit: 1, Block: 1, Purpose: results.Void},
		{Strategy: "a", Limit: 1, Block: results.NoBlock, Purpose: results.Void}, {Strategy: "a", Limit: 1, Block: 2},
	}
	if n := results.VoidBlocks(trials); n != 3 {
		t.Errorf("%d are void, want 3", n)
	}
	var got []results.Purpose
	for i := range trials {
		got = append(got, trials[i].Purpose)
	}
	if diff := cmp.Diff([]results.Purpose{"", results.Control, results.Void, results.Void, results.Void, ""}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if groups := results.Groups(trials); len(groups) != 1 || len(groups[0].Trials) != 2 {
		t.Errorf("%+v", groups)
	}
}

func TestLoadRefusesMachinesThatDoNotAddUp(t *testing.T) {
	for want, agents := range map[string][]results.Agent{
		"":                                   nil, // they do
		"trial.agents: b: a figure is below": {{Name: "b", Skew: -1}},
		"trial.agents: 5 started":            {{Name: "a", Started: 2}, {Name: "b", Started: 3}},
	} {
		run := small(t)
		file, err := results.Create(t.TempDir(), run)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		trial := run.Trials[0]
		if trial.Agents = agents; want == "" {
			trial.Agents = []results.Agent{{Name: "a", Started: trial.Started - 1, Succeeded: trial.Succeeded}, {Name: "b", Started: 1}}
		}
		if err := file.Append(trial); err != nil {
			t.Fatal(err)
		}
		if _, err := results.Load(file.Path()); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", agents, err, want)
		}
	}
}

// The trials of a block were saved before one of it was void.
func TestLoadVoidsTheBlocksThatHaveAVoidTrial(t *testing.T) {
	run := small(t)
	file, err := results.Create(t.TempDir(), run)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sound := run.Trials[0]
	sound.Block = 7
	void := sound
	void.Purpose = results.Void
	for _, trial := range []results.Trial{sound, void} {
		if err := file.Append(trial); err != nil {
			t.Fatal(err)
		}
	}
	got, err := results.Load(file.Path())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Trials) != 2 || got.Trials[0].Purpose != results.Void {
		t.Errorf("%+v", got.Trials)
	}
}
