// Package terminal says how wide the terminal is that output goes to, and whether it shows colours, and wraps text to fit it.
package terminal

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Columns returns the width of w in characters; 0 if w is not a terminal or its width is not known.
func Columns(w io.Writer) int {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// ShowsColours reports whether w is a terminal that obeys escape sequences. A Windows console is switched to obey them if
// it can.
func ShowsColours(w io.Writer) bool { return Columns(w) > 0 && obeysEscapes(w.(*os.File)) }
