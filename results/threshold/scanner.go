package threshold

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"sweetspot/results/text"
)

// A scanner goes through the text of a requirement.
type scanner struct {
	text string
	at   int // the byte that comes next
}

const (
	letters  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	numerals = "0123456789"
	blanks   = " \t\r\n"
)

// next reports whether one of the characters comes next.
func (s *scanner) next(characters string) bool {
	return s.at < len(s.text) && strings.IndexByte(characters, s.text[s.at]) >= 0
}

// all goes past those of the characters that come next, and returns them.
func (s *scanner) all(characters string) string {
	from := s.at
	for s.next(characters) {
		s.at++
	}
	return s.text[from:s.at]
}

// skip goes past blanks and returns where it is then.
func (s *scanner) skip() int {
	s.all(blanks)
	return s.at
}

// one goes past the first of the symbols that comes next, and returns it; it is empty if none does.
func (s *scanner) one(symbols ...string) string {
	for _, symbol := range symbols {
		if strings.HasPrefix(s.text[s.at:], symbol) {
			s.at += len(symbol)
			return symbol
		}
	}
	return ""
}

// found says what comes next, where something else is wanted.
func (s *scanner) found() string {
	rest := []rune(text.Clean(s.text[s.at:]))
	if len(rest) == 0 {
		return "at the end"
	}
	return fmt.Sprintf("before %q", string(rest[:min(len(rest), 12)]))
}

// column returns the number, from 1, of the character that begins at a place in the text.
func (s *scanner) column(at int) int { return utf8.RuneCountInString(s.text[:at]) + 1 }

// fault returns an error that names a place in the text.
func (s *scanner) fault(at int, format string, args ...any) error {
	return fmt.Errorf("column %d: %s", s.column(at), fmt.Sprintf(format, args...))
}
