package render

import (
	"math"
	"slices"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// The columns that the tables of a comparison and of a sweep share, beside those of [results.Figures]. Where space is short,
// columns are left out by rank, in this order: p90, CPU, the largest latency and in flight, microseconds, failures by class, p50, the ratio to
// another rate, p99, the spread, the verdict, failures. The strategy, the limit, the goodput and the marks of the notes are never left out.
var (
	strategyColumn     = Field[results.Summary]{Name: "strategy", Left: true, Cell: strategyName}
	limitColumn        = Field[results.Summary]{Name: "limit", Cell: func(s results.Summary) string { return text.Count(s.Limit) }}
	spreadColumn       = Field[results.Summary]{Name: "±", Rank: 3, Cell: spread, Style: func(results.Summary) Style { return Faint }}
	microsecondsColumn = Field[results.Summary]{Name: "µs/req", Rank: 8, Cell: func(s results.Summary) string { return text.OrNone(s.Microseconds, text.Number) }}
	sequentialColumn   = Field[results.Summary]{Name: "× seq", Rank: 5, Cell: versusSequential}
	inFlightColumn     = Field[results.Summary]{Name: "in flight", Rank: 9, Cell: func(s results.Summary) string { return text.OrNone(s.InFlightMean, text.Number) }}
	errorsColumn       = Field[results.Summary]{Name: "errors", Rank: 1, Cell: Failures, Style: failureStyle}
	classColumn        = Field[results.Summary]{Name: "by class", Rank: 7, Left: true, Cell: func(s results.Summary) string { return text.Classes(s.Failed) }, Style: failureStyle}
	verdictColumn      = Field[results.Summary]{Name: "verdict", Rank: 2, Left: true, Cell: results.Summary.Versus, Style: verdictStyle, Compact: &compactVerdict}
)

// strategyName writes the strategy of a summary. A table is about one target, which need not be named.
func strategyName(s results.Summary) string {
	at := s.At()
	at.Target = 0
	return at.Name(false)
}

// figureColumn is the column of a figure of [results.Figures].
func figureColumn(f results.Figure) Field[results.Summary] {
	return Field[results.Summary]{Name: f.Heading, Rank: f.Rank, Cell: func(s results.Summary) string { return f.Write(f.OfSummary(&s)) }}
}

// figureColumns returns the columns of all figures by name, and those of the latencies that tables list, in order.
func figureColumns() (named map[string]Field[results.Summary], latencies []Field[results.Summary]) {
	named = map[string]Field[results.Summary]{}
	for _, f := range results.Figures {
		named[f.Name] = figureColumn(f)
	}
	for _, f := range results.Latencies() {
		if f.Rank != results.Unlisted {
			latencies = append(latencies, figureColumn(f))
		}
	}
	return named, latencies
}

// compactVerdict is the verdict in fewer characters.
var compactVerdict = Compact[results.Summary]{Name: "vs", Cell: shortVerdict, Key: compactVerdictKey}

const compactVerdictKey = "vs is how it compares with the fastest: ~ is indistinguishable from it, ~9% too and at most 9% slower, ? too few repeats to say, -39% is 39% slower, ÷3.6 is 3.6 times slower"

// spread writes the spread of a summary, if it is known.
func spread(s results.Summary) string {
	share, known := s.KnownSpread()
	if !known {
		return text.None
	}
	return "±" + text.Percent(share)
}

// Failures writes how many requests of a summary failed, of all classes, or [text.None].
func Failures(s results.Summary) string {
	total := failures(s)
	if total == 0 {
		return text.None
	}
	return text.Count(total)
}

func failures(s results.Summary) int64 {
	var total int64
	for _, n := range s.Failed {
		total += n
	}
	return total
}

// versusSequential writes how many times as fast a strategy is as one request at a time.
func versusSequential(s results.Summary) string {
	if s.VersusSequential == nil {
		return text.None
	}
	return text.Number(*s.VersusSequential) + "×"
}

// shortVerdict writes a verdict in fewer characters.
func shortVerdict(s results.Summary) string {
	switch long := s.Versus(); {
	case s.Verdict == results.Fastest:
		return "best"
	case long == results.TooFewToSay:
		return "?"
	case long == results.NearFastest:
		return "~"
	case s.Verdict == results.Indistinguishable && s.Error == "":
		return "~" + text.PercentTo(math.Ceil(100*(1-*s.VersusLow))/100, 0)
	case s.Verdict == results.Slower && s.VersusFastest > 0.5:
		return "-" + text.Percent(1-s.VersusFastest)
	case s.Verdict == results.Slower && s.VersusFastest > 0:
		return "÷" + text.Significant(1/s.VersusFastest, 2)
	default:
		return long
	}
}

// shareColumn is the rate of a limit as a share of that of the peak, which is what the sweep has concluded: the largest of all rates
// is that of the luckiest limit. Nothing is shown without a peak, and for limits that are not in sound.
func shareColumn(sound []results.Summary, found *results.Optimum) Field[results.Summary] {
	return Field[results.Summary]{Name: "of peak", Rank: 5, Cell: func(s results.Summary) string {
		if found == nil || found.Peak.PerSecond == 0 || !slices.ContainsFunc(sound, func(one results.Summary) bool { return one.Level() == s.Level() }) {
			return text.None
		}
		return text.PercentTo(stat.Ratio(s.PerSecond, found.Peak.PerSecond), 1)
	}}
}
