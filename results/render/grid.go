package render

import (
	"slices"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"sweetspot/results/text"
)

// A column says how one figure of a row is shown.
type Field[T any] struct {
	Name    string
	Rank    int  // where space is short the highest rank goes first; 0 never goes
	Left    bool // aligned left: words are, numbers are not
	Cell    func(T) string
	Style   func(T) Style // nil if there is nothing to remark
	Compact *Compact[T]   // nil if there is no narrower way to show it
}

// A fold is a narrower way to show a column, for where space is short.
type Compact[T any] struct {
	Name string
	Cell func(T) string
	Key  string // how to read it
}

// A strip is a column of a grid, filled in.
type Column struct {
	name    string
	rank    int
	left    bool
	cells   []string
	styles  []Style // of the cells; nil if all are even
	compact *Column // nil if there is no narrower way to show it
	key     string  // how to read one that was folded
}

// A grid is a table of text, before it is known how it is drawn.
type Grid []Column

// tabulate fills a grid with a line for each of the rows.
func Tabulate[T any](rows []T, columns []Field[T]) Grid {
	var g Grid
	for _, c := range columns {
		s := c.filled(rows)
		if c.Compact != nil {
			short := c
			short.Name, short.Cell = c.Compact.Name, c.Compact.Cell
			folded := short.filled(rows)
			folded.key = c.Compact.Key
			s.compact = &folded
		}
		g = append(g, s)
	}
	return g
}

// filled returns the column with a cell for each of the rows.
func (c Field[T]) filled(rows []T) Column {
	s := Column{name: c.Name, rank: c.Rank, left: c.Left}
	for _, row := range rows {
		s.cells = append(s.cells, c.Cell(row))
		if c.Style != nil {
			s.styles = append(s.styles, c.Style(row))
		}
	}
	return s
}

// toned returns the columns with each row in a tone, where a column has none of its own.
func Styled[T any](columns []Field[T], row func(T) Style) []Field[T] {
	return text.Each(columns, func(c Field[T]) Field[T] {
		if c.Style == nil {
			c.Style = row
		}
		return c
	})
}

// painted returns the grid with every cell in its tone.
func (g Grid) painted() Grid {
	return text.Each(g, func(s Column) Column {
		cells := slices.Clone(s.cells)
		for i, tone := range s.styles {
			cells[i] = tone.paint(cells[i])
		}
		s.cells = cells
		return s
	})
}

// mapped returns the grid with every cell changed.
func (g Grid) mapped(change func(string) string) Grid {
	return text.Each(g, func(s Column) Column {
		s.cells = text.Each(s.cells, change)
		if s.compact != nil {
			folded := *s.compact
			folded.cells = text.Each(folded.cells, change)
			s.compact = &folded
		}
		return s
	})
}

// Names returns the names of the columns.
func (g Grid) Names() []string {
	var names []string
	for _, s := range g {
		names = append(names, s.name)
	}
	return names
}

// Lines returns the cells, line by line.
func (g Grid) Lines() [][]string {
	lines := make([][]string, len(g[0].cells))
	for i := range lines {
		for _, s := range g {
			lines[i] = append(lines[i], s.cells[i])
		}
	}
	return lines
}

// gap is the number of blank columns between two columns of a grid.
const gap = 2

// width returns how many columns of the terminal the strip takes.
func (s Column) width() int {
	width := twwidth.Width(s.name)
	for _, cell := range s.cells {
		width = max(width, twwidth.Width(cell))
	}
	return width
}

// all reports whether every cell is that text.
func (s Column) Only(words string) bool {
	return !slices.ContainsFunc(s.cells, func(cell string) bool { return cell != words })
}

// width returns how many columns of the terminal the grid takes.
func (g Grid) width() int {
	width := gap * (len(g) - 1)
	for _, s := range g {
		width += s.width()
	}
	return width
}
