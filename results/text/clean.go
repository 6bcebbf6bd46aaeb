package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes a string that came from outside safe to print: one line of valid UTF-8 with nothing that a terminal
// obeys, neither control characters nor those that change the direction of writing. Runs of white space become one
// blank; what must not be printed becomes U+FFFD.
func Clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.C, r) || r == '\u2028' || r == '\u2029':
			return utf8.RuneError
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
