package terminal

import (
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// An Area is the lines at the end of a terminal that are replaced again and again. The nil Area shows nothing.
type Area struct {
	to    io.Writer
	shown int // lines that are on the screen
}

// NewArea returns an area on the terminal that w is, nil if it is none or does not obey escape sequences.
func NewArea(w io.Writer) *Area {
	if !ShowsColours(w) {
		return nil
	}
	return &Area{to: Raw(w)}
}

// Size returns the columns and rows that the area may use now. Both are 0 for the nil Area.
func (a *Area) Size() (columns, rows int) {
	if a == nil {
		return 0, 0
	}
	columns, rows = size(a.to)
	return max(0, columns-1), max(0, rows-1) // the last column would wrap, and the cursor stands below the lines
}

// Show replaces what the area shows by the lines, which are cut to the size of the terminal.
func (a *Area) Show(lines []string) {
	if a == nil {
		return
	}
	columns, rows := a.Size()
	lines = lines[:min(len(lines), rows)]
	var text strings.Builder
	text.WriteString(a.erasing())
	for _, line := range lines {
		text.WriteString(twwidth.Truncate(safe(line), columns) + "\n")
	}
	_, _ = io.WriteString(a.to, text.String()) // a terminal that is gone is noticed when results are written
	a.shown = len(lines)
}

// Clear removes the lines from the terminal, so that what is printed next stands alone.
func (a *Area) Clear() {
	if a == nil || a.shown == 0 {
		return
	}
	_, _ = io.WriteString(a.to, a.erasing())
	a.shown = 0
}

// erasing returns the sequence that moves the cursor to the first line of the area and erases everything below.
func (a *Area) erasing() string {
	if a.shown == 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA\r\x1b[J", a.shown)
}

// widestBar is the width of a bar; a narrow terminal has a narrower one.
const widestBar = 20

// Bar returns a bar that shows a share, from 0 to 1, on a terminal with that many columns.
func Bar(share float64, columns int) string {
	width := min(widestBar, columns/6)
	done := int(share * float64(width))
	return "[" + strings.Repeat("█", done) + strings.Repeat("░", width-done) + "]"
}
