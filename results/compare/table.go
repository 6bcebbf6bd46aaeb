package compare

import (
	"fmt"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// Draw draws the comparison.
func (c *Comparison) Draw(p render.Page) error {
	target := c.New.Target
	if latest := c.new[0]; len(latest.Targets) > 0 {
		target = latest.Title()
	}
	p.Heading(1, fmt.Sprintf("%s %s of %s, compared with the %s", c.New.Command, target, when(c.NewRuns), runsOf(c.OldRuns)))
	var marks render.Notes
	several := slices.ContainsFunc(c.Rows, func(r Change) bool { return r.Target > 0 })
	columns := []render.Field[Change]{
		{Name: "strategy", Left: true, Cell: func(r Change) string { return r.At.Name(several) }},
		{Name: "limit", Cell: func(r Change) string { return text.Count(r.Limit) }},
		{Name: "old/s", Rank: 6, Cell: func(r Change) string { return text.Number(r.Old.PerSecond) }},
		{Name: "new/s", Rank: 5, Cell: func(r Change) string { return text.Number(r.New.PerSecond) }},
		{Name: "new/old", Cell: func(r Change) string { return text.Optional(r.Ratio, render.Ratio) }},
		{Name: "95% interval", Rank: 3, Cell: intervalOf},
		{Left: true, Cell: func(r Change) string { return marks.Mark(remarks(r)) }, Style: func(Change) render.Style { return render.Caution }},
		{Name: "difference", Rank: 1, Left: true, Cell: Change.words},
	}
	for i, f := range chiefLatencies() {
		columns = append(columns,
			render.Field[Change]{Name: f.Heading + " old", Rank: 8 + 2*i, Cell: func(r Change) string { return f.Write(f.OfSummary(&r.Old)) }},
			render.Field[Change]{Name: f.Heading + " new", Rank: 7 + 2*i, Cell: func(r Change) string { return f.Write(f.OfSummary(&r.New)) }})
	}
	if slices.ContainsFunc(c.Rows, func(r Change) bool { return len(r.Old.Failed)+len(r.New.Failed) > 0 }) {
		columns = append(columns,
			render.Field[Change]{Name: "errors old", Rank: 4, Cell: func(r Change) string { return render.Failures(r.Old) }},
			render.Field[Change]{Name: "errors new", Rank: 2, Cell: func(r Change) string { return render.Failures(r.New) }})
	}
	if err := p.Table(render.Tabulate(c.Rows, render.Styled(columns, Change.style))); err != nil {
		return err
	}
	p.List(marks.List())
	p.Paragraph(render.Faint, c.legend())
	p.List(c.unmatched())
	if err := c.drawGates(p); err != nil {
		return err
	}
	if err := c.drawOptima(p); err != nil {
		return err
	}
	p.List(text.Prefixed("warning: ", results.Words(c.Warnings)))
	return nil
}

// when writes the time at which the runs started, or the first and the last of them.
func when(runs []Origin) string {
	started := slices.Sorted(slices.Values(text.Each(runs, func(o Origin) string { return o.Started })))
	if len(runs) == 1 {
		return started[0]
	}
	return fmt.Sprintf("%s to %s (%d runs)", started[0], started[len(started)-1], len(runs))
}

// runsOf names the runs by the time at which they started.
func runsOf(runs []Origin) string {
	if len(runs) == 1 {
		return "run of " + when(runs)
	}
	return "runs of " + when(runs)
}

// legend says how to read the table of the goodput.
func (c *Comparison) legend() string {
	has := func(is func(Change) bool) bool { return slices.ContainsFunc(c.Rows, is) }
	words := "new/old is the ratio of goodput, above 1 where the new side is faster. "
	if has(func(r Change) bool { return r.P != nil }) {
		words += "All intervals together are right with 95% confidence (Holm's correction). ~ is a difference that is not certain: the interval includes 1."
	}
	if has(func(r Change) bool { return r.P != nil && r.single() }) {
		words += " " + c.Floor.words()
	}
	if has(func(r Change) bool { return r.P != nil && !r.single() }) {
		words += " Where a side has several runs, the intervals are those of the means of runs (Student's t test; Welch's if the sides are unlike)."
	}
	if has(func(r Change) bool { return r.Verdict == TooFew }) {
		words += fmt.Sprintf(" A single trial is not enough for an interval: both runs need at least %d trials, better %d.", fewestTrials, results.EnoughTrials)
	}
	return strings.TrimSpace(words)
}

// unmatched lists what only one of the sides measured.
func (c *Comparison) unmatched() []string {
	var items []string
	if len(c.OnlyOld) > 0 {
		items = append(items, "only in the old run: "+listAt(c.OnlyOld))
	}
	if len(c.OnlyNew) > 0 {
		items = append(items, "only in the new run: "+listAt(c.OnlyNew))
	}
	return items
}

// drawOptima draws how the limits to use compare.
func (c *Comparison) drawOptima(p render.Page) error {
	if len(c.Optima) == 0 {
		return nil
	}
	p.Heading(2, "The limit to use")
	return p.Table(render.Tabulate(c.Optima, []render.Field[Shift]{
		{Name: "strategy", Left: true, Cell: func(s Shift) string { return s.Old.At().Name(false) }},
		{Name: "old", Cell: func(s Shift) string { return limitOf(s.Old) }},
		{Name: "old interval", Rank: 3, Cell: func(s Shift) string { return interval(s.Old) }},
		{Name: "new", Cell: func(s Shift) string { return limitOf(s.New) }},
		{Name: "new interval", Rank: 3, Cell: func(s Shift) string { return interval(s.New) }},
		{Name: "difference", Rank: 1, Left: true, Cell: Shift.words},
		{Name: "old/s", Rank: 4, Cell: func(s Shift) string { return text.OrNone(s.Old.PerSecond, text.Number) }},
		{Name: "new/s", Rank: 4, Cell: func(s Shift) string { return text.OrNone(s.New.PerSecond, text.Number) }},
	}))
}

// remarks returns what to note about the two sides of a row.
func remarks(r Change) []string {
	return append(text.Prefixed("old: ", render.Remarks(r.Old)), text.Prefixed("new: ", render.Remarks(r.New))...)
}

func intervalOf(r Change) string {
	if r.Low == nil {
		return text.None
	}
	return render.Ratio(*r.Low) + " to " + render.Ratio(*r.High)
}

// interval writes the interval of the smallest limit that is enough.
func interval(o results.Optimum) string {
	if o.Label() != results.Use || o.Objective != "" {
		return text.None
	}
	return fmt.Sprintf("(%s, %s]", text.Count(o.Low), text.Count(o.High))
}
