package threshold

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"sweetspot/results"
	"sweetspot/results/text"
)

// A gauge is a figure that a requirement may ask for.
type metric struct {
	name  string
	doc   string // what it is, for people
	time  int    // 1 for a duration, 0 for a number
	sweep bool   // whether only a sweep has it
	read  func(measured) value
}

// A standing is what a run holds about one strategy. Optimum is nil unless the run is a sweep.
type measured struct {
	results.Summary
	optimum *results.Optimum
}

// A reading is the value of a figure, in seconds if it is a duration. The interval is nil if there is none, the words
// empty if the value says all. A value of 0 is none: what has no success has no latency.
type value struct {
	estimate  float64
	low, high *float64
	words     string
}

// metrics are what a requirement may ask for: the figures that are measured, by their names in JSON, and what a run
// concludes. In a sweep the figures are those at the limit that it names.
var metrics = append(figureMetrics(), []metric{
	{name: errorsMetric, doc: "share of the requests of all trials that failed"},
	{name: "limit", doc: "the limit to use", sweep: true, read: func(s measured) value {
		return value{estimate: float64(s.optimum.Limit), words: inBrief(s.optimum)}
	}},
	{name: "peak", doc: "goodput at the peak", sweep: true, read: func(s measured) value { return value{estimate: s.optimum.Peak.PerSecond} }},
}...)

func figureMetrics() []metric {
	var all []metric
	for _, f := range results.Figures {
		m := metric{name: f.Name, doc: f.Doc, read: func(s measured) value {
			v := value{estimate: f.OfSummary(&s.Summary)}
			if f.Interval != nil {
				v.low, v.high = f.Interval(&s.Summary)
			}
			return v
		}}
		if f.Unit == results.Seconds {
			m.time = 1
		}
		all = append(all, m)
	}
	return all
}

// errorsMetric is the figure that is of all trials, not of those that a strategy is compared by, and that may be 0.
const errorsMetric = "errors"

// Metrics returns the figures that a requirement may ask for, one line each with what it is.
func Metrics() []string {
	var lines []string
	for _, g := range metrics {
		doc := g.doc
		if g.sweep {
			doc += " (sweep only)"
		}
		lines = append(lines, fmt.Sprintf("%-22s %s", g.name+"(STRATEGY)", doc))
	}
	return lines
}

func metricNames() []string {
	var names []string
	for _, g := range metrics {
		names = append(names, g.name)
	}
	return names
}

var (
	errNotMeasured = errors.New("it was not measured")
	errNoSuccess   = errors.New("no request succeeded, or it cannot be measured here")
)

// of returns the figure of a strategy in a run, or why it is not known.
func (g *metric) of(run *results.Run, strategy string) (value, error) {
	if g.name == errorsMetric {
		share, words, err := ErrorRate(run, strategy)
		return value{estimate: share, words: words}, err
	}
	s, err := measuredIn(run, strategy)
	if err != nil {
		return value{}, err
	}
	if g.sweep && s.optimum.Label() != results.Use {
		return value{}, fmt.Errorf("the sweep's verdict is %s, so it names no limit to use", s.optimum.Verdict)
	}
	r := g.read(s)
	switch {
	case r.estimate == 0 && g.time > 0:
		return value{}, errNoSuccess
	case r.estimate == 0 && g.sweep:
		return value{}, errors.New("the sweep did not look for it")
	}
	return r, nil
}

// inBrief says in a few words which limit to use.
func inBrief(o *results.Optimum) string {
	words := text.Count(o.Limit)
	if o.Verdict != results.Objective {
		words += fmt.Sprintf(", the smallest such is in (%s, %s]", text.Count(o.Low), text.Count(o.High))
	}
	if !o.Certain {
		words += ", the best guess so far"
	}
	return words
}

// standingOf returns what the run holds about the strategy.
func measuredIn(r *results.Run, strategy string) (measured, error) {
	var s measured
	if i := slices.IndexFunc(r.Optima, func(o results.Optimum) bool { return o.Strategy == strategy }); i >= 0 {
		s.optimum = &r.Optima[i]
		if s.optimum.Verdict == results.Unstable {
			return s, errors.New("the sweep is unstable: its trials support no statement")
		}
	}
	i := slices.IndexFunc(r.Strategies, func(s results.Summary) bool { return s.Strategy == strategy })
	if i < 0 || r.Command == "sweep" && s.optimum == nil {
		return s, errNotMeasured
	}
	s.Summary = r.Strategies[i]
	return s, nil
}

// write writes a reading for people, with its interval.
func (g *metric) write(r value) string {
	words := cmp.Or(r.words, precisely(r.estimate, g.time))
	if r.low != nil && r.high != nil {
		words += fmt.Sprintf(" (95%% sure: %s to %s)", precisely(*r.low, g.time), precisely(*r.high, g.time))
	}
	return words
}

// precisely writes a value with six digits, so that one that misses a threshold by little does not look as if it met it.
func precisely(x float64, time int) string {
	if time != 1 {
		return text.Precise(x)
	}
	switch size := math.Abs(x); {
	case size < 1e-3:
		return text.Precise(x*1e6) + " µs"
	case size < 1:
		return text.Precise(x*1e3) + " ms"
	}
	return text.Precise(x) + " s"
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
