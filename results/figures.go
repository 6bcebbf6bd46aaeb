package results

import "sweetspot/results/text"

// The columns that the tables of a comparison and of a sweep share. Ranks say what goes first where space is short: p90,
// CPU, in flight, microseconds, failures by class, p50, what the rate is relative to, p99, the spread, the verdict, and
// failures last. What never goes is the strategy, the limit, its goodput, and the marks of footnotes and of the optimum.
var (
	strategyColumn = column[Summary]{name: "strategy", left: true, cell: func(s Summary) string { return s.Strategy }}
	limitColumn    = column[Summary]{name: "limit", cell: func(s Summary) string { return text.Count(s.Limit) }}
	goodputColumn  = column[Summary]{name: "goodput/s", cell: func(s Summary) string { return text.Number(s.PerSecond) }}
	spreadColumn   = column[Summary]{name: "±", rank: 3, cell: spread, tone: func(Summary) tone { return faint }}
	perColumn      = column[Summary]{name: "µs/req", rank: 8, cell: func(s Summary) string { return text.OrNone(s.Microseconds, text.Number) }}
	sequentColumn  = column[Summary]{name: "× seq", rank: 5, cell: versusSequential}
	shareColumn    = column[Summary]{name: "of best", rank: 5, cell: shareOfBest}
	p50Column      = column[Summary]{name: "p50", rank: 6, cell: func(s Summary) string { return text.OrNone(s.Latency.P50, text.Span) }}
	p90Column      = column[Summary]{name: "p90", rank: 11, cell: func(s Summary) string { return text.OrNone(s.Latency.P90, text.Span) }}
	p99Column      = column[Summary]{name: "p99", rank: 4, cell: func(s Summary) string { return text.OrNone(s.Latency.P99, text.Span) }}
	inFlightColumn = column[Summary]{name: "in flight", rank: 9, cell: func(s Summary) string { return text.OrNone(s.InFlightMean, text.Number) }}
	cpuColumn      = column[Summary]{name: "CPU µs", rank: 10, cell: func(s Summary) string { return text.OrNone(s.CPUMicroseconds, text.Number) }}
	errorsColumn   = column[Summary]{name: "errors", rank: 1, cell: failures, tone: failureTone}
	classColumn    = column[Summary]{name: "by class", rank: 7, left: true, cell: func(s Summary) string { return text.Classes(s.Failed) }, tone: failureTone}
	verdictColumn  = column[Summary]{name: "verdict", rank: 2, left: true, cell: verdict, tone: verdictTone, fold: &foldedVerdict}
)

// foldedVerdict says the same as the verdict in fewer characters.
var foldedVerdict = fold[Summary]{name: "vs", cell: shortVerdict, key: foldedKey}

const foldedKey = "vs is how it compares with the fastest: ~ cannot be told from it, ? too few repeats to say, -39% slower, ÷3.6 times slower"

// spread writes how much the trials of a summary differ, which takes two of them.
func spread(s Summary) string {
	if s.Low == nil {
		return text.None
	}
	return "±" + text.Percent(s.Spread)
}

// failures writes how many requests of a summary failed, of all classes.
func failures(s Summary) string {
	var total int64
	for _, n := range s.Failed {
		total += n
	}
	if total == 0 {
		return text.None
	}
	return text.Count(total)
}

// versusSequential writes how many times as fast as one request at a time a strategy is.
func versusSequential(s Summary) string {
	if s.VersusSequential == nil {
		return text.None
	}
	return text.Number(*s.VersusSequential) + "×"
}

// enoughTrials of a strategy are what a comparison takes to tell it from another.
const enoughTrials = 10

// verdict writes how a strategy compares with the fastest.
func verdict(s Summary) string {
	switch {
	case s.Error != "":
		return "broke down"
	case s.Verdict == Indistinguishable && s.Trials < enoughTrials:
		return "too few to say"
	case s.Verdict == Indistinguishable:
		return "~ fastest"
	case s.Verdict == Slower && s.VersusFastest > 0.5:
		return text.Percent(1-s.VersusFastest) + " slower"
	case s.Verdict == Slower && s.VersusFastest > 0:
		return text.Number(1/s.VersusFastest) + "× slower"
	}
	return s.Verdict
}

// shortVerdict writes a verdict in fewer characters.
func shortVerdict(s Summary) string {
	switch long := verdict(s); {
	case long == Fastest:
		return "best"
	case long == "too few to say":
		return "?"
	case long == "~ fastest":
		return "~"
	case s.Verdict == Slower && s.VersusFastest > 0.5:
		return "-" + text.Percent(1-s.VersusFastest)
	case s.Verdict == Slower && s.VersusFastest > 0:
		return "÷" + text.Significant(1/s.VersusFastest, 2)
	default:
		return long
	}
}

// shareOfBest writes a rate as a share of the best of its sweep.
func shareOfBest(s Summary) string {
	if s.VersusFastest == 1 {
		return "100%"
	}
	return text.PercentTo(s.VersusFastest, 1)
}
