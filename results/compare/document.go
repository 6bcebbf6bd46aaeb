package compare

import (
	"slices"
	"strconv"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// changeColumns are the columns of the records. A figure that is not known is empty.
func changeColumns() []render.Field[Change] {
	columns := []render.Field[Change]{
		{Name: "strategy", Cell: func(r Change) string { return text.Clean(r.Strategy) }},
		{Name: "limit", Cell: func(r Change) string { return strconv.Itoa(r.Limit) }},
		{Name: "old_trials", Cell: func(r Change) string { return strconv.Itoa(r.Old.Trials) }},
		{Name: "new_trials", Cell: func(r Change) string { return strconv.Itoa(r.New.Trials) }},
		{Name: "old_goodput_per_second", Cell: func(r Change) string { return text.Exact(r.Old.PerSecond) }},
		{Name: "new_goodput_per_second", Cell: func(r Change) string { return text.Exact(r.New.PerSecond) }},
		{Name: "ratio", Cell: func(r Change) string { return text.ExactOrEmpty(r.Ratio) }},
		{Name: "low", Cell: func(r Change) string { return text.ExactOrEmpty(r.Low) }},
		{Name: "high", Cell: func(r Change) string { return text.ExactOrEmpty(r.High) }},
		{Name: "p", Cell: func(r Change) string { return text.ExactOrEmpty(r.P) }},
		{Name: "verdict", Cell: func(r Change) string { return string(r.Verdict) }},
	}
	for _, f := range chiefLatencies() {
		columns = append(columns,
			render.Field[Change]{Name: "old_latency_" + f.Name + "_seconds", Cell: func(r Change) string { return text.Exact(f.OfSummary(&r.Old)) }},
			render.Field[Change]{Name: "new_latency_" + f.Name + "_seconds", Cell: func(r Change) string { return text.Exact(f.OfSummary(&r.New)) }})
	}
	return append(columns,
		render.Field[Change]{Name: "old_runs", Cell: func(r Change) string { return strconv.Itoa(r.OldRuns) }},
		render.Field[Change]{Name: "new_runs", Cell: func(r Change) string { return strconv.Itoa(r.NewRuns) }})
}

// chiefLatencies are the latencies that a comparison shows, for information: it does not test them.
func chiefLatencies() []results.Figure {
	return slices.DeleteFunc(results.Latencies(), func(f results.Figure) bool { return !f.Chief })
}

var _ render.Document = (*Comparison)(nil)

// Records returns one row per strategy and limit that both sides have measured.
func (c *Comparison) Records() render.Grid { return render.Tabulate(c.Rows, changeColumns()) }

// Runs returns the old runs and the new ones.
func (c *Comparison) Runs() []render.NamedRun {
	named := func(name string) func(*results.Run) render.NamedRun {
		return func(r *results.Run) render.NamedRun { return render.NamedRun{Name: name, Run: r} }
	}
	return append(text.Each(c.old, named("old")), text.Each(c.new, named("new"))...)
}

// Value returns the comparison as SCHEMA.md documents it.
func (c *Comparison) Value() any {
	shown := *c
	shown.Rows = text.Each(c.Rows, func(r Change) Change {
		r.Old, r.New = r.Old.NonNull(), r.New.NonNull()
		return r
	})
	shown.OnlyOld, shown.OnlyNew = append([]results.At{}, c.OnlyOld...), append([]results.At{}, c.OnlyNew...)
	shown.Optima = text.Each(c.Optima, func(s Shift) Shift {
		s.Old, s.New = s.Old.NonNull(), s.New.NonNull()
		return s
	})
	shown.Warnings, shown.Codes = append([]results.Warning{}, c.Warnings...), results.CodesOf(c.Warnings)
	return shown
}
