package render_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

func TestWriteLooksAsBefore(t *testing.T) {
	runs := fixture.Views(t)
	for _, c := range []struct {
		run    string
		format string
		width  int
	}{
		{"bench", render.Table, 0}, {"bench", render.Table, 120}, {"bench", render.Table, 80}, {"bench", render.Table, 40},
		{"bench", render.Markdown, 0}, {"bench", render.CSV, 0},
		{"once", render.Table, 100}, {"once", render.JSON, 0},
		{"warned", render.Table, 120}, {"warned", render.Table, 60}, {"warned", render.Markdown, 0}, {"warned", render.CSV, 0},
		{"failed", render.Table, 100}, {"failed", render.Markdown, 0},
		{"sweep", render.Table, 100}, {"sweep", render.Table, 60}, {"sweep", render.Table, 40}, {"sweep", render.Markdown, 0},
		{"sweeps", render.Table, 80}, {"interrupted", render.Table, 80},
		{"hostile", render.Table, 80}, {"hostile", render.Markdown, 0}, {"hostile", render.CSV, 0},
		{"nothing", render.Table, 80}, {"nothing", render.JSON, 0},
		{"agents", render.Table, 100}, {"agents", render.Table, 40}, {"agents", render.Markdown, 0}, {"agents", render.CSV, 0},
		{"targets", render.Table, 120}, {"targets", render.Table, 60}, {"targets", render.Markdown, 0},
	} {
		name := fmt.Sprintf("%s-%s-%d.golden", c.run, c.format, c.width)
		t.Run(name, func(t *testing.T) {
			fixture.Golden(t, filepath.Join("testdata", name), fixture.Written(t, render.Run(runs[c.run]), c.format, c.width))
		})
	}
}

func TestVoidTrialsChangeNoView(t *testing.T) {
	for name, run := range fixture.Views(t) {
		with := fixture.WithVoid(t, run)
		for _, format := range []string{render.Table, render.Markdown, render.CSV, render.Benchfmt} {
			want, got := fixture.Written(t, render.Run(run), format, 100), fixture.Written(t, render.Run(with), format, 100)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s as %s (-want +got):\n%s", name, format, diff)
			}
		}
	}
}

func TestAgentsThatMadeNoRequestHaveNoTable(t *testing.T) {
	run := &results.Run{Command: "bench", Agents: []results.Member{{Name: "web-1"}}, Trials: []results.Trial{{Strategy: "pool", Limit: 4, Purpose: results.Void}}}
	got := fixture.Written(t, render.Run(run), render.Table, 100)
	if !strings.Contains(got, "nothing was measured") || strings.Contains(got, "agents that made") || strings.Contains(got, "No request failed") {
		t.Errorf("got\n%s", got)
	}
}

func TestTableFitsTheTerminal(t *testing.T) {
	for name, run := range fixture.Views(t) {
		for _, width := range []int{40, 55, 80, 100, 130} {
			for line := range strings.Lines(fixture.Written(t, render.Run(run), render.Table, width)) {
				if got := twwidth.Width(strings.TrimSuffix(line, "\n")); got > width {
					t.Errorf("%s at %d: %d columns: %s", name, width, got, line)
				}
			}
		}
	}
}

func TestWriteLetsNoControlCharacterThrough(t *testing.T) {
	for _, format := range []string{render.Table, render.Markdown, render.CSV} {
		for _, r := range fixture.Written(t, render.Run(fixture.Hostile(t)), format, 80) {
			if (r < ' ' && r != '\n') || r == '\u202e' {
				t.Errorf("%s holds %q", format, r)
			}
		}
	}
}
