package results

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sweetspot/results/text"
)

// view draws the comparison.
func (c *Comparison) view(p page) error {
	p.heading(1, fmt.Sprintf("%s %s of %s, against the one of %s", c.New.Command, c.New.Target, c.New.Started, c.Old.Started))
	var marks notes
	columns := []column[Change]{
		{name: "strategy", left: true, cell: func(r Change) string { return r.Strategy }},
		{name: "limit", cell: func(r Change) string { return text.Count(r.Limit) }},
		{name: "old/s", rank: 6, cell: func(r Change) string { return text.Number(r.Old.PerSecond) }},
		{name: "new/s", rank: 5, cell: func(r Change) string { return text.Number(r.New.PerSecond) }},
		{name: "new/old", cell: func(r Change) string { return text.Optional(r.Ratio, ratio) }},
		{name: "95% interval", rank: 3, cell: intervalOf},
		{left: true, cell: func(r Change) string { return marks.mark(r.noted()) }, tone: func(Change) tone { return caution }},
		{name: "difference", rank: 1, left: true, cell: differenceOf},
		{name: "p50 old", rank: 8, cell: func(r Change) string { return text.OrNone(r.Old.Latency.P50, text.Span) }},
		{name: "p50 new", rank: 7, cell: func(r Change) string { return text.OrNone(r.New.Latency.P50, text.Span) }},
		{name: "p99 old", rank: 10, cell: func(r Change) string { return text.OrNone(r.Old.Latency.P99, text.Span) }},
		{name: "p99 new", rank: 9, cell: func(r Change) string { return text.OrNone(r.New.Latency.P99, text.Span) }},
		{name: "errors old", rank: 4, cell: func(r Change) string { return failures(r.Old) }},
		{name: "errors new", rank: 2, cell: func(r Change) string { return failures(r.New) }},
	}
	if !slices.ContainsFunc(c.Rows, func(r Change) bool { return len(r.Old.Failed)+len(r.New.Failed) > 0 }) {
		columns = columns[:len(columns)-2]
	}
	if err := p.table(tabulate(c.Rows, toned(columns, Change.tone))); err != nil {
		return err
	}
	p.list(marks.list())
	p.toned(faint, c.legend())
	p.list(c.unmatched())
	if err := c.viewOptima(p); err != nil {
		return err
	}
	p.list(text.Prefixed("warning: ", Words(c.Warnings)))
	return nil
}

// legend says how the table of the goodput is to be read.
func (c *Comparison) legend() string {
	words := "new/old is the ratio of goodput, over 1 where the new run is faster. "
	bounded := slices.ContainsFunc(c.Rows, func(r Change) bool { return r.P != nil })
	if bounded {
		words += "All intervals together are right with 95% confidence (Welch's t test, Holm's correction). " +
			"~: noise, which a difference of at most 2% is called too, since sessions differ by as much by themselves."
	}
	if slices.ContainsFunc(c.Rows, func(r Change) bool { return r.Verdict == TooFew }) {
		words += fmt.Sprintf(" One trial on a side bounds nothing: it takes at least %d on both (--repeats), better %d.", fewest, enoughTrials)
	}
	return strings.TrimSpace(words)
}

// unmatched lists what only one of the runs has measured.
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

// viewOptima draws how the limits to use compare.
func (c *Comparison) viewOptima(p page) error {
	if len(c.Optima) == 0 {
		return nil
	}
	p.heading(2, "The limit to use")
	return p.table(tabulate(c.Optima, []column[Shift]{
		{name: "strategy", left: true, cell: func(s Shift) string { return s.Strategy }},
		{name: "old", cell: func(s Shift) string { return use(s.Old) }},
		{name: "old in", rank: 3, cell: func(s Shift) string { return s.Old.interval() }},
		{name: "new", cell: func(s Shift) string { return use(s.New) }},
		{name: "new in", rank: 3, cell: func(s Shift) string { return s.New.interval() }},
		{name: "difference", rank: 1, left: true, cell: movement},
		{name: "old/s", rank: 4, cell: func(s Shift) string { return text.OrNone(s.Old.PerSecond, text.Number) }},
		{name: "new/s", rank: 4, cell: func(s Shift) string { return text.OrNone(s.New.PerSecond, text.Number) }},
	}))
}

// noted returns what there is to note about the two sides of a row.
func (r Change) noted() []string {
	return append(text.Prefixed("old: ", r.Old.noted()), text.Prefixed("new: ", r.New.noted())...)
}

// ratio writes a ratio as fine as it is worth reading: 0.952, 1.049, 16.2.
func ratio(x float64) string {
	if x < 0.1 || x >= 10 {
		return text.Number(x)
	}
	return strconv.FormatFloat(x, 'f', 3, 64)
}

func intervalOf(r Change) string {
	if r.Low == nil {
		return text.None
	}
	return ratio(*r.Low) + " to " + ratio(*r.High)
}

// differenceOf writes the verdict of a row.
func differenceOf(r Change) string {
	switch r.Verdict {
	case Indistinguishable:
		return "~"
	case TooFew:
		return "too few to say"
	case Failed:
		return "failed"
	case Slower:
		if *r.Ratio <= 0.5 {
			return text.Number(1 / *r.Ratio) + "× slower"
		}
		return text.Percent(1-*r.Ratio) + " slower"
	}
	if *r.Ratio >= 2 {
		return text.Number(*r.Ratio) + "× faster"
	}
	return text.Percent(*r.Ratio-1) + " faster"
}

// use writes the limit of an optimum, or, where it is not one to use, what was found instead.
func use(o Optimum) string {
	switch o.label() {
	case "use":
		return text.Count(o.Limit)
	case "":
		return o.Verdict
	}
	return o.Verdict + ", " + text.Count(o.Limit)
}

// interval writes in which limits the smallest that is enough lies.
func (o *Optimum) interval() string {
	if o.label() != "use" || o.Objective != "" {
		return text.None
	}
	return fmt.Sprintf("(%s, %s]", text.Count(o.Low), text.Count(o.High))
}

func movement(s Shift) string {
	switch s.Verdict {
	case Indistinguishable:
		return "~"
	case Incomparable:
		return text.None
	}
	return s.Verdict
}
