package report

import (
	"fmt"
	"math"
	"strconv"

	"sweetspot/results"
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

// some formats a number for which 0 means that it is missing.
func some(x float64, write func(float64) string) string {
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
	return results.Figure(*x)
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

// cleaned applies results.Clean to each text.
func cleaned(texts []string) []string {
	clean := make([]string, len(texts))
	for i, text := range texts {
		clean[i] = results.Clean(text)
	}
	return clean
}

// limitTable lists the goodput of a line at each limit. It adds the footnotes of its rows to notes.
func limitTable(run *results.Run, l line, notes *results.Notes) table {
	t := table{
		Caption: l.Name + ": goodput by limit, with 95% confidence interval",
		Head: []head{{Name: "limit"}, {Name: "goodput/s"}, {Name: "low"}, {Name: "high"}, {Name: "trials"},
			{Name: "in flight"}, {Name: "", Word: true}, {Name: "notes", Word: true}},
	}
	found := optimum(run, l.strategy)
	for _, s := range l.summaries {
		t.Rows = append(t.Rows, []string{
			results.Count(s.Limit), results.Figure(s.PerSecond), optional(s.Low), optional(s.High), results.Count(s.Trials),
			some(s.InFlightMean, results.Figure), found.Mark(s.Limit), notes.Mark(s),
		})
	}
	return t
}

// latencyTable lists the latencies of a line at each limit.
func latencyTable(l line) table {
	t := table{
		Caption: l.Name + ": latency by limit",
		Head:    []head{{Name: "limit"}, {Name: "mean"}, {Name: "p50"}, {Name: "p90"}, {Name: "p99"}, {Name: "largest"}},
	}
	for _, s := range l.summaries {
		row := []string{results.Count(s.Limit)}
		for _, x := range []float64{s.Latency.Mean, s.Latency.P50, s.Latency.P90, s.Latency.P99, s.Latency.Max} {
			row = append(row, some(x, results.Span))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// timeTable lists the time of a number of requests at each limit. The page's script recalculates the time from the goodput in
// the second column when the reader changes the number.
func timeTable(l line, requests int64) table {
	t := table{
		Caption: l.Name + ": time by semaphore size",
		Head:    []head{{Name: "semaphore size"}, {Name: "goodput/s"}, {Name: fmt.Sprintf("time for %s", results.Count(requests))}},
	}
	for _, s := range l.summaries {
		took := noValue
		if s.PerSecond > 0 {
			took = results.Span(float64(requests) / s.PerSecond)
		}
		t.Rows = append(t.Rows, []string{results.Count(s.Limit), results.Figure(s.PerSecond), took})
	}
	return t
}
