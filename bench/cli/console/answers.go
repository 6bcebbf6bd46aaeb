package console

import (
	"cmp"
	"fmt"
	"time"

	"sweetspot/results"
	"sweetspot/results/text"
)

// answers are what was said last about each strategy.
type answers map[string]answer

type answer struct {
	optimum results.Optimum
	at      time.Duration // since the run began
}

// When there is something to say.
const (
	firstAnswer = 10 * time.Second // into the run, of what is only a guess; at once if the search has a verdict
	leastLimits = 8                // the ratio of the largest to the smallest limit tried that a guess needs
	nextAnswer  = 10 * time.Second // after the last one
	narrower    = 1.25             // the ratio of two intervals' widths that is worth a line
)

// line returns what to say about an optimum at a time since the run's beginning; it is empty if there is nothing new.
func (a answers) line(o results.Optimum, at time.Duration) string {
	last, said := a[o.Strategy]
	switch {
	case !said && !firstIsDue(o, at):
		return ""
	case said && (at-last.at < nextAnswer || !news(last.optimum, o)):
		return ""
	}
	a[o.Strategy] = answer{o, at}
	return fmt.Sprintf("after %s: %s", text.Span(at.Round(time.Second).Seconds()), sofar(o))
}

func firstIsDue(o results.Optimum, at time.Duration) bool {
	if o.Limit < 1 || o.Explored[1] < leastLimits*o.Explored[0] {
		return false
	}
	return o.Verdict.Decided() || at >= firstAnswer
}

// news reports whether an optimum says something new, and nothing less certain than before.
func news(before, now results.Optimum) bool {
	if before.Certain && !now.Certain || now.Limit < 1 {
		return false
	}
	if now.Certain != before.Certain || now.Verdict != before.Verdict {
		return true
	}
	return width(before) >= narrower*width(now)
}

// width is the ratio of the ends of the interval.
func width(o results.Optimum) float64 { return float64(o.High) / float64(max(1, o.Low)) }

// sofar says in one line what is known about a strategy.
func sofar(o results.Optimum) string {
	begin := o.Strategy + ": "
	low, high := text.Count(o.Low), text.Count(cmp.Or(o.High, o.Explored[1]))
	switch {
	case o.Limit < 1:
		return begin + "no answer yet"
	case o.Over == results.OverRate:
		return begin + fmt.Sprintf("%s/s is held so far", text.Count(o.Limit))
	case o.Verdict == results.NoKnee || o.Limit == o.Explored[1]:
		return begin + fmt.Sprintf("goodput still rises at %s, the largest limit tried so far", text.Count(o.Explored[1]))
	case o.Certain:
		return begin + fmt.Sprintf("use %s, 95%% sure; the best limit is in (%s, %s]", text.Count(o.Limit), low, high)
	case !o.Verdict.Decided():
		return begin + fmt.Sprintf("a limit of about %s looks best so far, of limits up to %s", text.Count(o.Limit), text.Count(o.Explored[1]))
	}
	return begin + fmt.Sprintf("use about %s; the best limit is in (%s, %s]", text.Count(o.Limit), low, high)
}
