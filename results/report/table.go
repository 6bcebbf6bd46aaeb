package report

import (
	"fmt"
	"math"
	"strconv"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// A table shows the data of a figure as text.
type table struct {
	Caption string
	Head    []head
	Rows    [][]string
	Rest    string // says how many rows are left out; empty if none
}

// A head is the head of a column.
type head struct {
	Name string
	Word bool // the column contains words, which are aligned left; numbers are aligned right
}

// noValue is shown in place of a missing number.
const noValue = "–"

// orNoValue formats a number for which 0 means that it is missing.
func orNoValue(x float64, write func(float64) string) string {
	if x == 0 {
		return noValue
	}
	return write(x)
}

// optional formats a rate that may be missing.
func optional(x *float64) string {
	if x == nil {
		return noValue
	}
	return text.Number(*x)
}

// round rounds to six significant digits, which is more than a chart can show, to keep the page small. NaN and the
// infinities, which JSON does not have, become 0.
func round(x float64) float64 {
	const digits = 6
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	if err != nil || math.IsNaN(short) || math.IsInf(short, 0) {
		return 0
	}
	return short
}

// limitTable lists the goodput of a line at each limit. It adds the footnotes of its rows to notes.
func limitTable(run *results.Run, l line, notes *render.Notes) table {
	t := table{
		Caption: l.Name + ": goodput by " + l.Over + ", with 95% confidence interval",
		Head: []head{{Name: l.Over}, {Name: "goodput/s"}, {Name: "low"}, {Name: "high"}, {Name: "trials"},
			{Name: "in flight"}, {Name: "", Word: true}, {Name: "notes", Word: true}},
	}
	found := run.OptimumOf(l.at)
	for _, s := range l.summaries {
		t.Rows = append(t.Rows, []string{
			text.Count(s.Level()), text.Number(s.PerSecond), optional(s.Low), optional(s.High), text.Count(s.Trials),
			orNoValue(s.InFlightMean, text.Number), found.Mark(s.Level(), s.PerSecond), notes.Mark(render.Remarks(s)),
		})
	}
	return t
}

// latencyTables list the response times of a line at each limit or rate, if it has any, and its latencies.
func latencyTables(l line) []table {
	var tables []table
	if responses := results.ResponseFigures(l.summaries); len(responses) > 0 {
		tables = append(tables, quantilesTable(l, "response time", responses))
	}
	return append(tables, quantilesTable(l, "latency", results.Latencies()))
}

func quantilesTable(l line, what string, shown []results.Figure) table {
	t := table{
		Caption: l.Name + ": " + what + " by " + l.Over,
		Head:    append([]head{{Name: l.Over}}, latencyHeads(shown)...),
	}
	for _, s := range l.summaries {
		t.Rows = append(t.Rows, append([]string{text.Count(s.Level())}, latencyCells(s, shown)...))
	}
	return t
}

// latencyHeads are the heads of the columns of latencies.
func latencyHeads(shown []results.Figure) []head {
	return text.Each(shown, func(f results.Figure) head { return head{Name: f.Heading} })
}

// latencyCells are the latencies of a summary.
func latencyCells(s results.Summary, shown []results.Figure) []string {
	return text.Each(shown, func(f results.Figure) string { return orNoValue(f.OfSummary(&s), f.Write) })
}

// timeTable lists the time of a number of requests at each limit. The page's script recalculates the time from the goodput in
// the second column when the reader changes the number.
func timeTable(l line, requests int64) table {
	t := table{
		Caption: l.Name + ": time by semaphore size",
		Head:    []head{{Name: "semaphore size"}, {Name: "goodput/s"}, {Name: fmt.Sprintf("time for %s", text.Count(requests))}},
	}
	for _, s := range l.summaries {
		took := noValue
		if s.PerSecond > 0 {
			took = text.Span(float64(requests) / s.PerSecond)
		}
		t.Rows = append(t.Rows, []string{text.Count(s.Limit), text.Number(s.PerSecond), took})
	}
	return t
}
