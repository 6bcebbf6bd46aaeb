package render

import (
	"slices"

	"sweetspot/results/text"
)

// withoutBlank returns the grid without the columns that are blank in every line.
func (g Grid) withoutBlank() Grid {
	return slices.DeleteFunc(slices.Clone(g), func(c Column) bool { return c.Only("") })
}

// vital is the highest rank of the important columns: before one of them is left out, other columns become compact and names
// are shortened.
const vital = 3

// The fewest characters to which names are shortened: to keep a vital column, and to keep a column of rank 1 or 0.
const (
	fewestForVital = 14
	fewestForRank1 = 8
)

// fit returns the grid in at most width columns of the terminal, if that is possible. It leaves out columns without any
// figure first, then columns by rank. Before it leaves out a vital column, it makes columns compact and shortens the texts
// of the first one. It also returns the names of the columns with figures that it left out. Width 0 is unlimited.
func (g Grid) fit(width int) (Grid, []string) {
	var omitted []string
	for width > 0 && g.width() > width {
		i := g.leastImportant()
		if rank := g[i].rank; rank <= vital && !g[i].Only(text.None) {
			if narrower, done := g.compactOne(); done {
				g = narrower
				continue
			}
			fewest := fewestForVital
			if rank <= 1 {
				fewest = fewestForRank1
			}
			if short := g.shortened(width, fewest); short.width() <= width || rank == 0 {
				return short, omitted
			}
		}
		if !g[i].Only(text.None) {
			omitted = append(omitted, g[i].name)
		}
		g = slices.Delete(slices.Clone(g), i, i+1)
	}
	return g, omitted
}

// compactOne returns the grid with one more compact column, and false if there is none left to make so.
func (g Grid) compactOne() (Grid, bool) {
	i := slices.IndexFunc(g, func(c Column) bool { return c.compact != nil })
	if i < 0 {
		return g, false
	}
	g = slices.Clone(g)
	g[i] = *g[i].compact
	return g, true
}

// keys returns how to read the compact columns.
func (g Grid) keys() []string {
	var keys []string
	for _, c := range g {
		if c.key != "" {
			keys = append(keys, c.key)
		}
	}
	return keys
}

// leastImportant returns the index of the column to leave out next.
func (g Grid) leastImportant() int {
	least := 0
	for i, c := range g {
		if c.rank > 0 && c.Only(text.None) {
			return i
		}
		if c.rank > g[least].rank {
			least = i
		}
	}
	return least
}

// shortened returns the grid with the texts of its first column shortened so that the grid fits, but not to less than least
// characters. A column of numbers stays as it is.
func (g Grid) shortened(width, least int) Grid {
	if !g[0].left {
		return g
	}
	g = slices.Clone(g)
	room := max(least, g[0].width()-(g.width()-width))
	g[0].cells = text.Each(g[0].cells, func(cell string) string { return shorten(cell, room) })
	return g
}
