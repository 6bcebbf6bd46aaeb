package render

import (
	"slices"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"sweetspot/results/text"
)

// A Field says how one figure of a row is shown: it makes a [Column] of rows.
type Field[T any] struct {
	Name    string
	Rank    int  // where space is short the highest rank is left out first; 0 never is
	Left    bool // whether the text is aligned left, as words are
	Cell    func(T) string
	Style   func(T) Style // nil if all cells are [Plain]
	Compact *Compact[T]   // nil if there is no narrower way to show it
}

// A Compact is a narrower way to show a field, for where space is short.
type Compact[T any] struct {
	Name string
	Cell func(T) string
	Key  string // how to read it
}

// A Column is a column of a [Grid].
type Column struct {
	name    string
	rank    int
	left    bool
	cells   []string
	styles  []Style // of the cells; nil if all are [Plain]
	compact *Column // nil if there is no narrower way to show it
	key     string  // how to read it, if it is compact
}

// A Grid is a table of text, whatever the format. All its columns have the same number of cells.
type Grid []Column

// Tabulate returns a grid with a line for each of the rows.
func Tabulate[T any](rows []T, fields []Field[T]) Grid {
	var g Grid
	for _, c := range fields {
		s := c.filled(rows)
		if c.Compact != nil {
			short := c
			short.Name, short.Cell = c.Compact.Name, c.Compact.Cell
			compact := short.filled(rows)
			compact.key = c.Compact.Key
			s.compact = &compact
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

// Styled returns the fields with the style of each row, but for those that have a style of their own.
func Styled[T any](fields []Field[T], row func(T) Style) []Field[T] {
	return text.Each(fields, func(c Field[T]) Field[T] {
		if c.Style == nil {
			c.Style = row
		}
		return c
	})
}

// painted returns the grid with every cell in its style.
func (g Grid) painted() Grid {
	return text.Each(g, func(s Column) Column {
		cells := slices.Clone(s.cells)
		for i, style := range s.styles {
			cells[i] = style.paint(cells[i])
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
			compact := *s.compact
			compact.cells = text.Each(compact.cells, change)
			s.compact = &compact
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

// width returns how many columns of the terminal the column takes.
func (s Column) width() int {
	width := twwidth.Width(s.name)
	for _, cell := range s.cells {
		width = max(width, twwidth.Width(cell))
	}
	return width
}

// Only reports whether every cell is that text.
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
