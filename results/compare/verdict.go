package compare

import (
	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// A Verdict says how two sides differ in one respect: a [Change] or a [Shift].
type Verdict string

// The verdicts of a [Change].
const (
	Faster            Verdict = "faster"            // the new run is certainly faster, by more than [stat.Negligible]
	Slower            Verdict = "slower"            // the new run is certainly slower, by more than that
	Indistinguishable Verdict = "indistinguishable" // the interval includes 1; also a verdict of a Shift
	TooFew            Verdict = "too-few"           // one of the runs has a single trial, from which no interval follows
	Failed            Verdict = "failed"            // one of the runs has trials without a success, so that there is no ratio
)

// The verdicts of a [Shift].
const (
	Higher       Verdict = "higher"       // the new limit to use is certainly higher
	Lower        Verdict = "lower"        // the new limit to use is certainly lower
	Incomparable Verdict = "incomparable" // one of the sweeps names no limit to use, or they have an objective or different shares
)

// words writes the verdict of a row for people.
func (r Change) words() string {
	switch r.Verdict {
	case Indistinguishable:
		return "~"
	case TooFew:
		return results.TooFewToSay
	case Slower:
		if *r.Ratio <= 0.5 {
			return text.Number(1 / *r.Ratio) + "× slower"
		}
		return text.Percent(1-*r.Ratio) + " slower"
	case Faster:
		if *r.Ratio >= 2 {
			return text.Number(*r.Ratio) + "× faster"
		}
		return text.Percent(*r.Ratio-1) + " faster"
	}
	return string(r.Verdict)
}

// style returns the style of a row, which its verdict says in words.
func (r Change) style() render.Style {
	switch r.Verdict {
	case Faster:
		return render.Good
	case Slower, Failed:
		return render.Trouble
	}
	return render.Plain
}

// words writes for people in which direction the limit to use has moved.
func (s Shift) words() string {
	switch s.Verdict {
	case Indistinguishable:
		return "~"
	case Incomparable:
		return text.None
	}
	return string(s.Verdict)
}

// limitOf writes the limit of an optimum, or, where it is not one to use, what was found instead.
func limitOf(o results.Optimum) string {
	switch o.Label() {
	case results.Use:
		return text.Count(o.Limit)
	case "":
		return string(o.Verdict)
	}
	return string(o.Verdict) + ", " + text.Count(o.Limit)
}
