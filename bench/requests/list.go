// Package requests has the requests of a load as people have them: a list with what each sends, headers for single hosts, and the
// cookies of a login.
package requests

import (
	"errors"
	"fmt"
	"strings"

	"sweetspot/strategies"
	"sweetspot/strategies/lines"
)

// A List is the requests of a text with one a line. It implements bench's URLs and Messages.
type List struct {
	urls     []string
	messages []*strategies.Message // of the same requests; nil if none has one
}

// Parse reads a request per line, as package lines does. Blank lines and lines that begin with # are skipped. Every line that is
// wrong is an error that names the line's number; the errors are joined.
func Parse(text string) (*List, error) {
	var (
		l    List
		errs []error
	)
	text = strings.TrimPrefix(text, "\ufeff") // a byte order mark
	all := strings.Split(text, "\n")
	for number := 0; number < len(all); number++ {
		line, first := []byte(strings.TrimSpace(all[number])), number+1
		for ; lines.GoesOn(line) && number+1 < len(all); number++ {
			line = lines.Join(line, []byte(strings.TrimSpace(all[number+1])))
		}
		if lines.Skipped(line) {
			continue
		}
		request, err := lines.Parse(line)
		if err == nil {
			err = strategies.CheckURL(request.URL)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("line %d: %w", first, err))
			continue
		}
		l.add(request)
	}
	if len(l.urls) == 0 && len(errs) == 0 {
		return nil, errors.New("no URL in it: want one per line")
	}
	return &l, errors.Join(errs...)
}

func (l *List) add(request lines.Line) {
	if request.Message != nil && l.messages == nil {
		l.messages = make([]*strategies.Message, len(l.urls), cap(l.urls))
	}
	if l.messages != nil {
		l.messages = append(l.messages, request.Message)
	}
	l.urls = append(l.urls, request.URL)
}

// Len returns the number of requests.
func (l *List) Len() int64 { return int64(len(l.urls)) }

// At returns the URL of the i-th request, from 0; after the last comes the first again.
func (l *List) At(i int64) string { return l.urls[i%int64(len(l.urls))] }

// Varied reports whether a request has a message of its own.
func (l *List) Varied() bool { return l.messages != nil }

// Message returns the message of the i-th request, nil if it has none.
func (l *List) Message(i int64, _ string) *strategies.Message {
	if l.messages == nil {
		return nil
	}
	return l.messages[i%int64(len(l.messages))]
}
