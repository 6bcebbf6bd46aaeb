package results_test

import (
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
