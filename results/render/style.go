package render

import (
	"sweetspot/results"
	"sweetspot/results/text"
)

// A Style says what a text means to its reader. A terminal shows it by colour, which repeats what the words say: no style
// carries information that the words lack.
type Style string

// The styles, as parameters of the escape sequence SGR (ECMA-48). They use the eight basic colours, which terminals are set
// up to show legibly, and none changes the background.
const (
	Plain   Style = ""     // nothing to remark
	Strong  Style = "1"    // what to read first
	Best    Style = "1;32" // the winner, the limit to use
	Good    Style = "32"   // what is as good a choice as the winner
	Caution Style = "33"   // a reason not to trust a figure
	Trouble Style = "31"   // what went wrong
	Faint   Style = "2"    // what need not be read every time
)

// paint returns a text of one line in the style.
func (s Style) paint(words string) string {
	if s == Plain || words == "" {
		return words
	}
	return "\x1b[" + string(s) + "m" + words + "\x1b[0m"
}

// A Line is one line of a picture that consists of characters.
type Line struct {
	Style Style
	Text  string
}

// rowStyle returns the style of a strategy's row in a comparison.
func rowStyle(s results.Summary) Style {
	switch {
	case s.Verdict == results.Fastest && s.Error == "":
		return Best
	case s.IsClose():
		return Good
	}
	return Plain
}

// verdictStyle returns the style of a verdict: that of its row, unless there are too few repeats to tell strategies apart.
func verdictStyle(s results.Summary) Style {
	if s.Verdict == results.Indistinguishable && s.Error == "" && !s.IsClose() {
		return Faint
	}
	return rowStyle(s)
}

// failureStyle returns the style of the number of failed requests.
func failureStyle(s results.Summary) Style {
	if Failures(s) == text.None {
		return Plain
	}
	return Trouble
}

// limitStyle returns the style of a limit's row in a sweep.
func limitStyle(o *results.Optimum, s results.Summary) Style {
	switch mark := o.Mark(s.Level(), s.PerSecond); {
	case mark == "":
		return Plain
	case mark == results.RequestsFail:
		return Caution
	case s.Level() == o.Limit:
		return conclusionStyle(o)
	case o.Certain:
		return Good
	}
	return Plain // if little is known, the peak may be at most limits
}

// conclusionStyle returns the style of what a sweep concludes.
func conclusionStyle(o *results.Optimum) Style {
	if o.Label() == results.Use && o.Certain {
		return Best
	}
	return Caution
}
