package article

import (
	"fmt"
	"slices"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// table draws the times of the batches beside those of the article.
func (a *measurements) table(p render.Page) error {
	var rows []published
	for _, b := range publishedBatches {
		if a.row(ArticleServer, b.Batch) != nil || a.row(InstantServer, b.Batch) != nil {
			rows = append(rows, b)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	p.Heading(1, "Every batch beside the article's")
	var marks render.Notes
	g := slices.DeleteFunc(render.Tabulate(rows, a.columns(&marks)), func(c render.Column) bool { return c.Only(text.None) })
	if err := p.Table(g); err != nil {
		return err
	}
	p.List(marks.List())
	p.Paragraph(render.Plain, "There: on the server like the article's. At once: on the server that answers at once. ± is the standard deviation over the repeats. "+
		"÷ article: divided by the time that the article gives. µs each and CPU µs are per request, at once. ×: times as long as python-aiohttp took for as many requests "+
		"(at limit 100, or 40 for 40), in the article, there and at once. Claim: whether what the article says about the client holds here.")
	return nil
}

// columns are the columns of the table.
func (a *measurements) columns(marks *render.Notes) []render.Field[published] {
	time := func(profile string) func(published) string {
		return func(b published) string { return a.time(profile, b.Batch) }
	}
	versus := func(profile string) func(published) string {
		return func(b published) string {
			return text.OrNone(stat.Ratio(a.seconds(profile, b.Batch), a.seconds(profile, reference(b.Batch))), text.Number)
		}
	}
	return []render.Field[published]{
		{Name: "generation", Rank: 9, Left: true, Cell: func(b published) string { return b.generation }},
		{Name: "strategy", Left: true, Cell: func(b published) string { return b.Strategy }},
		{Name: "requests", Cell: func(b published) string { return text.Count(b.Requests) }},
		{Name: "limit", Cell: func(b published) string { return text.Count(b.Limit) }},
		{Name: "article", Rank: 1, Cell: func(b published) string { return text.OrNone(b.seconds, text.Span) }},
		{Name: "there", Cell: time(ArticleServer)},
		{Name: "÷ article", Rank: 6, Cell: func(b published) string {
			return text.OrNone(stat.Ratio(a.seconds(ArticleServer, b.Batch), b.seconds), times)
		}},
		{Name: "at once", Cell: time(InstantServer)},
		{Left: true, Cell: func(b published) string { return a.mark(marks, b.Batch) }},
		{Name: "µs each", Rank: 5, Cell: func(b published) string { return a.figureOf(b.Batch, each) }},
		{Name: "CPU µs", Rank: 8, Cell: func(b published) string { return a.figureOf(b.Batch, cpu) }},
		{Name: "article ×", Rank: 4, Cell: func(b published) string {
			return text.OrNone(stat.Ratio(b.seconds, publishedSeconds(reference(b.Batch))), text.Number)
		}},
		{Name: "there ×", Rank: 3, Cell: versus(ArticleServer)},
		{Name: "at once ×", Rank: 2, Cell: versus(InstantServer)},
		{Name: "claim", Rank: 7, Left: true, Cell: a.outcomeOf},
	}
}

func each(s results.Summary) float64 { return s.Microseconds }
func cpu(s results.Summary) float64  { return s.CPUMicroseconds }

// figureOf writes a figure of a batch on the server that answers at once.
func (a *measurements) figureOf(b Batch, of func(results.Summary) float64) string {
	s := a.row(InstantServer, b)
	if s == nil {
		return text.None
	}
	return text.OrNone(of(*s), text.Number)
}

// time writes how long a batch took and how much the times varied.
func (a *measurements) time(profile string, b Batch) string {
	s := a.row(profile, b)
	if s == nil {
		return text.None
	}
	words := text.Span(a.seconds(profile, b))
	if share, known := s.KnownSpread(); known {
		words += " ±" + text.Percent(share)
	}
	return words
}

// times writes a ratio: 0.19×.
func times(x float64) string { return text.Number(x) + "×" }

// reference returns the batch of aiohttp that a batch is compared with.
func reference(b Batch) Batch {
	limit := 100
	if b.Requests == 40 {
		limit = 40
	}
	return Batch{"python-aiohttp", limit, b.Requests}
}

// publishedSeconds returns the time that the article gives for a batch, or 0.
func publishedSeconds(b Batch) float64 {
	for _, p := range publishedBatches {
		if p.Batch == b {
			return p.seconds
		}
	}
	return 0
}

// outcomeOf says whether what the article says about the batch holds here.
func (a *measurements) outcomeOf(b published) string {
	for _, c := range claims {
		if c.one == b.Batch && c.expect != question {
			return string(a.outcome(c))
		}
	}
	return ""
}

// mark returns the mark of a batch with failed requests.
func (a *measurements) mark(marks *render.Notes, b Batch) string {
	for _, server := range servers {
		if s := a.row(server.profile, b); s != nil && render.Failures(*s) != text.None {
			return marks.Mark([]string{fmt.Sprintf("%s failed: %s", render.Failures(*s), s.FirstError)})
		}
	}
	return ""
}
