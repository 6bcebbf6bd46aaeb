package results

import (
	"fmt"
	"io"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"
)

// A page is what people read, drawn block by block. What it is given may hold anything that came from outside: a page
// sees to it that no text breaks its form.
type page interface {
	heading(level int, text string)
	paragraph(text string)
	toned(t tone, text string) // a paragraph
	list(items []string)       // of what to know before the figures are trusted: footnotes, warnings
	picture(strokes []stroke)  // lines that are drawn with characters
	table(g grid) error        // without what does not fit
	columns() int              // that a picture may take
	io.WriterTo                // what was drawn
}

// draw draws the run on the page and writes the page to w.
func draw(p page, w io.Writer, run *Run) error {
	view := viewBench
	if len(run.Optima) > 0 || run.Command == "sweep" {
		view = viewSweep
	}
	title := fmt.Sprintf("%s %s", run.Command, run.Target)
	if run.Bundled != nil {
		title += fmt.Sprintf(" (the bundled server, profile %s)", run.Bundled.Profile)
	}
	p.heading(1, title)
	p.toned(faint, run.conditions())
	if err := view(p, run); err != nil {
		return err
	}
	p.toned(faint, run.legend())
	var warnings []string
	for _, text := range Warnings(run) {
		warnings = append(warnings, "warning: "+text)
	}
	p.list(warnings)
	_, err := p.WriteTo(w)
	return err
}

// drawGrid has tablewriter draw the grid, with no word changed.
func drawGrid(w io.Writer, g grid, renderer tw.Renderer, padding tw.Padding) error {
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
	table.Header(g.names())
	if err := table.Bulk(g.lines()); err != nil {
		return err
	}
	return table.Render()
}
