package report

import (
	"bytes"
	"fmt"

	"sweetspot/results"
	"sweetspot/results/snippet"
	"sweetspot/results/text"
)

// programs is the part of the page with the answer of a run as code, one tab for each language.
type programs struct {
	ID    string // tells the tabs of one run from those of another
	Title string
	Tabs  []programTab
}

// A programTab has the code in one language.
type programTab struct {
	Language snippet.Language
	Title    string
	Line     string // for a program that exists already
	Program  string // a whole one
}

// newPrograms returns the code for the limit of a headline, with that many redirects at most, or nil if it names none.
func newPrograms(h results.Headline, follow int, letter string) (*programs, error) {
	if h.Limit < 1 {
		return nil, nil
	}
	p := &programs{ID: "use" + letter, Title: fmt.Sprintf("Keep to %s in your own program", text.Count(h.Limit))}
	if letter != "" {
		p.Title = letter + ": " + p.Title
	}
	for _, l := range snippet.Lines(h.Limit) {
		var program bytes.Buffer
		if err := snippet.Write(&program, l.Language, snippet.Use{Limit: h.Limit, Follow: follow, Why: h.Source}); err != nil {
			return nil, err
		}
		p.Tabs = append(p.Tabs, programTab{l.Language, l.Title, l.Code, program.String()})
	}
	return p, nil
}
