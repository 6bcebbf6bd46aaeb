package results

import (
	"fmt"
	"strings"

	"sweetspot/results/text"
)

// Advice says in a sentence what to do about what a sweep found.
func (o *Optimum) Advice() string {
	use := fmt.Sprintf("use %s", text.Count(o.Limit))
	sure := fmt.Sprintf("at least %s of the peak of %s/s, 95%% sure; the smallest such limit is in (%s, %s]",
		text.ShortPercent(o.Share), text.Number(o.Peak.PerSecond), text.Count(o.Low), text.Count(o.High))
	if !o.Certain {
		sure = fmt.Sprintf("the best guess so far; the smallest limit that gives %s of the peak of %s/s is in (%s, %s], 95%% sure",
			text.ShortPercent(o.Share), text.Number(o.Peak.PerSecond), text.Count(o.Low), text.Count(o.High))
	}
	rate := text.Number(o.PerSecond) + "/s"
	largest := text.Count(o.Explored[1])
	switch o.Verdict {
	case Peak:
		return fmt.Sprintf("%s: %s.", use, sure)
	case Plateau:
		return fmt.Sprintf("%s: %s. The top is flat: more, up to %s, gains nothing but latency.", use, sure, largest)
	case NoKnee:
		return fmt.Sprintf("still rising at %s, the largest limit tried: raise --max. So far %s: %s.", largest, use, rate)
	case Cliff:
		return fmt.Sprintf("%s and no more: %s there, and goodput falls off steeply above it.", use, rate)
	case Multimodal:
		return fmt.Sprintf("%s: %s. Goodput falls and rises again, so there may be a better limit between those tried: "+
			"look at the curve and give --limits around its rises.", use, sure)
	case ClientBound:
		return fmt.Sprintf("this client was the bottleneck, not the server: %s at limit %s is the most that it can do here. "+
			"Take a faster strategy or more CPUs to find the server's limit.", rate, text.Count(o.Limit))
	case Objective:
		return fmt.Sprintf("%s: %s holds, 95%% sure, at %s%s.", use, o.Objective, rate, o.beyond())
	case Unstable:
		if len(o.Warnings) > 0 {
			return fmt.Sprintf("no limit can be named: %s.", o.Warnings[0])
		}
		return "no limit can be named: raise --budget, or quiet the client's and the server's machines."
	}
	return fmt.Sprintf("%s: %s.", use, rate)
}

// beyond says what happens above a limit that holds an objective.
func (o *Optimum) beyond() string {
	if o.High == 0 {
		return ", and so it may at larger limits: raise --max"
	}
	return fmt.Sprintf("; at %s it was not shown to hold", text.Count(o.High))
}

// Label says what the limit of the optimum is, in the table and below the curve. It is empty when there is no limit to
// name, and never tells anybody to use what only the client or the range of the sweep has brought about.
func (o *Optimum) Label() string {
	switch {
	case o == nil || o.Limit < 1 || o.Verdict == Unstable:
		return ""
	case o.Verdict == ClientBound:
		return "client's best"
	case o.Verdict == NoKnee:
		return "best so far"
	}
	return "use"
}

// NearPeak is what [Optimum.Mark] says of a limit that cannot be told from the peak.
const NearPeak = "~ peak"

// Mark says what a limit is to the optimum: the one to use, the peak, or one that cannot be told from the peak. It is
// empty for the others.
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

// Effort says what the conclusion rests on.
func (o *Optimum) Effort() string {
	if o.Trials == 0 {
		return ""
	}
	return fmt.Sprintf("From %s of limits %s to %s: %s in %s.", text.Plural(o.Trials, "trial"),
		text.Count(o.Explored[0]), text.Count(o.Explored[1]), text.Plural(o.Requests, "request"), text.Span(o.Elapsed))
}

// Conclusion says what to do about what the sweep found, and what that rests on.
func (o *Optimum) Conclusion() string { return strings.TrimSpace(o.Advice() + " " + o.Effort()) }
