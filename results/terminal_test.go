package results_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"sweetspot/results"
)

// coloured returns the run as a terminal shows it.
func coloured(t testing.TB, run *results.Run, columns int) string {
	t.Helper()
	var text bytes.Buffer
	if err := results.Write(&text, run, results.Table, results.Screen{Columns: columns, Colour: true}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// told returns a comparison of enough trials to name a winner, whose second best cannot be told from it.
func told(t testing.TB) *results.Run {
	run := compared(t, 3)
	for i := range run.Strategies {
		run.Strategies[i].Trials = 10
	}
	return run
}

func TestColoursLookAsBefore(t *testing.T) {
	for _, c := range []struct {
		name  string
		run   *results.Run
		width int
	}{
		{"told", told(t), 40}, {"told", told(t), 100}, {"warned", warned(t), 60}, {"warned", warned(t), 200}, {"failed", failed(t), 80},
		{"sweep", swept(t), 60}, {"sweeps", sweptTwice(t), 80}, {"hostile", hostile(t), 80},
	} {
		name := fmt.Sprintf("%s-colour-%d.golden", c.name, c.width)
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name)
			got := coloured(t, c.run, c.width)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("run with -update if this is meant: (-want +got)\n%s", diff)
			}
		})
	}
}

// escapes are the sequences that a tone is shown by.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Whoever sees no colour, or cannot tell colours apart, reads the same.
func TestColourAddsNothingToTheWords(t *testing.T) {
	for name, run := range views(t) {
		for _, width := range []int{0, 40, 60, 80, 100, 200} {
			text := coloured(t, run, width)
			if got, want := escapes.ReplaceAllString(text, ""), written(t, run, results.Table, width); got != want {
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

func TestWordsAreNoWiderThanTheEyeFollows(t *testing.T) {
	said := 0
	for block := range strings.SplitSeq(written(t, once(t), results.Table, 200), "\n\n") {
		if !strings.HasPrefix(block, "Every client alike") && !strings.HasPrefix(block, "Closed loop") {
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

func TestTheVerdictIsFoldedBeforeItIsLeftOut(t *testing.T) {
	text := written(t, told(t), results.Table, 40)
	for _, want := range []string{"  vs\n", "  best\n", "  ~\n", "  -39%\n", "  ÷3.6\n", "(vs is how it compares"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
