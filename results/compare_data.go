package results

import (
	"io"
	"strconv"
	"sweetspot/results/text"
)

// changeColumns are the columns of the CSV, with exact figures; a figure that is not known is empty.
var changeColumns = []column[Change]{
	{name: "strategy", cell: func(r Change) string { return text.Clean(r.Strategy) }},
	{name: "limit", cell: func(r Change) string { return strconv.Itoa(r.Limit) }},
	{name: "old_trials", cell: func(r Change) string { return strconv.Itoa(r.Old.Trials) }},
	{name: "new_trials", cell: func(r Change) string { return strconv.Itoa(r.New.Trials) }},
	{name: "old_goodput_per_second", cell: func(r Change) string { return text.Exact(r.Old.PerSecond) }},
	{name: "new_goodput_per_second", cell: func(r Change) string { return text.Exact(r.New.PerSecond) }},
	{name: "ratio", cell: func(r Change) string { return text.ExactOrEmpty(r.Ratio) }},
	{name: "low", cell: func(r Change) string { return text.ExactOrEmpty(r.Low) }},
	{name: "high", cell: func(r Change) string { return text.ExactOrEmpty(r.High) }},
	{name: "p", cell: func(r Change) string { return text.ExactOrEmpty(r.P) }},
	{name: "verdict", cell: func(r Change) string { return r.Verdict }},
	{name: "old_latency_p50_seconds", cell: func(r Change) string { return text.Exact(r.Old.Latency.P50) }},
	{name: "new_latency_p50_seconds", cell: func(r Change) string { return text.Exact(r.New.Latency.P50) }},
	{name: "old_latency_p99_seconds", cell: func(r Change) string { return text.Exact(r.Old.Latency.P99) }},
	{name: "new_latency_p99_seconds", cell: func(r Change) string { return text.Exact(r.New.Latency.P99) }},
}

func (c *Comparison) csv(w io.Writer) error { return tabulate(c.Rows, changeColumns).csv(w) }

func (c *Comparison) json(w io.Writer) error {
	shown := *c
	shown.Rows = text.Each(c.Rows, func(r Change) Change {
		r.Old, r.New = r.Old.whole(), r.New.whole()
		return r
	})
	shown.OnlyOld, shown.OnlyNew = listed(c.OnlyOld), listed(c.OnlyNew)
	shown.Optima = text.Each(c.Optima, func(s Shift) Shift {
		s.Old, s.New = s.Old.whole(), s.New.whole()
		return s
	})
	shown.Warnings, shown.Codes = listed(c.Warnings), coded(c.Warnings)
	return writeJSON(w, shown)
}
