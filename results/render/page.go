package render

import (
	"io"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"
)

// A page is what people read, drawn block by block. What it is given may hold anything that came from outside: a page
// sees to it that no text breaks its form.
type Page interface {
	Heading(level int, words string)
	Paragraph(t Style, words string)
	List(items []string) // of what to know before the figures are trusted: footnotes, warnings
	Findings([]Finding)
	Picture(strokes []Line) // lines that are drawn with characters
	Table(g Grid) error     // without what does not fit
	Columns() int           // that a picture may take
	io.WriterTo             // writes what was drawn
}

// A finding is a verdict in a word or a few, which may be none, and the sentences that it rests on.
type Finding struct{ Verdict, Text string }

// drawGrid has tablewriter draw the grid, with no word changed.
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
