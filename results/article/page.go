package article

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// Draw draws the page.
func (a *measurements) Draw(p render.Page) error {
	p.Heading(0, "The article's clients, measured again")
	p.Paragraph(render.Plain, a.introduction())
	if len(a.rows) == 0 && len(a.sweeps()) == 0 {
		p.Paragraph(render.Plain, "Nothing was measured.")
	} else if err := a.body(p); err != nil {
		return err
	}
	a.method(p)
	return nil
}

func (a *measurements) introduction() string {
	words := fmt.Sprintf("The article “%s” (2021) made the same requests with one generation of clients after another. Here they are measured "+
		"again, beside clients in Go. The server like the article's shows what the article saw", title)
	if b := a.theory(); b != nil {
		words += fmt.Sprintf(": in theory it completes %s/s at most, with %s in flight; a faster client waits for the server, so that its own cost is not visible",
			text.Number(b.PerSecond), text.Count(b.Limit))
	}
	return words + ". The server that answers at once shows what each client costs. Every time is that of a whole batch: a client that has just been " +
		"started, without a connection, requests distinct URLs, decodes the JSON of each response, and ends." + a.origin()
}

// origin says when and where the page was made.
func (a *measurements) origin() string {
	if len(a.runs) == 0 {
		return ""
	}
	day, _, _ := strings.Cut(a.runs[0].Started, "T")
	m := a.runs[0].Machine
	return fmt.Sprintf(" This page was written by sweetspot article from its measurements of %s, on a machine with %d CPUs (%s/%s).",
		day, m.CPUs, m.OS, m.Arch)
}

// theory returns what theory says of the server like the article's, or nil.
func (a *measurements) theory() *results.Bundled {
	for _, run := range a.runs {
		if b := run.Bundled; b != nil && b.Profile == ArticleServer && b.PerSecond > 0 {
			return b
		}
	}
	return nil
}

// body draws what was measured.
func (a *measurements) body(p render.Page) error {
	if found := a.findings(); len(found) > 0 {
		p.Heading(1, "Findings")
		p.Findings(found)
		p.Paragraph(render.Plain, a.confidence())
	}
	if err := a.table(p); err != nil {
		return err
	}
	a.curves(p)
	return a.drawProjection(p)
}

// confidence says how certain the intervals of the findings are.
func (a *measurements) confidence() string {
	if a.comparisons() == 0 {
		return ""
	}
	return fmt.Sprintf("In brackets: intervals of the ratio of times, block by block; all of them together are right with %s confidence. "+
		"A difference counts if it is certainly larger than %s; a noticeable one is larger than %s.",
		text.PercentTo(stat.Confidence, 0), text.PercentTo(stat.Negligible, 0), text.PercentTo(noticeable, 0))
}

// batchTime is how long the article's largest batch takes at a limit.
var batchTime = render.Quantity{Title: "seconds for 4,000 requests", Of: func(s results.Summary) float64 { return stat.Ratio(largestBatch, s.PerSecond) }}

// curves draws the sweeps: the time of 4,000 requests against the semaphore's size.
func (a *measurements) curves(p render.Page) {
	sweeps := a.sweeps()
	if len(sweeps) > 0 {
		p.Heading(1, "Time against the semaphore's size")
	}
	for _, run := range sweeps {
		limits := results.Summarise(run.Trials)
		slices.SortFunc(limits, func(x, y results.Summary) int { return x.Limit - y.Limit })
		var found *results.Optimum
		if len(run.Optima) > 0 {
			found = &run.Optima[0]
		}
		p.Heading(2, fmt.Sprintf("%s on %s", run.Trials[0].Strategy, serverNamed(run.Bundled.Profile)))
		p.Picture(render.Curve(limits, batchTime, found, p.Columns()))
		p.Paragraph(render.Plain, a.sweepText(run, limits, found))
	}
}

// sweepText says what a sweep found.
func (a *measurements) sweepText(run *results.Run, limits []results.Summary, found *results.Optimum) string {
	if found == nil {
		return "No conclusion: the sweep ended before there was one."
	}
	words := strings.ToUpper(found.Advice()[:1]) + found.Advice()[1:]
	last := limits[len(limits)-1]
	if found.Peak.PerSecond > 0 && last.PerSecond > 0 && last.Limit > found.Peak.Limit {
		words += fmt.Sprintf(" 4,000 requests take %s at the peak, and at %s they take %s, %s times as long.",
			text.Span(largestBatch/found.Peak.PerSecond), text.Count(last.Limit), text.Span(largestBatch/last.PerSecond), text.Number(found.Peak.PerSecond/last.PerSecond))
	}
	if b := run.Bundled; b.Limit > 0 {
		words += fmt.Sprintf(" In theory this server's peak is %s/s at limit %s.", text.Number(b.PerSecond), text.Count(b.Limit))
	}
	return words + " " + found.Effort()
}

// method draws how the batches were measured, so that others can repeat it.
func (a *measurements) method(p render.Page) {
	if len(a.runs) == 0 {
		return
	}
	first := *a.runs[0]
	p.Heading(1, "How it was measured")
	first.Settings.Requests = 0 // each part has its own number
	p.Paragraph(render.Plain, render.Conditions(&first)+" The Python programs keep what they decoded by URL, as the article does; the clients in Go do not.")
	p.Picture([]render.Line{{Style: render.Plain, Text: "sweetspot " + strings.Join(text.Each(first.Arguments, text.Clean), " ")}})
	p.Paragraph(render.Plain, a.effort())
	p.List(a.versions())
	p.List(text.Each(a.warnings(), func(words string) string { return "warning: " + words }))
}

// effort says when and where the runs were made, with how many requests, and whether the servers counted the same number.
func (a *measurements) effort() string {
	var requests int64
	var trials int
	witnessed := true
	for _, run := range a.runs {
		trials += len(run.Trials)
		for _, t := range run.Trials {
			requests += t.WarmupRequests + t.Started
			witnessed = witnessed && t.Witnessed
		}
	}
	m := a.runs[0].Machine
	words := fmt.Sprintf("Started at %s. %s requests in %s trials.", a.runs[0].Started, text.Count(requests), text.Count(trials))
	if m.CPU != "" || m.Kernel != "" {
		words += " Machine: " + strings.Join(slices.DeleteFunc([]string{m.CPU, m.Kernel}, func(s string) bool { return s == "" }), ", ") + "."
	}
	if witnessed && requests > 0 {
		words += " The servers, which count independently, counted exactly the same number."
	}
	return words
}

// versions lists the external software that the strategies use.
func (a *measurements) versions() []string {
	known := map[string]string{}
	for _, run := range a.runs {
		maps.Copy(known, run.Versions)
	}
	var lines []string
	for _, strategy := range slices.Sorted(maps.Keys(known)) {
		lines = append(lines, strategy+": "+known[strategy])
	}
	return lines
}
