package render

import (
	"slices"

	"sweetspot/results/text"
)

// told returns the grid without the columns that are blank in every line.
func (g Grid) withoutBlank() Grid {
	return slices.DeleteFunc(slices.Clone(g), func(s Column) bool { return s.Only("") })
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
func (g Grid) fit(width int) (Grid, []string) {
	var gone []string
	for width > 0 && g.width() > width {
		i := g.leastImportant()
		if rank := g[i].rank; rank <= vital && !g[i].Only(text.None) {
			if folded, done := g.compactOne(); done {
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
		if !g[i].Only(text.None) {
			gone = append(gone, g[i].name)
		}
		g = slices.Delete(slices.Clone(g), i, i+1)
	}
	return g, gone
}

// foldOne returns the grid with one more column folded, if there is one left.
func (g Grid) compactOne() (Grid, bool) {
	i := slices.IndexFunc(g, func(s Column) bool { return s.compact != nil })
	if i < 0 {
		return g, false
	}
	g = slices.Clone(g)
	g[i] = *g[i].compact
	return g, true
}

// keys returns how to read the columns that were folded.
func (g Grid) keys() []string {
	var keys []string
	for _, s := range g {
		if s.key != "" {
			keys = append(keys, s.key)
		}
	}
	return keys
}

// leastImportant returns the index of the column to leave out next.
func (g Grid) leastImportant() int {
	least := 0
	for i, s := range g {
		if s.rank > 0 && s.Only(text.None) {
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
func (g Grid) shortened(width, least int) Grid {
	if !g[0].left {
		return g
	}
	g = slices.Clone(g)
	room := max(least, g[0].width()-(g.width()-width))
	g[0].cells = text.Each(g[0].cells, func(cell string) string { return shorten(cell, room) })
	return g
}
