package results

import (
	"bytes"
	"fmt"
	"strings"
	"sweetspot/results/text"

	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// terminal is a page of so many columns; 0 is unlimited.
type terminal struct {
	bytes.Buffer
	width  int
	colour bool
}

// The width of a picture where that of the terminal is not known, and the most that lines of words take of one: longer
// ones are hard to read.
const (
	usual  = 80
	widest = 100
)

func (t *terminal) columns() int {
	if t.width <= 0 {
		return usual
	}
	return t.width
}

func (t *terminal) heading(_ int, words string) { t.toned(strong, words) }

func (t *terminal) paragraph(words string) { t.toned(even, words) }

func (t *terminal) toned(tone tone, words string) {
	if words != "" {
		t.block(t.wrapped(words, "", tone))
	}
}

func (t *terminal) list(items []string) {
	var lines []string
	for _, item := range items {
		lines = append(lines, t.wrapped(item, "    ", caution)...)
	}
	t.block(lines)
}

func (t *terminal) findings(found []finding) {
	var lines []string
	for _, f := range found {
		if f.verdict != "" {
			f.text = f.verdict + ". " + f.text
		}
		lines = append(lines, t.wrapped(f.text, "    ", even)...)
	}
	t.block(lines)
}

func (t *terminal) picture(strokes []stroke) {
	var lines []string
	for _, s := range strokes {
		lines = append(lines, t.painted(s.tone, s.text))
	}
	t.block(lines)
}

// wrapped returns the lines of a text of words.
func (t *terminal) wrapped(words, indent string, tone tone) []string {
	return text.Each(wrap(text.Clean(words), min(t.width, widest), indent), func(line string) string { return t.painted(tone, line) })
}

// painted returns a line in the tone, on a terminal that shows it.
func (t *terminal) painted(tone tone, line string) string {
	if !t.colour {
		return line
	}
	return tone.paint(line)
}

// table draws the grid with a rule under the names and nothing else, and says what it left out to fit.
func (t *terminal) table(g grid) error {
	g, gone := g.mapped(text.Clean).told().fit(t.width)
	keys := g.keys()
	if t.colour {
		g = g.painted()
	}
	lean := tw.NewSymbolCustom("lean").WithColumn(strings.Repeat(" ", gap)).WithRow("─").WithCenter(strings.Repeat("─", gap))
	var drawn bytes.Buffer
	err := drawGrid(&drawn, g, renderer.NewBlueprint(tw.Rendition{Borders: tw.BorderNone, Symbols: lean}),
		tw.Padding{Overwrite: true})
	if err != nil {
		return err
	}
	t.block(strings.Split(strings.TrimRight(drawn.String(), "\n"), "\n"))
	if len(gone) > 0 {
		t.toned(faint, fmt.Sprintf("(left out to fit %d columns: %s)", t.width, strings.Join(gone, ", ")))
	}
	for _, key := range keys {
		t.toned(faint, "("+key+")")
	}
	return nil
}

// block writes lines, with a blank one before them unless they are the first.
func (t *terminal) block(lines []string) {
	if t.Len() > 0 && len(lines) > 0 {
		t.WriteByte('\n')
	}
	for _, line := range lines {
		t.WriteString(strings.TrimRight(line, " "))
		t.WriteByte('\n')
	}
}
