package report

import (
	"slices"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// figures returns all figures of the page. A figure without data is hidden.
func figures(sources []Source, d data) []figure {
	limits, rates := d.over(results.OverLimit), d.over(results.OverRate)
	return []figure{
		throughputFigure(sources, limits), ratesFigure(sources, rates), responsesFigure(rates), rankingFigure(d), latencyFigure(limits),
		percentilesFigure(d), waitsFigure(d), timeFigure(limits), trialsFigure(sources, d), errorsFigure(d),
	}
}

// throughputFigure shows goodput against the limit.
func throughputFigure(sources []Source, d data) figure {
	f := goodputFigure(sources, d, "limit")
	f.ID, f.Title = "throughput", "Goodput against the limit"
	f.Lead = "Successful responses per second at each limit on requests in flight. " + f.Lead
	if len(d.Theories) > 0 {
		f.Lead += " The grey line is the theoretical goodput of the bundled server."
	}
	if slices.ContainsFunc(d.Lines, func(l line) bool { return l.Law != nil }) {
		f.Lead += " The dashed curve is the universal scalability law, fitted to the trials. It is shown only if the trials agree with it."
	}
	return f
}

// ratesFigure shows goodput against the rate at which requests are due.
func ratesFigure(sources []Source, d data) figure {
	f := goodputFigure(sources, d, "rate")
	f.ID, f.Title = "rates", "Goodput against the rate"
	f.Lead = "Successful responses per second at each rate at which requests are due. On the grey line all that is due is answered. " + f.Lead
	return f
}

// goodputFigure shows the goodput of each line; word is what its sweep varied.
func goodputFigure(sources []Source, d data, word string) figure {
	f := figure{
		Wide: true, Hidden: !hasCurves(d.Lines),
		Lead: "The band is the 95% confidence interval of the mean; it needs several trials at a " + word + ". The shaded area is the interval of the " +
			"recommended " + word + ".",
	}
	if slices.ContainsFunc(d.Lines, func(l line) bool { return len(l.Failed) > 0 }) {
		f.Lead += " A red cross marks a " + word + " at which more than 1% of the requests failed, or which lies above one; its goodput is in the table."
	}
	var notes render.Notes
	for _, l := range d.Lines {
		f.Tables = append(f.Tables, limitTable(sources[l.Run].Run, l, &notes))
	}
	f.Notes = text.Each(notes.List(), text.Clean)
	return f
}

// responsesFigure shows response times against the rate.
func responsesFigure(d data) figure {
	return quantilesFigure(d, responseTime, figure{
		ID: "responses", Title: "Response time against the rate", Wide: true,
		Lead: "p99 is the response time that 99% of the requests did not exceed, and so on. It counts from when a request was due, so that waiting " +
			"for a slot counts. The tables have the latency too, which is from the start of the request. Failed requests are not included.",
	})
}

// rankingFigure compares the goodput of the strategies.
func rankingFigure(d data) figure {
	f := figure{
		ID: "ranking", Title: "Goodput of the strategies, each at its own " + levelHead(summariesOf(d.Ranks)).Name, Hidden: len(d.Ranks) < 2 || !slices.ContainsFunc(d.Ranks, func(r rank) bool { return r.Rate > 0 }),
		Lead: "The line on each bar is the 95% confidence interval. A ~ marks a strategy whose difference from the fastest is not " +
			"significant.",
	}
	var notes render.Notes
	f.Tables = []table{rankTable("Strategies by goodput, with 95% confidence interval", d.Ranks, &notes)}
	if len(d.common) > 0 {
		f.Tables = append(f.Tables, rankTable("The same strategies, all at one common limit", d.common, &notes))
	}
	f.Notes = text.Each(notes.List(), text.Clean)
	return f
}

// latencyFigure shows latency against the limit.
func latencyFigure(d data) figure {
	return quantilesFigure(d, serviceTime, figure{
		ID: "latency", Title: "Latency against the limit",
		Lead: "p99 is the latency that 99% of the requests did not exceed, and so on. It is the service time, from the moment when the " +
			"request has a slot. Failed requests are not included.",
	})
}

// quantilesFigure completes a figure of quantiles of each line.
func quantilesFigure(d data, of func(point) quantiles, f figure) figure {
	f.Hidden = !hasCurves(d.Lines) || !hasQuantiles(d.Lines, of)
	if len(d.Bounds) > 0 {
		f.Lead += " The dashed red line is the objective of the sweep."
	}
	for _, l := range d.Lines {
		f.Tables = append(f.Tables, latencyTables(l)...)
	}
	return f
}

// percentilesFigure compares the latencies of the strategies.
func percentilesFigure(d data) figure {
	title := "Latency of the strategies, each at its own " + levelHead(summariesOf(d.Ranks)).Name
	return figure{
		ID: "percentiles", Title: title,
		// If the run is a sweep of one strategy, the latency figure already shows this.
		Hidden: !slices.ContainsFunc(d.Ranks, func(r rank) bool { return r.P50 > 0 }) || len(d.Ranks) == 1 && hasCurves(d.Lines),

		Lead:   "The median, p90, p95, p99, p99.9 and the slowest request of each strategy, from the start of the request.",
		Tables: []table{percentilesTable(title, d.Ranks, results.Latencies())},
	}
}

// waitsFigure compares the response times of the strategies.
func waitsFigure(d data) figure {
	const title = "Response time of the strategies"
	return figure{
		ID: "waits", Title: title,
		Hidden: !slices.ContainsFunc(d.Ranks, func(r rank) bool { return r.Response.P50 > 0 }) || len(d.Ranks) == 1 && hasCurves(d.Lines),

		Lead: "The same percentiles of the response time, which counts from when a request was due: what waits for a slot counts, and so does what " +
			"slow responses kept from starting.",
		Tables: []table{percentilesTable(title, d.Ranks, results.ResponseFigures(summariesOf(d.Ranks)))},
	}
}

// timeFigure shows the time of a batch against the size of the semaphore, as the article about semaphore sizes does.
func timeFigure(d data) figure {
	f := figure{
		ID: "time", Title: "Time for a batch against the semaphore size", Hidden: !hasCurves(d.Lines),
		Lead: "The time that the given number of requests would take at the measured goodput. It is calculated, not measured. Lower is " +
			"better.",
	}
	for _, l := range d.Lines {
		f.Tables = append(f.Tables, timeTable(l, d.Requests))
	}
	return f
}

// trialsFigure shows the trials over the time of the run.
func trialsFigure(sources []Source, d data) figure {
	f := figure{
		ID: "trials", Title: "Every trial over the time of the run", Wide: true,
		Hidden: !slices.ContainsFunc(d.Timelines, func(c timeline) bool { return len(c.Trials) > 0 }),
		Lead: "Each dot is a trial. The thin lines show the seconds of each trial. The share of the mean compares a trial with all " +
			"trials of the same strategy and limit: it stays near 100% unless the machine or the server drifts.",
		Tables: []table{trialTable(sources, d.Lines, d.Timelines, d.Timed)},
	}
	if !d.Timed {
		f.Lead += " The run has no start times, so the trials are shown in their order."
	}
	return f
}

// errorsFigure shows the share of requests that failed.
func errorsFigure(d data) figure {
	f := figure{ID: "errors", Title: "Failed requests", Wide: true, Hidden: len(d.Failures.Rows) == 0}
	if !f.Hidden {
		f.Lead = d.Failures.sentence() + " The chart shows the share of failed requests by error class."
		f.Tables = []table{d.Failures.table()}
	}
	return f
}
