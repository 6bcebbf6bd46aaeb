package render

import (
	"sweetspot/results"
	"sweetspot/results/text"
)

// A tone is what a text on a page is to its reader. A terminal shows it by colour, which repeats what the words say and
// never says it alone.
type Style string

// The tones, by the parameters of the escape sequence (ECMA-48, SGR) that a terminal shows them by. They are of the eight
// colours that everybody's terminal has chosen to be legible, and none is of the background.
const (
	Plain   Style = ""     // nothing to remark
	Strong  Style = "1"    // what to read first
	Best    Style = "1;32" // the winner, the limit to use
	Good    Style = "32"   // what cannot be told from it
	Caution Style = "33"   // what to know before the figure is trusted
	Trouble Style = "31"   // what went wrong
	Faint   Style = "2"    // what need not be read twice
)

// paint returns a text, of one line, in the tone.
func (t Style) paint(words string) string {
	if t == Plain || words == "" {
		return words
	}
	return "\x1b[" + string(t) + "m" + words + "\x1b[0m"
}

// A stroke is a line that is drawn with characters.
type Line struct {
	Style Style
	Text  string
}

// rowStyle returns the tone of a strategy's row in a comparison, which its verdict says in words.
func rowStyle(s results.Summary) Style {
	switch s.Versus() {
	case string(results.Fastest):
		return Best
	case results.NearFastest:
		return Good
	}
	return Plain
}

// verdictStyle returns the tone of a verdict: that of its row, unless the repeats are too few to bear one.
func verdictStyle(s results.Summary) Style {
	if s.Versus() == results.TooFewToSay {
		return Faint
	}
	return rowStyle(s)
}

// failureStyle returns the tone of what says how many requests failed.
func failureStyle(s results.Summary) Style {
	if Failures(s) == text.None {
		return Plain
	}
	return Trouble
}

// limitStyle returns the tone of the row of a limit, which its mark says in words.
func limitStyle(o *results.Optimum, limit int) Style {
	switch {
	case o.Mark(limit) == "":
		return Plain
	case limit == o.Limit:
		return conclusionStyle(o)
	case o.Certain:
		return Good
	}
	return Plain // where little is known, most of the limits cannot be told from the peak
}

// conclusionStyle returns the tone of what a sweep concludes.
func conclusionStyle(o *results.Optimum) Style {
	if o.Label() == results.Use && o.Certain {
		return Best
	}
	return Caution
}
