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
	for _, f := range fields {
		c := f.column(rows)
		if f.Compact != nil {
			short := f
			short.Name, short.Cell = f.Compact.Name, f.Compact.Cell
			compact := short.column(rows)
			compact.key = f.Compact.Key
			c.compact = &compact
		}
		g = append(g, c)
	}
	return g
}

// column returns the column with a cell for each of the rows.
func (f Field[T]) column(rows []T) Column {
	c := Column{name: f.Name, rank: f.Rank, left: f.Left}
	for _, row := range rows {
		c.cells = append(c.cells, f.Cell(row))
		if f.Style != nil {
			c.styles = append(c.styles, f.Style(row))
		}
	}
	return c
}

// Styled returns the fields with the style of each row, but for those that have a style of their own.
func Styled[T any](fields []Field[T], row func(T) Style) []Field[T] {
	return text.Each(fields, func(f Field[T]) Field[T] {
		if f.Style == nil {
			f.Style = row
		}
		return f
	})
}

// painted returns the grid with every cell in its style.
func (g Grid) painted() Grid {
	return text.Each(g, func(c Column) Column {
		cells := slices.Clone(c.cells)
		for i, style := range c.styles {
			cells[i] = style.paint(cells[i])
		}
		c.cells = cells
		return c
	})
}

// mapped returns the grid with every cell changed.
func (g Grid) mapped(change func(string) string) Grid {
	return text.Each(g, func(c Column) Column {
		c.cells = text.Each(c.cells, change)
		if c.compact != nil {
			compact := *c.compact
			compact.cells = text.Each(compact.cells, change)
			c.compact = &compact
		}
		return c
	})
}

// Names returns the names of the columns.
func (g Grid) Names() []string {
	var names []string
	for _, c := range g {
		names = append(names, c.name)
	}
	return names
}

// Lines returns the cells, line by line.
func (g Grid) Lines() [][]string {
	lines := make([][]string, len(g[0].cells))
	for i := range lines {
		for _, c := range g {
			lines[i] = append(lines[i], c.cells[i])
		}
	}
	return lines
}

// gap is the number of blank columns between two columns of a grid.
const gap = 2

// width returns how many columns of the terminal the column takes.
func (c Column) width() int {
	width := twwidth.Width(c.name)
	for _, cell := range c.cells {
		width = max(width, twwidth.Width(cell))
	}
	return width
}

// Only reports whether every cell is that text.
func (c Column) Only(words string) bool {
	return !slices.ContainsFunc(c.cells, func(cell string) bool { return cell != words })
}

// width returns how many columns of the terminal the grid takes.
func (g Grid) width() int {
	width := gap * (len(g) - 1)
	for _, c := range g {
		width += c.width()
	}
	return width
}
