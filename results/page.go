package results

import (
	"fmt"
	"io"
	"sweetspot/results/text"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"
)

// A page is what people read, drawn block by block. What it is given may hold anything that came from outside: a page
// sees to it that no text breaks its form.
type page interface {
	heading(level int, words string)
	paragraph(words string)
	toned(t tone, words string) // a paragraph
	list(items []string)        // of what to know before the figures are trusted: footnotes, warnings
	findings([]finding)
	picture(strokes []stroke) // lines that are drawn with characters
	table(g grid) error       // without what does not fit
	columns() int             // that a picture may take
	io.WriterTo               // what was drawn
}

// A finding is a verdict in a word or a few, which may be none, and the sentences that it rests on.
type finding struct{ verdict, text string }

// draw draws the document on the page and writes the page to w.
func draw(p page, w io.Writer, d Document) error {
	if err := d.view(p); err != nil {
		return err
	}
	_, err := p.WriteTo(w)
	return err
}

func (r *Run) view(p page) error {
	view := viewBench
	if len(r.Optima) > 0 || r.Command == "sweep" {
		view = viewSweep
	}
	title := fmt.Sprintf("%s %s", r.Command, r.Target)
	if r.Bundled != nil {
		title += fmt.Sprintf(" (the bundled server, profile %s)", r.Bundled.Profile)
	}
	p.heading(1, title)
	p.toned(faint, r.conditions())
	if err := view(p, r); err != nil {
		return err
	}
	p.toned(faint, r.legend())
	p.list(text.Prefixed("warning: ", Words(Warnings(r))))
	return nil
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
