package results

import "sweetspot/results/text"

// A tone is what a text on a page is to its reader. A terminal shows it by colour, which repeats what the words say and
// never says it alone.
type tone string

// The tones, by the parameters of the escape sequence (ECMA-48, SGR) that a terminal shows them by. They are of the eight
// colours that everybody's terminal has chosen to be legible, and none is of the background.
const (
	even    tone = ""     // nothing to remark
	strong  tone = "1"    // what to read first
	best    tone = "1;32" // the winner, the limit to use
	good    tone = "32"   // what cannot be told from it
	caution tone = "33"   // what to know before the figure is trusted
	trouble tone = "31"   // what went wrong
	faint   tone = "2"    // what need not be read twice
)

// paint returns a text, of one line, in the tone.
func (t tone) paint(words string) string {
	if t == even || words == "" {
		return words
	}
	return "\x1b[" + string(t) + "m" + words + "\x1b[0m"
}

// A stroke is a line that is drawn with characters.
type stroke struct {
	tone tone
	text string
}

// rowTone returns the tone of a strategy's row in a comparison, which its verdict says in words.
func (s Summary) rowTone() tone {
	switch verdict(s) {
	case Fastest:
		return best
	case "~ fastest":
		return good
	}
	return even
}

// verdictTone returns the tone of a verdict: that of its row, unless the repeats are too few to bear one.
func verdictTone(s Summary) tone {
	if verdict(s) == "too few to say" {
		return faint
	}
	return s.rowTone()
}

// tone returns the tone of a row that compares two runs, which its verdict says in words.
func (r Change) tone() tone {
	switch r.Verdict {
	case Faster:
		return good
	case Slower, Failed:
		return trouble
	}
	return even
}

// failureTone returns the tone of what says how many requests failed.
func failureTone(s Summary) tone {
	if failures(s) == text.None {
		return even
	}
	return trouble
}

// tone returns the tone of the row of a limit, which its mark says in words.
func (o *Optimum) tone(limit int) tone {
	switch {
	case o.mark(limit) == "":
		return even
	case limit == o.Limit:
		return o.conclusion()
	case o.Certain:
		return good
	}
	return even // where little is known, most of the limits cannot be told from the peak
}

// conclusion returns the tone of what a sweep concludes.
func (o *Optimum) conclusion() tone {
	if o.label() == "use" && o.Certain {
		return best
	}
	return caution
}
