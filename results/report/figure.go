package report

import (
	"slices"

	"sweetspot/results/render"
	"sweetspot/results/text"
)

// figures returns all figures of the page. A figure without data is hidden.
func figures(sources []Source, d data) []figure {
	return []figure{
		throughputFigure(sources, d), rankingFigure(d), latencyFigure(d), percentilesFigure(d), timeFigure(d), trialsFigure(sources, d),
		errorsFigure(d),
	}
}

// throughputFigure shows goodput against the limit.
func throughputFigure(sources []Source, d data) figure {
	f := figure{
		ID: "throughput", Title: "Goodput against the limit", Wide: true, Hidden: !hasCurves(d.Lines),
		Lead: "Successful responses per second at each limit on requests in flight. The band is the 95% confidence interval of the " +
			"mean; it needs several trials at a limit. The shaded area is the interval of the recommended limit.",
	}
	if len(d.Theories) > 0 {
		f.Lead += " The grey line is the theoretical goodput of the bundled server."
	}
	if slices.ContainsFunc(d.Lines, func(l line) bool { return len(l.Failed) > 0 }) {
		f.Lead += " A red cross marks a limit at which more than 1% of the requests failed, or which lies above one; its goodput is in the table."
	}
	if slices.ContainsFunc(d.Lines, func(l line) bool { return l.Law != nil }) {
		f.Lead += " The dashed curve is the universal scalability law, fitted to the trials. It is shown only if the trials agree with it."
	}
	var notes render.Notes
	for _, l := range d.Lines {
		f.Tables = append(f.Tables, limitTable(sources[l.Run].Run, l, &notes))
	}
	f.Notes = text.Each(notes.List(), text.Clean)
	return f
}

// rankingFigure compares the goodput of the strategies.
func rankingFigure(d data) figure {
	f := figure{
		ID: "ranking", Title: "Goodput of the strategies, each at its own limit", Hidden: len(d.Ranks) < 2 || !slices.ContainsFunc(d.Ranks, func(r rank) bool { return r.Rate > 0 }),
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
	f := figure{
		ID: "latency", Title: "Latency against the limit", Hidden: !hasCurves(d.Lines) || !hasLatency(d.Lines),
		Lead: "p99 is the latency that 99% of the requests did not exceed, and so on. It is the service time, from the moment when the " +
			"request has a slot. Failed requests are not included.",
	}
	if len(d.Bounds) > 0 {
		f.Lead += " The dashed red line is the objective of the sweep."
	}
	for _, l := range d.Lines {
		f.Tables = append(f.Tables, latencyTable(l))
	}
	return f
}

// percentilesFigure compares the latencies of the strategies.
func percentilesFigure(d data) figure {
	return figure{
		ID: "percentiles", Title: "Latency of the strategies, each at its own limit",
		// If the run is a sweep of one strategy, the latency figure already shows this.
		Hidden: !slices.ContainsFunc(d.Ranks, func(r rank) bool { return r.P50 > 0 }) || len(d.Ranks) == 1 && hasCurves(d.Lines),

		Lead:   "The median, p90, p95, p99, p99.9 and the slowest request of each strategy.",
		Tables: []table{percentilesTable(d.Ranks)},
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
