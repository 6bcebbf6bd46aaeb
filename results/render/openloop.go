package render

import (
	"slices"

	"sweetspot/results"
	"sweetspot/results/text"
)

// What the views show of trials with a rate: response times, and what an open loop was offered.

var (
	offeredColumn = Field[results.Summary]{Name: "offered/s", Rank: 1, Cell: func(s results.Summary) string { return text.OrNone(s.Offered, text.Number) }}
	missedColumn  = Field[results.Summary]{Name: "missed", Rank: 2, Cell: missed, Style: missedStyle}
	lateColumn    = Field[results.Summary]{Name: "late p99", Rank: 8, Cell: late}
)

// levelColumn is the column of what a sweep varies.
func levelColumn(levels []results.Summary) Field[results.Summary] {
	if varied(levels) != results.OverRate {
		return limitColumn
	}
	return Field[results.Summary]{Name: "rate/s", Cell: func(s results.Summary) string { return text.Count(s.Rate) }}
}

// missed writes how many requests of an open loop were due and not started.
func missed(s results.Summary) string {
	if s.Missed == nil || *s.Missed == 0 {
		return text.None
	}
	return text.Count(*s.Missed)
}

// missedStyle returns the style of the number of requests that were missed.
func missedStyle(s results.Summary) Style {
	if missed(s) == text.None {
		return Plain
	}
	return Trouble
}

// late writes how late the client was in an open loop.
func late(s results.Summary) string {
	if s.Late == nil {
		return text.None
	}
	return text.OrNone(*s.Late, text.Span)
}

// openLoopColumns returns the columns of response times that the tables list, and those of an open loop, as far as the summaries
// have any.
func openLoopColumns(summaries []results.Summary) (responses, open []Field[results.Summary]) {
	for _, f := range results.ResponseFigures(summaries) {
		if f.Rank != results.Unlisted {
			responses = append(responses, figureColumn(f))
		}
	}
	if slices.ContainsFunc(summaries, func(s results.Summary) bool { return s.Late != nil }) {
		open = []Field[results.Summary]{offeredColumn, missedColumn, lateColumn}
	}
	return responses, open
}

// openLoopRecords are the columns of trials with a rate, which are the last ones of runs that have such trials. Those of an open
// loop are empty in a closed one.
func openLoopRecords() []Field[results.Trial] {
	var columns []Field[results.Trial]
	for _, f := range results.ResponseFigures([]results.Summary{{Response: &results.Latency{}}}) {
		columns = append(columns, Field[results.Trial]{Name: f.Name + "_seconds", Cell: func(t results.Trial) string { return text.Exact(f.OfTrial(&t)) }})
	}
	open := func(name string, write func(t results.Trial) string) Field[results.Trial] {
		return Field[results.Trial]{Name: name, Cell: func(t results.Trial) string {
			if !t.Open() || t.Missed == nil {
				return ""
			}
			return write(t)
		}}
	}
	return append(columns,
		open("offered_per_second", func(t results.Trial) string { return text.Exact(t.Offered) }),
		open("missed", func(t results.Trial) string { return text.Integer(*t.Missed) }),
		open("late_p99_seconds", func(t results.Trial) string { return text.Exact(*t.Late) }))
}

// loops says what latencies and response times are.
func loops(trials []results.Trial) string {
	switch {
	case slices.ContainsFunc(trials, func(t results.Trial) bool { return t.Open() }):
		return "Open loop: requests are due whether or not earlier ones have been answered. Latency is from the start of a request, resp is its " +
			"response time, from when it was due, so that waiting for a slot counts. Missed are those that were due and not started by the end, and " +
			"late p99 is how late the client itself was in starting the others"
	case slices.ContainsFunc(trials, func(t results.Trial) bool { return t.Response != nil }):
		return "Closed loop: latency is the service time that the caller sees, not corrected for coordinated omission; resp is corrected for it, with " +
			"the waiting of requests that slow responses kept from starting"
	}
	return "Closed loop: latency is the service time that the caller sees"
}
