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

// A metric is a quantity that a requirement may use.
type metric struct {
	name  string
	doc   string // what it is, for people
	time  int    // 1 for a duration, 0 for a number
	sweep bool   // whether only a sweep has it
	read  func(measured) value
}

// measured is what a run holds about one strategy. Optimum is nil unless the run is a sweep.
type measured struct {
	results.Summary
	optimum *results.Optimum
}

// A value is the value of a metric, in seconds if it is a duration. Low and high are nil if its interval is not known. The
// words are for people; if they are empty, the estimate is written instead. A duration of 0 means unknown.
type value struct {
	estimate  float64
	low, high *float64
	words     string
}

// metrics are all metrics: the figures that are measured, by their names in JSON, and what a run concludes. In a sweep the
// figures are those at the limit that the sweep names.
var metrics = append(figureMetrics(), []metric{
	{name: errorsMetric, doc: "share of the requests of all trials that failed"},
	{name: "limit", doc: "the limit to use", sweep: true, read: func(s measured) value {
		return value{estimate: float64(s.optimum.Limit), words: inBrief(s.optimum)}
	}},
	{name: "peak", doc: "goodput at the peak", sweep: true, read: func(s measured) value { return value{estimate: s.optimum.Peak.PerSecond} }},
}...)

// figureMetrics returns the metrics that are drawn from [results.Figures].
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

// errorsMetric is the metric that is read from all trials, at every limit, and that may be 0.
const errorsMetric = "errors"

// Metrics returns a line for each metric that a requirement may use, with its explanation.
func Metrics() []string {
	var lines []string
	for _, m := range metrics {
		doc := m.doc
		if m.sweep {
			doc += " (sweep only)"
		}
		lines = append(lines, fmt.Sprintf("%-22s %s", m.name+"(STRATEGY)", doc))
	}
	return lines
}

func metricNames() []string {
	var names []string
	for _, m := range metrics {
		names = append(names, m.name)
	}
	return names
}

var (
	errNotMeasured = errors.New("it was not measured")
	errNoSuccess   = errors.New("no request succeeded, or it cannot be measured here")
)

// of returns the value for a strategy in a run, or why it is not known.
func (m *metric) of(run *results.Run, strategy string) (value, error) {
	if m.name == errorsMetric {
		share, words, err := ErrorRate(run, strategy)
		return value{estimate: share, words: words}, err
	}
	s, err := measuredIn(run, strategy)
	if err != nil {
		return value{}, err
	}
	if m.sweep && s.optimum.Label() != results.Use {
		return value{}, fmt.Errorf("the sweep's verdict is %s, so it names no limit to use", s.optimum.Verdict)
	}
	v := m.read(s)
	switch {
	case v.estimate == 0 && m.time > 0:
		return value{}, errNoSuccess
	case v.estimate == 0 && m.sweep:
		return value{}, errors.New("the sweep did not look for it")
	}
	return v, nil
}

// inBrief returns a few words about the limit to use.
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

// measuredIn returns what the run holds about the strategy.
func measuredIn(r *results.Run, strategy string) (measured, error) {
	s := measured{}
	if i := slices.IndexFunc(r.Optima, func(o results.Optimum) bool { return o.Strategy == strategy }); i >= 0 {
		s.optimum = &r.Optima[i]
	}
	if s.optimum != nil && !s.optimum.Verdict.Decided() {
		return s, fmt.Errorf("the sweep's verdict is %s: its trials support no statement", s.optimum.Verdict)
	}
	i := slices.IndexFunc(r.Strategies, func(s results.Summary) bool { return s.Strategy == strategy && s.At().Target == 0 })
	if i < 0 || r.Command == "sweep" && s.optimum == nil {
		return s, errNotMeasured
	}
	s.Summary = r.Strategies[i]
	return s, nil
}

// write writes a value for people, with its interval.
func (m *metric) write(v value, number func(x float64, time int) string) string {
	words := cmp.Or(v.words, number(v.estimate, m.time))
	if v.low != nil && v.high != nil {
		words += fmt.Sprintf(" (95%% sure: %s to %s)", number(*v.low, m.time), number(*v.high, m.time))
	}
	return words
}

// nearShare is the share by which two values may differ and look equal as the tables write them.
const nearShare = 0.01

// writerFor returns how the values of a requirement are written: as in the tables, unless what it compares could look equal then.
func writerFor(left, right float64) func(x float64, time int) string {
	if math.Abs(left-right) <= nearShare*max(math.Abs(left), math.Abs(right)) {
		return precisely
	}
	return asInTables
}

// asInTables writes a value as the tables do.
func asInTables(x float64, time int) string {
	if time == 1 {
		return text.Span(x)
	}
	return text.Number(x)
}

// precisely writes a value with six digits, so that a value that narrowly misses a threshold does not look equal to it.
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
