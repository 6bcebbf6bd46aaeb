package render

import (
	"io"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"
)

// A Page is what people read, drawn block by block. Texts may contain anything that came from outside: a page makes sure
// that no text breaks its form.
type Page interface {
	Heading(level int, words string)
	Paragraph(t Style, words string)
	List(items []string) // reasons not to trust figures: footnotes and warnings
	Findings([]Finding)
	Picture(picture []Line)
	Table(g Grid) error // without the columns that do not fit
	Columns() int       // the most that a picture may take
	io.WriterTo         // writes what was drawn
}

// A Finding is a verdict of a few words, which may be empty, and the sentences that explain it.
type Finding struct{ Verdict, Text string }

// drawGrid draws the grid with tablewriter, with its texts unchanged.
func drawGrid(w io.Writer, g Grid, renderer tw.Renderer, padding tw.Padding) error {
	cells := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone},
		Padding:    tw.CellPadding{Global: padding},
	}
	for _, s := range g {
		align := tw.AlignRight
		if s.left {
			align = tw.AlignLeft
		}
		cells.Alignment.PerColumn = append(cells.Alignment.PerColumn, align)
	}
	table := tablewriter.NewTable(w, tablewriter.WithRenderer(renderer),
		tablewriter.WithConfig(tablewriter.Config{Header: cells, Row: cells}))
	table.Header(g.Names())
	if err := table.Bulk(g.Lines()); err != nil {
		return err
	}
	return table.Render()
}
