package cli

import (
	"io"
	"os"
)

// When to colour what is printed, as --color takes it.
const (
	auto   = "auto"
	always = "always"
	never  = "never"
)

// coloured reports whether what is written to w is to be coloured. The user who says nothing gets colours on a terminal
// that shows them, but not with NO_COLOR set to anything (no-color.org).
func coloured(w io.Writer, when string) bool {
	shown := columns(w) > 0 && showsColours(w.(*os.File)) // asked in any case, since a console may have to be told to
	if when != auto {
		return when == always
	}
	return shown && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
