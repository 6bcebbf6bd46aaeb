package render

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"sweetspot/results/text"
)

// Table is the format for a terminal.
const Table = "table"

func init() {
	Register(Format{Name: Table, Doc: "for a terminal", Order: 1, Page: func(screen Screen) Page {
		return &terminal{width: screen.Columns, colour: screen.Colour}
	}})
}

// terminal is a page with a number of columns; 0 is unlimited.
type terminal struct {
	bytes.Buffer
	width  int
	colour bool
}

// The width of a picture where that of the terminal is not known, and the most that lines of words take of one: longer
// ones are hard to read.
const (
	usualWidth = 80
	widestText = 100
)

func (t *terminal) Columns() int {
	if t.width <= 0 {
		return usualWidth
	}
	return t.width
}

func (t *terminal) Heading(_ int, words string) { t.Paragraph(Strong, words) }

func (t *terminal) Paragraph(tone Style, words string) {
	if words != "" {
		t.block(t.wrapped(words, "", tone))
	}
}

func (t *terminal) List(items []string) {
	var lines []string
	for _, item := range items {
		lines = append(lines, t.wrapped(item, "    ", Caution)...)
	}
	t.block(lines)
}

func (t *terminal) Findings(found []Finding) {
	var lines []string
	for _, f := range found {
		if f.Verdict != "" {
			f.Text = f.Verdict + ". " + f.Text
		}
		lines = append(lines, t.wrapped(f.Text, "    ", Plain)...)
	}
	t.block(lines)
}

func (t *terminal) Picture(strokes []Line) {
	var lines []string
	for _, s := range strokes {
		lines = append(lines, t.painted(s.Style, s.Text))
	}
	t.block(lines)
}

// wrapped returns the lines of a text of words.
func (t *terminal) wrapped(words, indent string, tone Style) []string {
	return text.Each(wrap(text.Clean(words), min(t.width, widestText), indent), func(line string) string { return t.painted(tone, line) })
}

// painted returns a line in the tone, on a terminal that shows it.
func (t *terminal) painted(tone Style, line string) string {
	if !t.colour {
		return line
	}
	return tone.paint(line)
}

// table draws the grid with a rule under the names and nothing else, and says what it left out to fit.
func (t *terminal) Table(g Grid) error {
	g, gone := g.mapped(text.Clean).withoutBlank().fit(t.width)
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
		t.Paragraph(Faint, fmt.Sprintf("(left out to fit %d columns: %s)", t.width, strings.Join(gone, ", ")))
	}
	for _, key := range keys {
		t.Paragraph(Faint, "("+key+")")
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
