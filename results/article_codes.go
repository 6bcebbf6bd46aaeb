package results

import (
	"fmt"
	"slices"
	"sweetspot/results/text"
)

// An extrapolated is how long all 36^4 codes take with a client.
type extrapolated struct {
	name          string
	limit         int
	article       float64 // seconds that the article projects; 0 if none
	there, atOnce float64 // projected from 4,000 requests on either server
	measured      float64
}

// projection draws how long all codes would take with each client, beside the run that requested all of them.
func (a *article) projection(p page) error {
	wholes := a.wholes()
	if len(wholes) == 0 {
		return nil
	}
	p.heading(1, "All 36^4 codes")
	p.paragraph(a.real())
	g := tabulate(wholes, []column[extrapolated]{
		{name: "strategy", left: true, cell: func(w extrapolated) string { return w.name }},
		{name: "limit", cell: func(w extrapolated) string { return text.Count(w.limit) }},
		{name: "projected by the article", rank: 1, cell: func(w extrapolated) string { return text.OrNone(w.article, text.Span) }},
		{name: "projected there", rank: 3, cell: func(w extrapolated) string { return text.OrNone(w.there, text.Span) }},
		{name: "projected at once", rank: 2, cell: func(w extrapolated) string { return text.OrNone(w.atOnce, text.Span) }},
		{name: "measured at once", cell: func(w extrapolated) string { return text.OrNone(w.measured, text.Span) }},
	})
	return p.table(slices.DeleteFunc(g, func(s strip) bool { return s.all(text.None) }))
}

// wholes projects from every batch of 4,000 requests.
func (a *article) wholes() []extrapolated {
	extrapolate := func(profile string, b Batch) float64 {
		return a.seconds(profile, b) * float64(AllCodes) / float64(b.Requests)
	}
	article := map[Batch]float64{
		{"python-threads", 100, 4000}: articleThreads, {"python-aiohttp", 100, 4000}: articleAIOHTTP,
	}
	_, all := a.codes()
	var wholes []extrapolated
	for _, b := range publishedBatches {
		if b.Requests != 4000 {
			continue
		}
		w := extrapolated{b.Strategy, b.Limit, article[b.Batch], extrapolate(LikeTheArticles, b.Batch), extrapolate(AtOnce, b.Batch), 0}
		if all != nil && all.Strategy == w.name && all.Limit == w.limit {
			w.measured = float64(AllCodes) / all.PerSecond
		}
		if w.there > 0 || w.atOnce > 0 || w.measured > 0 {
			wholes = append(wholes, w)
		}
	}
	return wholes
}

// real says what the run of all codes took.
func (a *article) real() string {
	run, s := a.codes()
	if s == nil {
		return "Projected from 4,000 requests, not measured."
	}
	words := fmt.Sprintf("%s requested all %s of them at limit %s, on %s, in %s: %s/s, %s µs each, %s µs of the client's CPU.",
		s.Strategy, text.Count(AllCodes), text.Count(s.Limit), serverNamed(AtOnce), text.Span(float64(AllCodes)/s.PerSecond),
		text.Number(s.PerSecond), text.Number(s.Microseconds), text.Number(s.CPUMicroseconds))
	if run.PeakMemory > 0 {
		words += fmt.Sprintf(" It took %s MB of memory at most.", text.Number(float64(run.PeakMemory)/1e6))
	}
	if b := a.row(AtOnce, Batch{s.Strategy, s.Limit, 4000}); b != nil {
		words += fmt.Sprintf(" Projected from its batches of 4,000 it would have been %s.", text.Span(float64(AllCodes)/b.PerSecond))
	}
	if b := a.theory(); b != nil {
		words += fmt.Sprintf(" The server like the article's completes no more than %s/s, so there no client can take less than %s.",
			text.Number(b.PerSecond), text.Span(float64(AllCodes)/b.PerSecond))
	}
	return words + " The other times are projected from 4,000 requests, not measured."
}
