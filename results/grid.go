package results

import (
	"slices"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// A column says how one figure of a row is shown.
type column[T any] struct {
	name string
	rank int  // where space is short the highest rank goes first; 0 never goes
	left bool // aligned left: words are, numbers are not
	cell func(T) string
}

// A strip is a column of a grid, filled in.
type strip struct {
	name  string
	rank  int
	left  bool
	cells []string
}

// A grid is a table of text, before it is known how it is drawn.
type grid []strip

// tabulate fills a grid with a line for each of the rows.
func tabulate[T any](rows []T, columns []column[T]) grid {
	var g grid
	for _, c := range columns {
		s := strip{name: c.name, rank: c.rank, left: c.left}
		for _, row := range rows {
			s.cells = append(s.cells, c.cell(row))
		}
		g = append(g, s)
	}
	return g
}

// mapped returns the grid with every cell changed.
func (g grid) mapped(change func(string) string) grid {
	return each(g, func(s strip) strip {
		s.cells = each(s.cells, change)
		return s
	})
}

// names returns the names of the columns.
func (g grid) names() []string {
	var names []string
	for _, s := range g {
		names = append(names, s.name)
	}
	return names
}

// lines returns the cells by line.
func (g grid) lines() [][]string {
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
func (s strip) width() int {
	width := twwidth.Width(s.name)
	for _, cell := range s.cells {
		width = max(width, twwidth.Width(cell))
	}
	return width
}

// all reports whether every cell is that text.
func (s strip) all(text string) bool {
	return !slices.ContainsFunc(s.cells, func(cell string) bool { return cell != text })
}

// width returns how many columns of the terminal the grid takes.
func (g grid) width() int {
	width := gap * (len(g) - 1)
	for _, s := range g {
		width += s.width()
	}
	return width
}

// told returns the grid without the columns that are blank in every line.
func (g grid) told() grid {
	return slices.DeleteFunc(slices.Clone(g), func(s strip) bool { return s.all("") })
}

// fit returns the grid in at most width columns of the terminal. It leaves out what says nothing in any line first and
// then goes by rank, and returns the names of what did say something. If what never goes is still too wide, the first
// column is shortened. Width 0 is unlimited.
func (g grid) fit(width int) (grid, []string) {
	var gone []string
	for width > 0 && g.width() > width {
		i := g.leastImportant()
		if g[i].rank == 0 {
			return g.shortened(width), gone
		}
		if !g[i].all(nothing) {
			gone = append(gone, g[i].name)
		}
		g = slices.Delete(slices.Clone(g), i, i+1)
	}
	return g, gone
}

// leastImportant returns the index of the column to leave out next.
func (g grid) leastImportant() int {
	least := 0
	for i, s := range g {
		if s.rank > 0 && s.all(nothing) {
			return i
		}
		if s.rank > g[least].rank {
			least = i
		}
	}
	return least
}

// legible is what shortening leaves of a name.
const legible = 8

// shortened returns the grid with the words of its first column, if it is of words, shortened so that it fits, but never
// beyond what is legible.
func (g grid) shortened(width int) grid {
	if !g[0].left {
		return g
	}
	g = slices.Clone(g)
	room := max(legible, g[0].width()-(g.width()-width))
	g[0].cells = each(g[0].cells, func(cell string) string { return shorten(cell, room) })
	return g
}
