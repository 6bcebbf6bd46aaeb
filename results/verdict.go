package results

import (
	"cmp"
	"fmt"
	"strings"

	"sweetspot/results/text"
)

// A Verdict says what a sweep found.
type Verdict string

// The verdicts. A new one needs an entry in [Verdicts] and in the table verdicts.
const (
	Peak        Verdict = "peak"         // goodput rises to a peak and falls after it
	Plateau     Verdict = "plateau"      // the top of the curve is flat: Limit is its left edge
	NoKnee      Verdict = "no-knee"      // still rising at the largest limit tried
	Cliff       Verdict = "cliff"        // goodput falls steeply above Limit, which is the largest safe limit
	Multimodal  Verdict = "multimodal"   // goodput falls and rises again
	ClientBound Verdict = "client-bound" // the client is the bottleneck, not the server
	Objective   Verdict = "objective"    // no peak was asked for: Limit is the largest that holds the objective
	Guess       Verdict = "guess"        // too few trials for a statement: Limit is the best guess
	Unstable    Verdict = "unstable"     // the trials do not support a statement
)

// Verdicts returns every verdict.
func Verdicts() []Verdict {
	return []Verdict{Peak, Plateau, NoKnee, Cliff, Multimodal, ClientBound, Objective, Guess, Unstable}
}

// Decided reports whether the trials support a statement.
func (v Verdict) Decided() bool { return v != Guess && v != Unstable }

// Use is the label of a limit that is to be used. See [Optimum.Label].
const Use = "use"

// verdictWords are the texts about a sweep with a verdict.
type verdictWords struct {
	label  string // of the limit; empty if there is no limit to name
	advice func(o *Optimum) string
}

// verdicts has the texts of every verdict.
var verdicts = map[Verdict]verdictWords{
	Peak: {Use, func(o *Optimum) string {
		return fmt.Sprintf("%s: %s.", o.use(), o.sure())
	}},
	Plateau: {Use, func(o *Optimum) string {
		if o.Failing > 0 {
			return fmt.Sprintf("%s: %s. A larger limit gains nothing, and requests begin to fail at %s.", o.use(), o.sure(), text.Count(o.Failing))
		}
		return fmt.Sprintf("%s: %s. The top is flat: a larger limit, up to %s, gains nothing and adds latency.", o.use(), o.sure(), o.largest())
	}},
	NoKnee: {"best so far", func(o *Optimum) string {
		return fmt.Sprintf("still rising at %s, the largest limit tried: try larger limits. So far %s: %s.", o.largest(), o.use(), o.rate())
	}},
	Cliff: {Use, func(o *Optimum) string {
		if o.Failing > 0 {
			return fmt.Sprintf("%s and no more: %s there, and requests begin to fail at %s.", o.use(), o.rate(), text.Count(o.Failing))
		}
		return fmt.Sprintf("%s and no more: %s there, and goodput falls off steeply above it.", o.use(), o.rate())
	}},
	Multimodal: {Use, func(o *Optimum) string {
		return fmt.Sprintf("%s: %s. Goodput falls and rises again, so there may be a better limit between those tried: "+
			"look at the curve and try limits around its rises.", o.use(), o.sure())
	}},
	ClientBound: {"client's best", func(o *Optimum) string {
		if o.Over == OverRate {
			return fmt.Sprintf("this client was the bottleneck, not the server: it can hold %s/s here. Use a faster strategy or more CPUs to find the server's limit.", text.Count(o.Limit))
		}
		return fmt.Sprintf("this client was the bottleneck, not the server: %s at limit %s is the most that it can do here. "+
			"Use a faster strategy or more CPUs to find the server's limit.", o.rate(), text.Count(o.Limit))
	}},
	Objective: {Use, func(o *Optimum) string {
		if o.Over == OverRate {
			return o.held()
		}
		if !o.Certain {
			return fmt.Sprintf("%s, the best guess so far: %s seems to hold there, at %s, but no limit was shown to hold it; the largest that does is in [%s, %s).",
				o.use(), o.Objective, o.rate(), text.Count(o.Low), text.Count(cmp.Or(o.High, o.Explored[1]+1)))
		}
		if o.High == 0 {
			return fmt.Sprintf("%s: %s holds, 95%% sure, at %s. It may hold at larger limits as well: try them.", o.use(), o.Objective, o.rate())
		}
		return fmt.Sprintf("%s: %s holds, 95%% sure, at %s; at %s it was not shown to hold.", o.use(), o.Objective, o.rate(), text.Count(o.High))
	}},
	Guess: {"best guess", func(o *Optimum) string {
		why := "measure for longer"
		if len(o.Warnings) > 0 {
			why = o.Warnings[0].String()
		}
		return fmt.Sprintf("no limit is certain yet; the best guess is %s, with %s: %s.", text.Count(o.Limit), o.rate(), why)
	}},
	Unstable: {"", func(o *Optimum) string {
		if len(o.Warnings) > 0 {
			return fmt.Sprintf("no %s can be named: %s.", o.Varied(), o.Warnings[0])
		}
		return "no " + o.Varied() + " can be named: measure for longer, or stop other programs on the machines of the client and of the server."
	}},
}

// Advice returns a text that says what to do after the sweep. It names no flag of a command line.
func (o *Optimum) Advice() string {
	words, known := verdicts[o.Verdict]
	if !known {
		return fmt.Sprintf("no limit can be named: this version does not know the verdict %q.", o.Verdict)
	}
	return words.advice(o)
}

// Label returns the label of the limit: [Use], or another one if the limit was decided by the client or by the range of the
// sweep, not by the server. It is empty if the sweep names no limit, and for a nil Optimum.
func (o *Optimum) Label() string {
	if o == nil || o.Limit < 1 {
		return ""
	}
	return verdicts[o.Verdict].label
}

// Effort returns a text that says on how many trials and requests the conclusion is based. It is empty if that is not known.
func (o *Optimum) Effort() string {
	if o.Trials == 0 {
		return ""
	}
	return fmt.Sprintf("From %s of %ss %s to %s: %s in %s.", text.Plural(o.Trials, "trial"),
		o.Varied(), text.Count(o.Explored[0]), o.largest(), text.Plural(o.Requests, "request"), text.Span(o.Elapsed))
}

// Conclusion returns [Optimum.Advice] and [Optimum.Effort] as one text.
func (o *Optimum) Conclusion() string { return strings.TrimSpace(o.Advice() + " " + o.Effort()) }

// Varied returns the word for what was varied: limit or rate.
func (o *Optimum) Varied() string {
	if o != nil && o.Over == OverRate {
		return OverRate
	}
	return OverLimit
}

// held says which rate is held.
func (o *Optimum) held() string {
	rate, low, high := text.Count(o.Limit), text.Count(o.Low), text.Count(cmp.Or(o.High, o.Explored[1]+1))
	switch {
	case !o.Certain:
		return fmt.Sprintf("%s/s seems to be held, the best guess so far: all is answered, and %s of the response time; but no rate was shown to be held, and the largest that is lies in [%s, %s).",
			rate, o.Objective, low, high)
	case o.High == 0:
		return fmt.Sprintf("%s/s is held, 95%% sure: all is answered, and %s of the response time. Larger rates may be held as well: try them.", rate, o.Objective)
	}
	return fmt.Sprintf("%s/s is the largest rate that is held, 95%% sure: all is answered, and %s of the response time; %s/s was not shown to be.", rate, o.Objective, high)
}

func (o *Optimum) use() string     { return Use + " " + text.Count(o.Limit) }
func (o *Optimum) rate() string    { return text.Number(o.PerSecond) + "/s" }
func (o *Optimum) largest() string { return text.Count(o.Explored[1]) }

// sure says what share of the peak the limit gives, and in which interval the smallest such limit lies.
func (o *Optimum) sure() string {
	share, peak := text.ShortPercent(o.Share), text.Number(o.Peak.PerSecond)
	low, high := text.Count(o.Low), text.Count(o.High)
	if !o.Certain {
		return fmt.Sprintf("the best guess so far; the smallest limit that gives %s of the peak of %s/s is in (%s, %s], 95%% sure", share, peak, low, high)
	}
	return fmt.Sprintf("at least %s of the peak of %s/s, 95%% sure; the smallest such limit is in (%s, %s]", share, peak, low, high)
}

// The marks of limits in a table. See [Optimum.Mark].
const (
	NearPeak     = "~ peak"        // the peak may be here
	RequestsFail = "requests fail" // from some smaller limit, or from this one, on
)

// nearPeakShare is the share of the peak's goodput from which a limit is marked as one at which the peak may be. With few
// trials nearly every limit is, by the statistics alone.
const nearPeakShare = 0.8

// Mark returns the mark of a limit with its goodput in a table: that of the limit that the optimum names, of the peak, of a
// limit at which the peak may be, or of one at which requests fail. It is empty for other limits.
func (o *Optimum) Mark(limit int, perSecond float64) string {
	switch {
	case o.Fails(limit):
		return RequestsFail
	case o.Label() == "":
		return ""
	case limit == o.Limit:
		return "◀ " + o.Label()
	case limit == o.Peak.Limit:
		return "peak"
	case o.Peak.Low <= limit && limit <= o.Peak.High && perSecond >= nearPeakShare*o.Peak.PerSecond:
		return NearPeak
	}
	return ""
}

// Fails reports whether requests fail at a limit, which is then no part of what the limits are compared by. It is false for a
// nil Optimum.
func (o *Optimum) Fails(limit int) bool { return o != nil && o.Failing > 0 && limit >= o.Failing }
