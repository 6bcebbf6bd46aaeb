package report

import (
	"fmt"
	"math"
	"strconv"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// A table is what a figure draws, to be read.
type table struct {
	Caption string
	Head    []head
	Rows    [][]string
	Rest    string // what is left out, if anything
}

// A head is the head of a column. Words are aligned left, numbers right.
type head struct {
	Name string
	Word bool
}

// nothing stands for a figure that there is none of.
const nothing = "–"

// some writes a figure that is missing when it is 0.
func some(x float64, write func(float64) string) string {
	if x == 0 {
		return nothing
	}
	return write(x)
}

// optional writes a rate that may be unknown.
func optional(x *float64) string {
	if x == nil {
		return nothing
	}
	return text.Number(*x)
}

// round leaves what a chart can show of a number, so that the page stays small.
func round(x float64) float64 {
	const digits = 6
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	if err != nil || math.IsNaN(short) || math.IsInf(short, 0) {
		return 0
	}
	return short
}

func cleaned(texts []string) []string {
	clean := make([]string, len(texts))
	for i, words := range texts {
		clean[i] = text.Clean(words)
	}
	return clean
}

// limitTable lists the goodput of a line by limit, and notes what there is to note about it.
func limitTable(run *results.Run, l line, notes *render.Notes) table {
	t := table{
		Caption: l.Name + ": goodput by limit, with 95% confidence",
		Head: []head{{Name: "limit"}, {Name: "goodput/s"}, {Name: "low"}, {Name: "high"}, {Name: "trials"},
			{Name: "in flight"}, {Name: "", Word: true}, {Name: "notes", Word: true}},
	}
	found := optimum(run, l.strategy)
	for _, s := range l.summaries {
		t.Rows = append(t.Rows, []string{
			text.Count(s.Limit), text.Number(s.PerSecond), optional(s.Low), optional(s.High), text.Count(s.Trials),
			some(s.InFlightMean, text.Number), found.Mark(s.Limit), notes.Mark(render.Remarks(s)),
		})
	}
	return t
}

// latencyTable lists the latencies of a line by limit.
func latencyTable(l line) table {
	t := table{
		Caption: l.Name + ": latency by limit",
		Head:    append([]head{{Name: "limit"}}, latencyHeads()...),
	}
	for _, s := range l.summaries {
		t.Rows = append(t.Rows, append([]string{text.Count(s.Limit)}, latencyCells(s)...))
	}
	return t
}

// latencyHeads are the heads of the columns of the latencies.
func latencyHeads() []head {
	return text.Each(results.Latencies(), func(f results.Figure) head { return head{Name: f.Heading} })
}

// latencyCells are the latencies of a summary.
func latencyCells(s results.Summary) []string {
	return text.Each(results.Latencies(), func(f results.Figure) string { return some(f.OfSummary(&s), f.Write) })
}

// timeTable lists how long so many requests take by limit. The page's script can change the number: it finds the
// goodput in the column before.
func timeTable(l line, requests int64) table {
	t := table{
		Caption: l.Name + ": time by semaphore size",
		Head:    []head{{Name: "semaphore size"}, {Name: "goodput/s"}, {Name: fmt.Sprintf("time for %s", text.Count(requests))}},
	}
	for _, s := range l.summaries {
		took := nothing
		if s.PerSecond > 0 {
			took = text.Span(float64(requests) / s.PerSecond)
		}
		t.Rows = append(t.Rows, []string{text.Count(s.Limit), text.Number(s.PerSecond), took})
	}
	return t
}
