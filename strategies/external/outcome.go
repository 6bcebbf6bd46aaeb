package external

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sweetspot/strategies"
)

// reported is what a program reports about one request. Its times are on the program's clock.
type reported struct {
	number         int64
	start, latency time.Duration
	outcome        strategies.Outcome
}

// reports are the outcomes in a done message. They have their own parser: a fast program reports 50,000 requests per second,
// for which reflection would be slow.
type reports []reported

// maxNumber is the largest integer that is accepted, in nanoseconds 18 years. The sum of a few such integers does not overflow.
const maxNumber = 1 << 59

// UnmarshalJSON implements [json.Unmarshaler]. Package json calls it with valid JSON only.
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

// outcome parses one outcome.
func (s *scanner) outcome() (reported, error) {
	var numbers [5]int64
	ok := s.take('[')
	for i := range numbers {
		ok = ok && (i == 0 || s.take(','))
		numbers[i] = s.natural(&ok)
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
	r := reported{number: numbers[0], start: time.Duration(numbers[1]), latency: time.Duration(numbers[2])}
	var err error
	r.outcome, err = newOutcome(numbers[3], numbers[4], failed, class, reason)
	return r, err
}

// newOutcome returns the outcome that a program reports, or an error if its parts contradict each other.
func newOutcome(status, bytes int64, failed bool, class, reason string) (strategies.Outcome, error) {
	if status != 0 && (status < 100 || status > 999) {
		return strategies.Outcome{}, fmt.Errorf("an outcome has the status %d: want 100 to 999, or 0 for none", status)
	}
	if !failed {
		if status == 0 {
			return strategies.Outcome{}, errors.New("an outcome has neither a status nor a class")
		}
		return strategies.Answered(int(status), bytes, nil), nil
	}
	parsed, known := strategies.ParseClass(class)
	if !known || parsed == strategies.OK || parsed == strategies.BadStatus {
		return strategies.Outcome{}, fmt.Errorf("an outcome has the class %s: want one of those in EXTERNAL.md", quoted([]byte(class)))
	}
	o := strategies.Outcome{Class: parsed, Status: int(status), Bytes: bytes, Err: errors.New(class)}
	if reason != "" {
		o.Err = errors.New(reason)
	}
	return o, nil
}

// scanner is the rest of a valid JSON value.
type scanner []byte

// next skips white space and returns the next byte, 0 at the end.
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

// take skips c if it comes next, and reports whether it did.
func (s *scanner) take(c byte) bool {
	if s.next() != c {
		return false
	}
	*s = (*s)[1:]
	return true
}

// natural reads an integer from 0 to maxNumber, or sets ok to false if none comes next.
func (s *scanner) natural(ok *bool) int64 {
	s.next()
	var n int64
	digits := 0
	for digits < len(*s) && '0' <= (*s)[digits] && (*s)[digits] <= '9' && n <= maxNumber {
		n = 10*n + int64((*s)[digits]-'0')
		digits++
	}
	*ok = *ok && digits > 0 && n <= maxNumber // a fraction or an exponent after the digits fails in the caller
	*s = (*s)[digits:]
	return n
}

// text reads a string, or sets ok to false if none comes next.
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
