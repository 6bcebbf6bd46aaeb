package render_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

// broke returns a run in which one of two strategies, a program, broke down in its second trial.
func broke(t *testing.T) *results.Run {
	random := rand.New(rand.NewPCG(1, 2))
	run := fixture.Empty("bench")
	for block := range 2 {
		run.Trials = append(run.Trials, fixture.Trial(t, random, "pool", 60, block, 2500, 0.01))
	}
	sound := fixture.Trial(t, random, "mine", 60, 0, 1000, 0.01)
	sound.Memory = 45 << 20
	broken := results.Trial{
		Strategy: "mine", Limit: 60, Block: 1, Failed: map[string]int64{}, Warnings: []results.Warning{},
		Error: "it ended with exit status 3; its last words: ValueError: x",
	}
	run.Trials = append(run.Trials, sound, broken)
	run.Strategies = results.Summarise(run.Trials)
	run.Versions = map[string]string{"mine": "aiohttp 3.8.4, Python 3.11.2"}
	return run
}

func TestWriteShowsWhyAStrategyBrokeDown(t *testing.T) {
	run := broke(t)
	mine := run.Strategies[1]
	if mine.PerSecond != 0 || mine.Error != run.Trials[3].Error || len(mine.Warnings) > 0 || mine.Trials != 2 {
		t.Errorf("row %+v", mine)
	}
	for _, format := range []string{render.Table, render.Markdown} {
		page := fixture.Written(t, render.Run(run), format, 0)
		for _, want := range []string{
			"broke down: it ended with exit status 3; its last words: ValueError: x",
			" broke down",
			"mine 47.2 MB",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("want %q in:\n%s", want, page)
			}
		}
	}
	if table := fixture.Written(t, render.Run(run), render.CSV, 0); !strings.Contains(table, ",it ended with exit status 3; its last words: ValueError: x,") {
		t.Errorf("the reason is not in:\n%s", table)
	}
}

func TestLoadReturnsVersionsAndErrors(t *testing.T) {
	run := broke(t)
	loaded, err := results.Load(fixture.Saved(t, t.TempDir(), run))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(run.Versions, loaded.Versions); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	if got := loaded.Trials[3]; got.Error != run.Trials[3].Error || loaded.Trials[2].Memory != 45<<20 {
		t.Errorf("got %+v", got)
	}
}
