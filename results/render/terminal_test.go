package render_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
	"sweetspot/results/stat"
)

// coloured returns the run as a terminal shows it.
func coloured(t testing.TB, run *results.Run, columns int) string {
	t.Helper()
	var text bytes.Buffer
	if err := render.Write(&text, render.Run(run), render.Table, render.Screen{Columns: columns, Colour: true}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// tied returns a comparison of enough trials to name a winner, whose second best is indistinguishable from it.
func tied(t testing.TB) *results.Run { return fixture.Compared(t, results.EnoughTrials) }

func TestTableLooksAsBeforeInColour(t *testing.T) {
	for _, c := range []struct {
		name  string
		run   *results.Run
		width int
	}{
		{"tied", tied(t), 40}, {"tied", tied(t), 100}, {"warned", fixture.Warned(t), 60}, {"warned", fixture.Warned(t), 200}, {"failed", fixture.Failed(t), 80},
		{"sweep", fixture.Swept(t), 60}, {"sweeps", fixture.SweptTwice(t), 80}, {"hostile", fixture.Hostile(t), 80},
	} {
		name := fmt.Sprintf("%s-colour-%d.golden", c.name, c.width)
		t.Run(name, func(t *testing.T) {
			fixture.Golden(t, filepath.Join("testdata", name), coloured(t, c.run, c.width))
		})
	}
}

// escapes are the sequences that a style is shown by.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Whoever sees no colour, or cannot tell colours apart, reads the same.
func TestStyleAddsNothingToTheWords(t *testing.T) {
	for name, run := range fixture.Views(t) {
		for _, width := range []int{0, 40, 60, 80, 100, 200} {
			text := coloured(t, run, width)
			if got, want := escapes.ReplaceAllString(text, ""), fixture.Written(t, render.Run(run), render.Table, width); got != want {
				t.Errorf("%s at %d columns: (-plain +coloured)\n%s", name, width, cmp.Diff(want, got))
			}
			for line := range strings.Lines(text) {
				if strings.Contains(line, "\x1b") && !strings.HasSuffix(strings.TrimSuffix(line, "\n"), "\x1b[0m") &&
					strings.Count(line, "\x1b[0m")*2 != strings.Count(line, "\x1b[") {
					t.Errorf("%s at %d columns: the colour of %q runs over its end", name, width, line)
				}
			}
		}
	}
}

func TestTerminalWrapsWideText(t *testing.T) {
	said := 0
	for block := range strings.SplitSeq(fixture.Written(t, render.Run(fixture.Once(t)), render.Table, 200), "\n\n") {
		if !strings.HasPrefix(block, "The same for every client") && !strings.HasPrefix(block, "Closed loop") {
			continue
		}
		for line := range strings.Lines(block) {
			said++
			if got := twwidth.Width(strings.TrimSuffix(line, "\n")); got > 100 {
				t.Errorf("%d columns: %s", got, line)
			}
		}
	}
	if said < 3 {
		t.Errorf("%d lines of words, want both paragraphs", said)
	}
}

func TestTableSaysWhichFloorTheIntervalsInclude(t *testing.T) {
	run := tied(t)
	run.Floor = &stat.Component{Deviation: 0.015, DF: 30}
	const want = "The intervals include that a strategy differs by a standard deviation of 1.5% from run to run on its own."
	if text := strings.Join(strings.Fields(fixture.Written(t, render.Run(run), render.Table, 0)), " "); !strings.Contains(text, want) {
		t.Errorf("%q is not in\n%s", want, text)
	}
}

func TestTableCompactsTheVerdictBeforeLeavingItOut(t *testing.T) {
	text := fixture.Written(t, render.Run(tied(t)), render.Table, 40)
	for _, want := range []string{"  vs\n", "  best\n", "  ~3%\n", "  -39%\n", "  ÷3.6\n", "(vs is how it compares"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
