package render

import (
	"io"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"
)

// A Page is a text for people, to which blocks are added one after the other. Texts may come from outside: a page makes sure
// that no text breaks its form.
type Page interface {
	Heading(level int, words string) // 0 for the title of an article, 1 for that of a run or a chapter, 2 below it
	Paragraph(style Style, words string)
	List(items []string) // reasons not to trust figures: footnotes and warnings
	Findings([]Finding)
	Picture(picture []Line)
	Table(g Grid) error // leaves out columns that do not fit; an error is that of the library that draws tables
	Columns() int       // the largest width of a picture, in characters
	io.WriterTo         // writes what was drawn
}

// A Finding is a verdict of a few words and the sentences that explain it. The verdict may be empty.
type Finding struct{ Verdict, Text string }

// drawGrid draws the grid with tablewriter, with its texts unchanged.
func drawGrid(w io.Writer, g Grid, renderer tw.Renderer, padding tw.Padding) error {
	cells := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone},
		Padding:    tw.CellPadding{Global: padding},
	}
	for _, c := range g {
		align := tw.AlignRight
		if c.left {
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
