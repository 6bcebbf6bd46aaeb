package results

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// terminal is a page of so many columns; 0 is unlimited.
type terminal struct {
	bytes.Buffer
	width int
}

// usual is the width of a picture where that of the terminal is not known.
const usual = 80

func (t *terminal) columns() int {
	if t.width <= 0 {
		return usual
	}
	return t.width
}

func (t *terminal) heading(_ int, text string) { t.paragraph(text) }

func (t *terminal) paragraph(text string) {
	if text != "" {
		t.block(wrap(clean(text), t.width, ""))
	}
}

func (t *terminal) list(items []string) {
	var lines []string
	for _, item := range items {
		lines = append(lines, wrap(clean(item), t.width, "    ")...)
	}
	t.block(lines)
}

func (t *terminal) picture(text string) {
	if text != "" {
		t.block(strings.Split(text, "\n"))
	}
}

// table draws the grid with a rule under the names and nothing else, and says what it left out to fit.
func (t *terminal) table(g grid) error {
	g, gone := g.mapped(clean).told().fit(t.width)
	lean := tw.NewSymbolCustom("lean").WithColumn(strings.Repeat(" ", gap)).WithRow("─").WithCenter(strings.Repeat("─", gap))
	var drawn bytes.Buffer
	err := drawGrid(&drawn, g, renderer.NewBlueprint(tw.Rendition{Borders: tw.BorderNone, Symbols: lean}),
		tw.Padding{Overwrite: true})
	if err != nil {
		return err
	}
	t.block(strings.Split(strings.TrimRight(drawn.String(), "\n"), "\n"))
	if len(gone) > 0 {
		t.paragraph(fmt.Sprintf("(left out to fit %d columns: %s)", t.width, strings.Join(gone, ", ")))
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
