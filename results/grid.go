package results

import (
	"slices"
	"sweetspot/results/text"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// A column says how one figure of a row is shown.
type column[T any] struct {
	name string
	rank int  // where space is short the highest rank goes first; 0 never goes
	left bool // aligned left: words are, numbers are not
	cell func(T) string
	tone func(T) tone // nil if there is nothing to remark
	fold *fold[T]     // nil if there is no narrower way to show it
}

// A fold is a narrower way to show a column, for where space is short.
type fold[T any] struct {
	name string
	cell func(T) string
	key  string // how to read it
}

// A strip is a column of a grid, filled in.
type strip struct {
	name   string
	rank   int
	left   bool
	cells  []string
	tones  []tone // of the cells; nil if all are even
	folded *strip // nil if there is no narrower way to show it
	key    string // how to read one that was folded
}

// A grid is a table of text, before it is known how it is drawn.
type grid []strip

// tabulate fills a grid with a line for each of the rows.
func tabulate[T any](rows []T, columns []column[T]) grid {
	var g grid
	for _, c := range columns {
		s := c.filled(rows)
		if c.fold != nil {
			short := c
			short.name, short.cell = c.fold.name, c.fold.cell
			folded := short.filled(rows)
			folded.key = c.fold.key
			s.folded = &folded
		}
		g = append(g, s)
	}
	return g
}

// filled returns the column with a cell for each of the rows.
func (c column[T]) filled(rows []T) strip {
	s := strip{name: c.name, rank: c.rank, left: c.left}
	for _, row := range rows {
		s.cells = append(s.cells, c.cell(row))
		if c.tone != nil {
			s.tones = append(s.tones, c.tone(row))
		}
	}
	return s
}

// toned returns the columns with each row in a tone, where a column has none of its own.
func toned[T any](columns []column[T], row func(T) tone) []column[T] {
	return text.Each(columns, func(c column[T]) column[T] {
		if c.tone == nil {
			c.tone = row
		}
		return c
	})
}

// painted returns the grid with every cell in its tone.
func (g grid) painted() grid {
	return text.Each(g, func(s strip) strip {
		cells := slices.Clone(s.cells)
		for i, tone := range s.tones {
			cells[i] = tone.paint(cells[i])
		}
		s.cells = cells
		return s
	})
}

// mapped returns the grid with every cell changed.
func (g grid) mapped(change func(string) string) grid {
	return text.Each(g, func(s strip) strip {
		s.cells = text.Each(s.cells, change)
		if s.folded != nil {
			folded := *s.folded
			folded.cells = text.Each(folded.cells, change)
			s.folded = &folded
		}
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
func (s strip) all(words string) bool {
	return !slices.ContainsFunc(s.cells, func(cell string) bool { return cell != words })
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

// vital is the highest rank of the columns for whose sake others are folded and names are shortened.
const vital = 3

// What shortening leaves of a name: one that is easy to tell from others, for the sake of a vital column, and one that
// can be told at all, for the sake of what never goes or goes last.
const (
	readable = 14
	legible  = 8
)

// fit returns the grid in at most width columns of the terminal, if it can be done. It leaves out what says nothing in
// any line first and then goes by rank, but folds columns and shortens the words of the first one before anything vital
// goes. It returns also the names of the columns left out that did say something. Width 0 is unlimited.
func (g grid) fit(width int) (grid, []string) {
	var gone []string
	for width > 0 && g.width() > width {
		i := g.leastImportant()
		if rank := g[i].rank; rank <= vital && !g[i].all(text.None) {
			if folded, done := g.foldOne(); done {
				g = folded
				continue
			}
			name := readable
			if rank <= 1 {
				name = legible
			}
			if short := g.shortened(width, name); short.width() <= width || rank == 0 {
				return short, gone
			}
		}
		if !g[i].all(text.None) {
			gone = append(gone, g[i].name)
		}
		g = slices.Delete(slices.Clone(g), i, i+1)
	}
	return g, gone
}

// foldOne returns the grid with one more column folded, if there is one left.
func (g grid) foldOne() (grid, bool) {
	i := slices.IndexFunc(g, func(s strip) bool { return s.folded != nil })
	if i < 0 {
		return g, false
	}
	g = slices.Clone(g)
	g[i] = *g[i].folded
	return g, true
}

// keys returns how to read the columns that were folded.
func (g grid) keys() []string {
	var keys []string
	for _, s := range g {
		if s.key != "" {
			keys = append(keys, s.key)
		}
	}
	return keys
}

// leastImportant returns the index of the column to leave out next.
func (g grid) leastImportant() int {
	least := 0
	for i, s := range g {
		if s.rank > 0 && s.all(text.None) {
			return i
		}
		if s.rank > g[least].rank {
			least = i
		}
	}
	return least
}

// shortened returns the grid with the words of its first column, if it is of words, shortened so that it fits, but never
// below so many columns.
func (g grid) shortened(width, least int) grid {
	if !g[0].left {
		return g
	}
	g = slices.Clone(g)
	room := max(least, g[0].width()-(g.width()-width))
	g[0].cells = text.Each(g[0].cells, func(cell string) string { return shorten(cell, room) })
	return g
}
