package results

import (
	"fmt"
	"slices"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// table draws the batches, Go's and Python's, beside the article's.
func (a *article) table(p page) error {
	var rows []published
	for _, b := range publishedBatches {
		if a.row(LikeTheArticles, b.Batch) != nil || a.row(AtOnce, b.Batch) != nil {
			rows = append(rows, b)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	p.heading(1, "Every batch beside the article's")
	var marks notes
	g := slices.DeleteFunc(tabulate(rows, a.columns(&marks)), func(s strip) bool { return s.all(text.None) })
	if err := p.table(g); err != nil {
		return err
	}
	p.list(marks.list())
	p.paragraph("there: on the server like the article's; at once: on the one that answers at once. ± is the standard deviation over the repeats. " +
		"÷ article: of the time that the article gives. µs each and CPU µs are of a request, at once. ×: times as long as python-aiohttp took for as many requests " +
		"(at limit 100, or 40 for 40), in the article, there and at once. What it says: whether what the article says of the client is so here.")
	return nil
}

// columns are those of the table. Ranks say what goes first where space is short.
func (a *article) columns(marks *notes) []column[published] {
	time := func(profile string) func(published) string {
		return func(b published) string { return a.time(profile, b.Batch) }
	}
	versus := func(profile string) func(published) string {
		return func(b published) string {
			return text.OrNone(stat.Ratio(a.seconds(profile, b.Batch), a.seconds(profile, reference(b.Batch))), text.Number)
		}
	}
	return []column[published]{
		{name: "generation", rank: 9, left: true, cell: func(b published) string { return b.generation }},
		{name: "strategy", left: true, cell: func(b published) string { return b.Strategy }},
		{name: "requests", cell: func(b published) string { return text.Count(b.Requests) }},
		{name: "limit", cell: func(b published) string { return text.Count(b.Limit) }},
		{name: "article", rank: 1, cell: func(b published) string { return text.OrNone(b.seconds, text.Span) }},
		{name: "there", cell: time(LikeTheArticles)},
		{name: "÷ article", rank: 6, cell: func(b published) string {
			return text.OrNone(stat.Ratio(a.seconds(LikeTheArticles, b.Batch), b.seconds), times)
		}},
		{name: "at once", cell: time(AtOnce)},
		{left: true, cell: func(b published) string { return a.mark(marks, b.Batch) }},
		{name: "µs each", rank: 5, cell: func(b published) string { return a.figureOf(b.Batch, Summary.each) }},
		{name: "CPU µs", rank: 8, cell: func(b published) string { return a.figureOf(b.Batch, Summary.cpu) }},
		{name: "article ×", rank: 4, cell: func(b published) string {
			return text.OrNone(stat.Ratio(b.seconds, publishedSeconds(reference(b.Batch))), text.Number)
		}},
		{name: "there ×", rank: 3, cell: versus(LikeTheArticles)},
		{name: "at once ×", rank: 2, cell: versus(AtOnce)},
		{name: "what it says", rank: 7, left: true, cell: a.standing},
	}
}

func (s Summary) each() float64 { return s.Microseconds }
func (s Summary) cpu() float64  { return s.CPUMicroseconds }

// figureOf writes a figure of a batch, answered at once.
func (a *article) figureOf(b Batch, of func(Summary) float64) string {
	s := a.row(AtOnce, b)
	if s == nil {
		return text.None
	}
	return text.OrNone(of(*s), text.Number)
}

// time writes how long a batch took and how much that varied.
func (a *article) time(profile string, b Batch) string {
	s := a.row(profile, b)
	if s == nil {
		return text.None
	}
	words := text.Span(a.seconds(profile, b))
	if s.Low != nil {
		words += " ±" + text.Percent(s.Spread)
	}
	return words
}

// times writes a ratio: 0.19×.
func times(x float64) string { return text.Number(x) + "×" }

// reference returns the batch of aiohttp that another one is set beside.
func reference(b Batch) Batch {
	limit := 100
	if b.Requests == 40 {
		limit = 40
	}
	return Batch{"python-aiohttp", limit, b.Requests}
}

// publishedSeconds returns what the article gives for a batch, 0 if it gives nothing.
func publishedSeconds(b Batch) float64 {
	for _, p := range publishedBatches {
		if p.Batch == b {
			return p.seconds
		}
	}
	return 0
}

// standing says whether what the article says of the batch is true here.
func (a *article) standing(b published) string {
	for _, c := range claims {
		if c.one == b.Batch && c.expect != question {
			return string(a.outcome(c))
		}
	}
	return ""
}

// mark returns the mark of a batch whose requests failed.
func (a *article) mark(marks *notes, b Batch) string {
	for _, server := range articleServers {
		if s := a.row(server.profile, b); s != nil && failures(*s) != text.None {
			return marks.mark([]string{fmt.Sprintf("%s failed: %s", failures(*s), s.FirstError)})
		}
	}
	return ""
}
