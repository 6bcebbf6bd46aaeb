package render

import (
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// wrap breaks a text between words into lines of at most width columns, and indents all lines but the first. Words longer
// than a line stay whole: they are URLs and paths, which people copy. Width 0 is unlimited.
func wrap(text string, width int, indent string) []string {
	if width <= 0 {
		return []string{text}
	}
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case twwidth.Width(line)+1+twwidth.Width(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = indent + word
		}
	}
	return append(lines, line)
}

// shorten removes text from the middle until it is at most width columns wide: names of strategies differ at both ends.
func shorten(text string, width int) string {
	if twwidth.Width(text) <= width {
		return text
	}
	runes := []rune(text)
	for keep := len(runes) - 1; keep > 0; keep-- {
		head, tail := (keep+1)/2, keep/2
		short := string(runes[:head]) + "…" + string(runes[len(runes)-tail:])
		if twwidth.Width(short) <= width {
			return short
		}
	}
	return "…"
}
