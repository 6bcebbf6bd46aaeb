package render

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"sweetspot/results/text"
)

// Table is the format for a terminal: aligned tables in as many columns as fit.
const Table = "table"

func init() {
	Register(Format{Name: Table, Doc: "for a terminal", Order: 1, Page: func(screen Screen) Page {
		return &terminal{width: screen.Columns, colour: screen.Colour}
	}})
}

// terminal is a page on a terminal.
type terminal struct {
	bytes.Buffer
	width  int // in columns; 0 is unlimited
	colour bool
}

// usualWidth is the width of a picture if that of the terminal is not known. No line of text is wider than widestText, since
// longer lines are hard to read.
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

func (t *terminal) Paragraph(style Style, words string) {
	if words != "" {
		t.block(t.wrapped(words, "", style))
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

func (t *terminal) Picture(picture []Line) {
	var lines []string
	for _, s := range picture {
		lines = append(lines, t.painted(s.Style, s.Text))
	}
	t.block(lines)
}

// wrapped returns the lines of a text.
func (t *terminal) wrapped(words, indent string, style Style) []string {
	return text.Each(wrap(text.Clean(words), min(t.width, widestText), indent), func(line string) string { return t.painted(style, line) })
}

// painted returns a line in the style, if the terminal shows colours.
func (t *terminal) painted(style Style, line string) string {
	if !t.colour {
		return line
	}
	return style.paint(line)
}

// Table draws the grid with a rule under the names and no other rules. It says which columns it left out.
func (t *terminal) Table(g Grid) error {
	g, gone := g.mapped(text.Clean).withoutBlank().fit(t.width)
	keys := g.keys()
	if t.colour {
		g = g.painted()
	}
	rules := tw.NewSymbolCustom("rules").WithColumn(strings.Repeat(" ", gap)).WithRow("─").WithCenter(strings.Repeat("─", gap))
	var drawn bytes.Buffer
	err := drawGrid(&drawn, g, renderer.NewBlueprint(tw.Rendition{Borders: tw.BorderNone, Symbols: rules}),
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
