package results

import (
	"slices"

	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// A Figure is one figure that is measured: how to read it, and how it is shown. Tables, CSV, thresholds, objectives,
// comparisons, benchmarks, the report's tables, Prometheus' metrics and SCHEMA.md are drawn from [Figures], so that a new
// figure is a new entry there. A new latency also needs a field in [Latency] and a row in SCHEMA.md.
type Figure struct {
	Name   string // in JSON, thresholds and objectives
	Doc    string // what it is
	Unit   Unit
	Better Direction

	Heading string               // of its column in a table
	Rank    int                  // of its column, see [Unlisted]
	Write   func(float64) string // writes a value for people
	Chief   bool                 // whether it is one of the two latencies that comparisons and Go benchmarks show

	Percentile float64 // 99 for p99; 0 if the figure is not a percentile of the latency

	// OfTrial and OfSummary return the value in Unit. A latency or a CPU time of 0 is unknown.
	OfTrial   func(*Trial) float64
	OfSummary func(*Summary) float64
	Interval  func(*Summary) (low, high *float64) // nil if only the estimate is known

	field    func(*Latency) *float64 // nil if it is not a latency
	response bool                    // whether it is a response time
}

// A Unit is the unit of the values of a figure.
type Unit string

// The units.
const (
	PerSecond Unit = "requests per second"
	Seconds   Unit = "seconds"
)

// A Direction says which values of a figure are better.
type Direction string

// The directions.
const (
	Larger  Direction = "higher"
	Smaller Direction = "lower"
)

// Unlisted is the rank of a figure without a column in the tables that people read. Other ranks say what is left out where
// space is short: the highest rank goes first, and 0 never goes.
const Unlisted = -1

// Figures are all figures, in the order in which they are shown.
var Figures = []Figure{
	{
		Name: "per_second", Doc: "goodput", Unit: PerSecond, Better: Larger, Heading: "goodput/s", Write: text.Number,
		OfTrial:   func(t *Trial) float64 { return t.PerSecond },
		OfSummary: func(s *Summary) float64 { return s.PerSecond },
		Interval:  func(s *Summary) (low, high *float64) { return s.Low, s.High },
	},
	latency("mean", "mean latency", Unlisted, 0, func(l *Latency) *float64 { return &l.Mean }),
	chief(latency("p50", "median of the latency", 6, 50, func(l *Latency) *float64 { return &l.P50 })),
	latency("p90", "90th percentile of the latency", 11, 90, func(l *Latency) *float64 { return &l.P90 }),
	latency("p95", "95th percentile of the latency", Unlisted, 95, func(l *Latency) *float64 { return &l.P95 }),
	chief(latency("p99", "99th percentile of the latency", 4, 99, func(l *Latency) *float64 { return &l.P99 })),
	headed("p99.9", latency("p999", "99.9th percentile of the latency", Unlisted, 99.9, func(l *Latency) *float64 { return &l.P999 })),
	headed("largest", latency("max", "largest latency", 9, 0, func(l *Latency) *float64 { return &l.Max })),
	response("mean", "mean response time", Unlisted, func(l *Latency) float64 { return l.Mean }),
	response("p50", "median of the response time", 6, func(l *Latency) float64 { return l.P50 }),
	response("p90", "90th percentile of the response time", Unlisted, func(l *Latency) float64 { return l.P90 }),
	response("p95", "95th percentile of the response time", Unlisted, func(l *Latency) float64 { return l.P95 }),
	response("p99", "99th percentile of the response time", 3, func(l *Latency) float64 { return l.P99 }),
	response("p999", "99.9th percentile of the response time", Unlisted, func(l *Latency) float64 { return l.P999 }),
	response("max", "largest response time", 9, func(l *Latency) float64 { return l.Max }),
	{
		Name: "cpu", Doc: "the client's CPU time per request", Unit: Seconds, Better: Smaller, Heading: "CPU µs", Rank: 10,
		Write:     func(seconds float64) string { return text.OrNone(1e6*seconds, text.Number) },
		OfTrial:   func(t *Trial) float64 { return stat.Ratio(t.CPU, float64(t.Completed())) },
		OfSummary: func(s *Summary) float64 { return s.CPUMicroseconds / 1e6 },
	},
}

// latency returns a figure of the latency.
func latency(name, doc string, rank int, percentile float64, field func(*Latency) *float64) Figure {
	return Figure{
		Name: name, Doc: doc, Unit: Seconds, Better: Smaller, Heading: name, Rank: rank, Percentile: percentile, field: field,
		Write:     func(seconds float64) string { return text.OrNone(seconds, text.Span) },
		OfTrial:   func(t *Trial) float64 { return *field(&t.Latency) },
		OfSummary: func(s *Summary) float64 { return *field(&s.Latency) },
	}
}

// response returns a figure of the response time: of the latency corrected for coordinated omission. It is 0 where there is none.
func response(name, doc string, rank int, of func(*Latency) float64) Figure {
	orZero := func(l *Latency) float64 {
		if l == nil {
			return 0
		}
		return of(l)
	}
	return Figure{
		Name: "response_" + name, Doc: doc, Unit: Seconds, Better: Smaller, Heading: "resp " + name, Rank: rank, response: true,
		Write:     func(seconds float64) string { return text.OrNone(seconds, text.Span) },
		OfTrial:   func(t *Trial) float64 { return orZero(t.Response) },
		OfSummary: func(s *Summary) float64 { return orZero(s.Response) },
	}
}

// chief returns the figure with [Figure.Chief] set.
func chief(f Figure) Figure {
	f.Chief = true
	return f
}

// headed returns the figure with a heading other than its name.
func headed(heading string, f Figure) Figure {
	f.Heading = heading
	return f
}

// Latencies returns the figures of the latency.
func Latencies() []Figure {
	return slices.DeleteFunc(slices.Clone(Figures), func(f Figure) bool { return f.field == nil })
}

// ResponseFigures returns the figures of the response time, if any of the summaries has one.
func ResponseFigures(summaries []Summary) []Figure {
	if !slices.ContainsFunc(summaries, func(s Summary) bool { return s.Response != nil }) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(Figures), func(f Figure) bool { return !f.response })
}

// FigureNamed returns the figure with that name. It reports false if there is none.
func FigureNamed(name string) (f Figure, known bool) {
	i := slices.IndexFunc(Figures, func(f Figure) bool { return f.Name == name })
	if i < 0 {
		return Figure{}, false
	}
	return Figures[i], true
}

// Goodput returns the figure that decides what a comparison says.
func Goodput() Figure { return Figures[0] }

// LatencyNamed returns the figure of the latency with that name, such as p99. It reports false if there is none.
func LatencyNamed(name string) (f Figure, known bool) {
	all := Latencies()
	i := slices.IndexFunc(all, func(f Figure) bool { return f.Name == name })
	if i < 0 {
		return Figure{}, false
	}
	return all[i], true
}

// LatencyNames returns the names of the figures of the latency.
func LatencyNames() []string {
	return text.Each(Latencies(), func(f Figure) string { return f.Name })
}
