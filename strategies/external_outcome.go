package strategies

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// reported is what a program says of one request. Its times are on the program's clock.
type reported struct {
	number         int64
	start, latency time.Duration
	outcome        Outcome
}

// reports are read by hand, since a fast program makes 50,000 a second.
type reports []reported

// latest is the largest time and number that is believed: so far from where sums overflow, and 18 years from 0.
const latest = 1 << 59

// UnmarshalJSON implements [json.Unmarshaler], which promises that text is valid JSON.
func (r *reports) UnmarshalJSON(text []byte) error {
	*r = slices.Grow((*r)[:0], bytes.Count(text, []byte("[")))
	s := scanner(text)
	if !s.take('[') {
		return errOutcome
	}
	for !s.take(']') {
		if len(*r) > 0 && !s.take(',') {
			return errOutcome
		}
		one, err := s.outcome()
		if err != nil {
			return err
		}
		*r = append(*r, one)
	}
	return nil
}

var errOutcome = errors.New("an outcome is not [number, start, latency, status, bytes] or that with class and reason")

// outcome reads one outcome.
func (s *scanner) outcome() (reported, error) {
	var figures [5]int64
	ok := s.take('[')
	for i := range figures {
		ok = ok && (i == 0 || s.take(','))
		figures[i] = s.natural(&ok)
	}
	var class, reason string
	failed := ok && s.take(',')
	if failed {
		class = s.text(&ok)
		if s.take(',') {
			reason = s.text(&ok)
		}
	}
	if !ok || !s.take(']') {
		return reported{}, errOutcome
	}
	r := reported{number: figures[0], start: time.Duration(figures[1]), latency: time.Duration(figures[2])}
	var err error
	r.outcome, err = judge(figures[3], figures[4], failed, class, reason)
	return r, err
}

// judge makes an outcome of what a program says of one.
func judge(status, bytes int64, failed bool, class, reason string) (Outcome, error) {
	if status != 0 && (status < 100 || status > 999) {
		return Outcome{}, fmt.Errorf("an outcome has the status %d: want 100 to 999, or 0 for none", status)
	}
	if !failed {
		if status == 0 {
			return Outcome{}, errors.New("an outcome has neither a status nor a class")
		}
		return Answered(int(status), bytes, nil), nil
	}
	known := slices.Index(classNames[:], class)
	if known < 0 || Class(known) == OK || Class(known) == BadStatus {
		return Outcome{}, fmt.Errorf("an outcome has the class %s: want one of those of EXTERNAL.md", quoted([]byte(class)))
	}
	o := Outcome{Class: Class(known), Status: int(status), Bytes: bytes, Err: errors.New(class)}
	if reason != "" {
		o.Err = errors.New(reason)
	}
	return o, nil
}

// scanner is what is left to read of a JSON value that is known to be valid.
type scanner []byte

// next skips blanks and returns what comes then, 0 at the end.
func (s *scanner) next() byte {
	for i, c := range *s {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			*s = (*s)[i:]
			return c
		}
	}
	*s = nil
	return 0
}

// take skips c and reports whether it came next.
func (s *scanner) take(c byte) bool {
	if s.next() != c {
		return false
	}
	*s = (*s)[1:]
	return true
}

// natural reads a number, or sets ok to false if what comes next is none of the numbers from 0 to latest.
func (s *scanner) natural(ok *bool) int64 {
	s.next()
	var n int64
	digits := 0
	for digits < len(*s) && '0' <= (*s)[digits] && (*s)[digits] <= '9' && n <= latest {
		n = 10*n + int64((*s)[digits]-'0')
		digits++
	}
	*ok = *ok && digits > 0 && n <= latest // what follows the digits, if it is more of a number, is nothing that may follow
	*s = (*s)[digits:]
	return n
}

// text reads a string, or sets ok to false if what comes next is none.
func (s *scanner) text(ok *bool) string {
	if s.next() != '"' {
		*ok = false
		return ""
	}
	for i := 1; i < len(*s); i++ {
		switch (*s)[i] {
		case '\\':
			i++
		case '"':
			var text string
			*ok = *ok && json.Unmarshal((*s)[:i+1], &text) == nil
			*s = (*s)[i+1:]
			return text
		}
	}
	*ok = false
	return ""
}
