// Package terminal says how wide the terminal is that output goes to, and whether it shows colours, wraps text to fit it, and
// keeps from it what it must not obey.
package terminal

import (
	"io"

	"golang.org/x/term"
)

// Columns returns the width of w in characters; 0 if w is not a terminal or its width is not known.
func Columns(w io.Writer) int {
	columns, _ := size(w)
	return columns
}

// size returns the columns and rows of w, 0 if w is not a terminal or they are not known.
func size(w io.Writer) (columns, rows int) {
	f := file(w)
	if f == nil || !term.IsTerminal(int(f.Fd())) {
		return 0, 0
	}
	columns, rows, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return columns, rows
}

// ShowsColours reports whether w is a terminal that obeys escape sequences. A Windows console is switched to obey them if
// it can.
func ShowsColours(w io.Writer) bool { return Columns(w) > 0 && obeysEscapes(file(w)) }
