package article

import (
	"fmt"
	"slices"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// A projection is how long all 36^4 codes take with a client.
type projection struct {
	name          string
	limit         int
	article       float64 // seconds that the article projects; 0 if it does not
	there, atOnce float64 // seconds, projected from 4,000 requests on either server
	measured      float64
}

// drawProjection draws how long all codes would take with each client, and how long the run took that requested them all.
func (a *measurements) drawProjection(p render.Page) error {
	projections := a.projections()
	if len(projections) == 0 {
		return nil
	}
	p.Heading(1, "All 36^4 codes")
	p.Paragraph(render.Plain, a.allCodes())
	g := render.Tabulate(projections, []render.Field[projection]{
		{Name: "strategy", Left: true, Cell: func(w projection) string { return w.name }},
		{Name: "limit", Cell: func(w projection) string { return text.Count(w.limit) }},
		{Name: "projected by the article", Rank: 1, Cell: func(w projection) string { return text.OrNone(w.article, text.Span) }},
		{Name: "projected there", Rank: 3, Cell: func(w projection) string { return text.OrNone(w.there, text.Span) }},
		{Name: "projected at once", Rank: 2, Cell: func(w projection) string { return text.OrNone(w.atOnce, text.Span) }},
		{Name: "measured at once", Cell: func(w projection) string { return text.OrNone(w.measured, text.Span) }},
	})
	return p.Table(slices.DeleteFunc(g, func(c render.Column) bool { return c.Only(text.None) }))
}

// projections returns the projections from the batches of 4,000 requests.
func (a *measurements) projections() []projection {
	extrapolate := func(profile string, b Batch) float64 {
		return a.seconds(profile, b) * float64(results.AllCodes) / float64(b.Requests)
	}
	article := map[Batch]float64{
		{"python-threads", 100, 4000}: publishedThreads, {"python-aiohttp", 100, 4000}: publishedAIOHTTP,
	}
	_, all := a.codes()
	var projections []projection
	for _, b := range publishedBatches {
		if b.Requests != largestBatch {
			continue
		}
		w := projection{b.Strategy, b.Limit, article[b.Batch], extrapolate(ArticleServer, b.Batch), extrapolate(InstantServer, b.Batch), 0}
		if all != nil && all.Strategy == w.name && all.Limit == w.limit {
			w.measured = float64(results.AllCodes) / all.PerSecond
		}
		if w.there > 0 || w.atOnce > 0 || w.measured > 0 {
			projections = append(projections, w)
		}
	}
	return projections
}

// allCodes describes the run of all codes, and says which times are projected.
func (a *measurements) allCodes() string {
	run, s := a.codes()
	if s == nil {
		return "Projected from 4,000 requests, not measured."
	}
	words := fmt.Sprintf("%s requested all %s codes at limit %s, on %s, in %s: %s/s, %s µs and %s µs of the client's CPU time per request.",
		s.Strategy, text.Count(results.AllCodes), text.Count(s.Limit), serverNamed(InstantServer), text.Span(float64(results.AllCodes)/s.PerSecond),
		text.Number(s.PerSecond), text.Number(s.Microseconds), text.Number(s.CPUMicroseconds))
	if run.PeakMemory > 0 {
		words += fmt.Sprintf(" It used at most %s of memory.", text.Bytes(run.PeakMemory))
	}
	if b := a.row(InstantServer, Batch{s.Strategy, s.Limit, largestBatch}); b != nil {
		words += fmt.Sprintf(" The time projected from its batches of 4,000 is %s.", text.Span(float64(results.AllCodes)/b.PerSecond))
	}
	if b := a.theory(); b != nil {
		words += fmt.Sprintf(" The server like the article's completes no more than %s/s, so there no client can take less than %s.",
			text.Number(b.PerSecond), text.Span(float64(results.AllCodes)/b.PerSecond))
	}
	return words + " The other times are projected from 4,000 requests, not measured."
}
