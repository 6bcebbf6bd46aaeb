package results

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sweetspot/results/text"
)

// A Headline is the one answer of a run, for a reader with five seconds.
type Headline struct {
	At    At  // what the answer is about, without a limit; zero if it is about nothing, or about several
	Limit int // the limit to use; 0 if the run names none

	Before, Figure, After string // the answer, in three parts: the figure is the one to remember
	Reason                string // why it is about this strategy and not another; empty if there is no other
	Why                   string // one sentence more, after the reason; may be empty
	Source                string // where Limit comes from, in one line for a program that keeps to it; empty without one
}

// String returns the answer as one text.
func (h Headline) String() string {
	return strings.Join(strings.Fields(h.Before+" "+h.Figure+" "+h.After), " ")
}

// Headline returns the answer of the run.
func (r *Run) Headline() Headline {
	switch {
	case len(r.Targets) > 0 && len(r.Trials) > 0:
		return targetsHeadline(r.Versus)
	case len(r.Optima) > 0:
		return r.sweptHeadline()
	case r.Command == "sweep" && len(r.Trials) > 0:
		return Headline{Before: "No limit yet:", Figure: text.Plural(len(r.Trials), "trial"), After: "and no conclusion"}
	}
	compared := r.Compared()
	if len(compared) == 0 {
		return Headline{Before: "Nothing has been measured yet"}
	}
	if h, open := openLoopHeadline(compared); open {
		return h
	}
	return comparedHeadline(compared)
}

// sweptHeadline names one limit of one strategy to use. If several strategies name a limit, it is that of the fastest. Among
// those that were not told apart from the fastest it is the one with the smallest limit, which is easiest on the server; among
// those with the same limit it is the one that needs the least CPU time per request.
func (r *Run) sweptHeadline() Headline {
	named := slices.DeleteFunc(slices.Clone(r.Optima), func(o Optimum) bool { return o.Label() != Use })
	if len(named) == 0 {
		return unsettledHeadline(r.Optima)
	}
	row := func(o Optimum) Summary {
		i := slices.IndexFunc(r.Strategies, func(s Summary) bool { return s.At().AnyLimit() == o.At() })
		if i < 0 {
			return Summary{}
		}
		return r.Strategies[i]
	}
	best := slices.DeleteFunc(slices.Clone(named), func(o Optimum) bool { v := row(o).Verdict; return v != Fastest && v != Indistinguishable })
	compared := len(best) > 0
	if !compared {
		best = named
		slices.SortStableFunc(best, func(a, b Optimum) int { return cmp.Compare(b.PerSecond, a.PerSecond) })
	} else {
		slices.SortStableFunc(best, func(a, b Optimum) int {
			return cmp.Or(cmp.Compare(a.Limit, b.Limit), cmp.Compare(row(a).CPUMicroseconds, row(b).CPUMicroseconds))
		})
	}
	o := best[0]
	if o.Over == OverRate {
		return r.rateHeadline(named)
	}
	h := Headline{
		At: o.At(), Limit: o.Limit,
		Before: "Use", Figure: text.Count(o.Limit), After: "requests at once, with " + o.At().Name(false), Why: text.Clean(text.Capital(o.Advice())),
		Source: text.Clean(fmt.Sprintf("measured with %s: %s", o.At(), o.Advice())),
	}
	if o.Limit == 1 {
		h.After = "request at once, with " + o.At().Name(false)
	}
	h.Reason = reasonFor(o, best, len(named), compared)
	h.Why = strings.TrimSpace(h.Reason + " " + h.Why)
	return h
}

// rateHeadline names the largest rate that is held.
func (r *Run) rateHeadline(named []Optimum) Headline {
	certain := slices.DeleteFunc(slices.Clone(named), func(o Optimum) bool { return !o.Certain })
	held, known, others := "seems to be held", named, "No other strategy seems to hold more."
	if len(certain) > 0 {
		held, known, others = "is held", certain, "No other strategy was shown to hold more."
	}
	o := slices.MaxFunc(known, func(a, b Optimum) int { return cmp.Compare(a.Limit, b.Limit) })
	h := Headline{At: o.At(), Figure: o.LevelText(), After: held + ", with " + o.At().Name(false), Why: text.Clean(text.Capital(o.Advice()))}
	if len(named) > 1 {
		h.Reason = others
		h.Why = h.Reason + " " + h.Why
	}
	return h
}

// reasonFor says why the optimum is preferred to those of the other strategies. It is empty if there is no other.
func reasonFor(o Optimum, best []Optimum, named int, compared bool) string {
	name := o.At().Name(false)
	switch {
	case named < 2:
		return ""
	case !compared:
		return fmt.Sprintf("%s had the largest goodput of the strategies with a limit to use.", name)
	case len(best) == 1:
		return fmt.Sprintf("%s is the fastest.", name)
	case best[1].Limit == o.Limit:
		return fmt.Sprintf("No strategy was shown to be faster than %s, and none of the fastest needs a smaller limit.", name)
	}
	return fmt.Sprintf("No strategy was shown to be faster than %s, and it needs the smallest limit of the fastest.", name)
}

// unsettledHeadline is the headline of optima of which none names a limit to use.
func unsettledHeadline(optima []Optimum) Headline {
	o := slices.MaxFunc(optima, func(a, b Optimum) int {
		return cmp.Or(cmp.Compare(min(len(a.Label()), 1), min(len(b.Label()), 1)), cmp.Compare(a.PerSecond, b.PerSecond))
	})
	h := Headline{At: o.At(), Before: "No " + o.Varied() + " can be named", Why: text.Clean(o.At().Name(false) + ": " + o.Advice())}
	if label := o.Label(); label != "" {
		h.Before, h.Figure, h.After = text.Capital(label)+":", text.Count(o.Limit), "requests at once, with "+o.At().Name(false)
		if o.Over == OverRate {
			h.After = "requests per second, with " + o.At().Name(false)
		}
	}
	return h
}

// comparedHeadline names the fastest of the compared strategies, which has the best one first.
func comparedHeadline(compared []Summary) Headline {
	var best []Summary
	for _, s := range compared {
		if s.PerSecond > 0 && (s.Verdict == Fastest || s.Verdict == Indistinguishable || s.Verdict == "") {
			best = append(best, s)
		}
	}
	if len(best) == 0 {
		return Headline{Before: "No request succeeded"}
	}
	top := best[0]
	name, rate := top.At().Name(false), text.Number(top.PerSecond)+"/s at limit "+text.Count(top.Limit)
	tooFew := slices.ContainsFunc(best, func(s Summary) bool { return s.Versus() == TooFewToSay })
	switch {
	case len(compared) == 1:
		return Headline{At: top.At().AnyLimit(), Before: name + ":", Figure: text.Number(top.PerSecond) + "/s", After: "at limit " + text.Count(top.Limit)}
	case len(best) == 1:
		return Headline{At: top.At().AnyLimit(), Figure: name, After: "is the fastest", Why: rate + "."}
	case tooFew:
		return Headline{
			Figure: "Too few repeats", After: "to say which strategy is the fastest",
			Why: fmt.Sprintf("%s has the highest mean, %s.", name, rate),
		}
	}
	var others []string
	for _, s := range best[1:] {
		other := s.At().Name(false)
		if s.VersusLow != nil {
			other += " (" + strings.TrimSuffix(s.Versus(), NotToldApart) + ")"
		}
		others = append(others, other)
	}
	h := Headline{
		Before: "No clear winner among", Figure: text.Count(len(best)), After: "strategies",
		Why: fmt.Sprintf("%s has the highest mean, %s. Not told apart from it: %s.", name, rate, strings.Join(others, ", ")),
	}
	if len(best) == len(compared) {
		h.Before = "No difference shown between"
	}
	return h
}

// openLoopHeadline names the strategy with the smallest response times; it reports false if the loop was closed. The goodput of an
// open loop is what arrives, and names no winner.
func openLoopHeadline(compared []Summary) (h Headline, open bool) {
	answered := slices.DeleteFunc(slices.Clone(compared), func(s Summary) bool { return s.Late == nil || s.Response == nil || s.PerSecond == 0 })
	if len(answered) == 0 {
		return Headline{}, false
	}
	slices.SortStableFunc(answered, func(a, b Summary) int { return cmp.Compare(a.Response.P99, b.Response.P99) })
	top := answered[0]
	h = Headline{
		At: top.At().AnyLimit(), Before: "99% of the responses came within", Figure: text.Span(top.Response.P99),
		After: "of when they were due, with " + top.At().Name(false),
	}
	for _, s := range answered[1:] {
		h.Why += fmt.Sprintf("%s: %s. ", text.Clean(s.At().Name(false)), text.Span(s.Response.P99))
	}
	h.Why += fmt.Sprintf("%s/s were due, and %s/s succeeded.", text.Number(top.Offered), text.Number(top.PerSecond))
	return h, true
}

// Bound returns the figure that the objective bounds, and the bound in seconds. It reports false if there is no objective, or
// if this version does not know its figure.
func (o *Optimum) Bound() (f Figure, seconds float64, known bool) {
	var name string
	var milliseconds float64
	if n, _ := fmt.Sscanf(o.Objective, "%s <= %gms", &name, &milliseconds); n != 2 {
		return Figure{}, 0, false
	}
	f, known = LatencyNamed(name)
	return f, milliseconds / 1000, known
}
