package results

import (
	"fmt"
	"strings"

	"sweetspot/results/text"
)

// A Verdict says what a sweep found.
type Verdict string

// The verdicts. A new one takes an entry in [Verdicts] and in the table of what is said of a verdict.
const (
	Peak        Verdict = "peak"         // an interior best
	Plateau     Verdict = "plateau"      // a flat top: only its left edge means something
	NoKnee      Verdict = "no-knee"      // still rising at the largest limit tried
	Cliff       Verdict = "cliff"        // goodput falls off steeply: Limit is the largest safe one
	Multimodal  Verdict = "multimodal"   // rises again after a fall
	ClientBound Verdict = "client-bound" // the client is the bottleneck, not the server
	Objective   Verdict = "objective"    // no peak was asked for: Limit is the largest that holds the objective
	Unstable    Verdict = "unstable"     // the trials do not support a statement
)

// Verdicts returns every verdict.
func Verdicts() []Verdict {
	return []Verdict{Peak, Plateau, NoKnee, Cliff, Multimodal, ClientBound, Objective, Unstable}
}

// Use is the label of a limit that is to be used. See [Optimum.Label].
const Use = "use"

// verdictWords are what is said of a sweep with a verdict.
type verdictWords struct {
	label  string // of the limit; empty if there is no limit to name
	advice func(o *Optimum) string
}

// verdicts are the words of every verdict. A verdict that is not here names no limit: see the tests.
var verdicts = map[Verdict]verdictWords{
	Peak: {Use, func(o *Optimum) string {
		return fmt.Sprintf("%s: %s.", o.use(), o.sure())
	}},
	Plateau: {Use, func(o *Optimum) string {
		return fmt.Sprintf("%s: %s. The top is flat: a larger limit, up to %s, gains nothing and adds latency.", o.use(), o.sure(), o.largest())
	}},
	NoKnee: {"best so far", func(o *Optimum) string {
		return fmt.Sprintf("still rising at %s, the largest limit tried: try larger limits. So far %s: %s.", o.largest(), o.use(), o.rate())
	}},
	Cliff: {Use, func(o *Optimum) string {
		return fmt.Sprintf("%s and no more: %s there, and goodput falls off steeply above it.", o.use(), o.rate())
	}},
	Multimodal: {Use, func(o *Optimum) string {
		return fmt.Sprintf("%s: %s. Goodput falls and rises again, so there may be a better limit between those tried: "+
			"look at the curve and try limits around its rises.", o.use(), o.sure())
	}},
	ClientBound: {"client's best", func(o *Optimum) string {
		return fmt.Sprintf("this client was the bottleneck, not the server: %s at limit %s is the most that it can do here. "+
			"Take a faster strategy or more CPUs to find the server's limit.", o.rate(), text.Count(o.Limit))
	}},
	Objective: {Use, func(o *Optimum) string {
		if o.High == 0 {
			return fmt.Sprintf("%s: %s holds, 95%% sure, at %s. It may hold at larger limits as well: try them.", o.use(), o.Objective, o.rate())
		}
		return fmt.Sprintf("%s: %s holds, 95%% sure, at %s; at %s it was not shown to hold.", o.use(), o.Objective, o.rate(), text.Count(o.High))
	}},
	Unstable: {"", func(o *Optimum) string {
		if len(o.Warnings) > 0 {
			return fmt.Sprintf("no limit can be named: %s.", o.Warnings[0])
		}
		return "no limit can be named: measure for longer, or quiet the client's and the server's machines."
	}},
}

// Advice says in a sentence what to do about what a sweep found. It names no flag of a command line.
func (o *Optimum) Advice() string {
	words, known := verdicts[o.Verdict]
	if !known {
		return fmt.Sprintf("no limit can be named: this version does not know the verdict %q.", o.Verdict)
	}
	return words.advice(o)
}

// Label says what the limit of the optimum is: [Use], or what else it is, where only the client or the range of the sweep
// decided it. It is empty if there is no limit to name.
func (o *Optimum) Label() string {
	if o == nil || o.Limit < 1 {
		return ""
	}
	return verdicts[o.Verdict].label
}

// Effort says what the conclusion rests on. It is empty if that is not known.
func (o *Optimum) Effort() string {
	if o.Trials == 0 {
		return ""
	}
	return fmt.Sprintf("From %s of limits %s to %s: %s in %s.", text.Plural(o.Trials, "trial"),
		text.Count(o.Explored[0]), o.largest(), text.Plural(o.Requests, "request"), text.Span(o.Elapsed))
}

// Conclusion says what to do about what the sweep found, and what that rests on.
func (o *Optimum) Conclusion() string { return strings.TrimSpace(o.Advice() + " " + o.Effort()) }

func (o *Optimum) use() string     { return Use + " " + text.Count(o.Limit) }
func (o *Optimum) rate() string    { return text.Number(o.PerSecond) + "/s" }
func (o *Optimum) largest() string { return text.Count(o.Explored[1]) }

// sure says what is known of the limit and how surely.
func (o *Optimum) sure() string {
	share, peak := text.ShortPercent(o.Share), text.Number(o.Peak.PerSecond)
	low, high := text.Count(o.Low), text.Count(o.High)
	if !o.Certain {
		return fmt.Sprintf("the best guess so far; the smallest limit that gives %s of the peak of %s/s is in (%s, %s], 95%% sure", share, peak, low, high)
	}
	return fmt.Sprintf("at least %s of the peak of %s/s, 95%% sure; the smallest such limit is in (%s, %s]", share, peak, low, high)
}

// NearPeak is what [Optimum.Mark] says of a limit that cannot be told from the peak.
const NearPeak = "~ peak"

// Mark says what a limit is to the optimum: the one that it names, the peak, or one that cannot be told from the peak. It
// is empty for the others.
func (o *Optimum) Mark(limit int) string {
	switch {
	case o.Label() == "":
		return ""
	case limit == o.Limit:
		return "◀ " + o.Label()
	case limit == o.Peak.Limit:
		return "peak"
	case o.Peak.Low <= limit && limit <= o.Peak.High:
		return NearPeak
	}
	return ""
}
