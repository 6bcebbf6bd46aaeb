package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes a string that came from outside safe to print: one line of valid UTF-8 without control
// characters and without characters that change the direction of writing. A sequence of white space becomes
// one space; a character that must not be printed becomes U+FFFD.
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
