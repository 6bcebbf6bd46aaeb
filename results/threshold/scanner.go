package threshold

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"sweetspot/results/text"
)

// A scanner reads the text of a requirement.
type scanner struct {
	text string
	at   int // the offset of the next byte
}

const (
	letters  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	numerals = "0123456789"
	blanks   = " \t\r\n"
)

// next reports whether the next character is one of the characters.
func (s *scanner) next(characters string) bool {
	return s.at < len(s.text) && strings.IndexByte(characters, s.text[s.at]) >= 0
}

// all reads the longest sequence of the characters that comes next. It may be empty.
func (s *scanner) all(characters string) string {
	from := s.at
	for s.next(characters) {
		s.at++
	}
	return s.text[from:s.at]
}

// skip reads blanks and returns the offset after them.
func (s *scanner) skip() int {
	s.all(blanks)
	return s.at
}

// one reads the first of the symbols that the rest begins with. It returns the empty string if there is none.
func (s *scanner) one(symbols ...string) string {
	for _, symbol := range symbols {
		if strings.HasPrefix(s.text[s.at:], symbol) {
			s.at += len(symbol)
			return symbol
		}
	}
	return ""
}

// found says what comes next, for an error that wants something else.
func (s *scanner) found() string {
	rest := []rune(text.Clean(s.text[s.at:]))
	if len(rest) == 0 {
		return "at the end"
	}
	return fmt.Sprintf("before %q", string(rest[:min(len(rest), 12)]))
}

// column returns the number, from 1, of the character at an offset.
func (s *scanner) column(at int) int { return utf8.RuneCountInString(s.text[:at]) + 1 }

// fault returns an error that names the column of an offset.
func (s *scanner) fault(at int, format string, args ...any) error {
	return fmt.Errorf("column %d: %s", s.column(at), fmt.Sprintf(format, args...))
}
