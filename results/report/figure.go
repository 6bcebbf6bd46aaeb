package report

import (
	"fmt"
	"slices"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// figures returns all figures of the page, those that have nothing to show hidden.
func figures(sources []Source, d data) []figure {
	all := []figure{throughput(sources, d), ranking(d), latency(d), percentiles(d), times(d), trials(sources, d), failing(d)}
	for i, f := range all {
		all[i].Said = f.Lead
	}
	return all
}

// throughput shows goodput against the limit.
func throughput(sources []Source, d data) figure {
	f := figure{
		ID: "throughput", Title: "Goodput against the limit", Wide: true, Hidden: !swept(d.Lines),
		Lead: "Successful responses a second at each limit on requests in flight. The band is the mean's 95% confidence where " +
			"a limit was repeated; the shaded limits are the interval that holds the smallest limit that is enough.",
	}
	if len(d.Truths) > 0 {
		f.Lead += " The grey line is the bundled server's theory."
	}
	if slices.ContainsFunc(d.Lines, func(l line) bool { return l.Law != nil }) {
		f.Lead += " The dashed curve is the scalability law fitted to the trials, which do not speak against it."
	}
	var notes render.Notes
	for _, l := range d.Lines {
		f.Tables = append(f.Tables, limitTable(sources[l.Run].Run, l, &notes))
	}
	f.Notes = cleaned(notes.List())
	return f
}

// ranking shows the strategies beside one another.
func ranking(d data) figure {
	f := figure{
		ID: "ranking", Title: "The strategies, each at its limit", Hidden: len(d.Ranks) < 2 || !slices.ContainsFunc(d.Ranks, func(r rank) bool { return r.Rate > 0 }),
		Lead: "Goodput with its 95% confidence. What the repeats cannot tell from the fastest is marked ~.",
	}
	var notes render.Notes
	f.Tables = []table{rankTable("Strategies by goodput, with 95% confidence", d.Ranks, &notes)}
	if len(d.common) > 0 {
		f.Tables = append(f.Tables, rankTable("The same, all at a common limit", d.common, &notes))
	}
	f.Notes = cleaned(notes.List())
	return f
}

// latency shows how long requests take at each limit.
func latency(d data) figure {
	f := figure{
		ID: "latency", Title: "Latency against the limit", Hidden: !swept(d.Lines) || !timely(d.Lines),
		Lead: "How long half, 90% and 99% of the requests took at most: the service time that a caller with a slot saw. " +
			"Failures have no part in it.",
	}
	for _, l := range d.Lines {
		f.Tables = append(f.Tables, latencyTable(l))
	}
	return f
}

// percentiles shows the latencies of the strategies beside one another.
func percentiles(d data) figure {
	return figure{
		ID: "percentiles", Title: "Latency of the strategies",
		// The latencies of a sweep's only strategy are in the figure before.
		Hidden: !slices.ContainsFunc(d.Ranks, func(r rank) bool { return r.P50 > 0 }) || len(d.Ranks) == 1 && swept(d.Lines),

		Lead:   "From the median by p90 and p99 to the slowest request, each strategy at its limit.",
		Tables: []table{spreadTable(d.Ranks)},
	}
}

// times shows the article's view: how long a batch takes with a semaphore of each size.
func times(d data) figure {
	f := figure{
		ID: "time", Title: "Time for a batch against the semaphore's size", Hidden: !swept(d.Lines),
		Lead: "How long so many requests would take at the goodput measured: arithmetic, not a measurement. Lower is better.",
	}
	for _, l := range d.Lines {
		f.Tables = append(f.Tables, timeTable(l, d.Requests))
	}
	return f
}

// trials shows the trials over the time of the run.
func trials(sources []Source, d data) figure {
	f := figure{
		ID: "trials", Title: "Every trial over the time of the run", Wide: true,
		Hidden: !slices.ContainsFunc(d.Courses, func(c course) bool { return len(c.Trials) > 0 }),
		Lead: "Each dot is a trial, the fine lines its seconds. As a share of the mean of its strategy and limit, a machine " +
			"that is steady stays at 100%; one that drifts does not.",
		Tables: []table{courseTable(sources, d.Lines, d.Courses, d.Timed)},
	}
	if !d.Timed {
		f.Lead += " When the trials were made was not recorded, so they stand in their order."
	}
	return f
}

// failing shows what failed.
func failing(d data) figure {
	f := figure{ID: "errors", Title: "Requests that failed", Wide: true, Hidden: len(d.Failures.Rows) == 0}
	if !f.Hidden {
		f.Lead = d.Failures.said() + " The share of the requests that failed, by class."
		f.Tables = []table{d.Failures.table()}
	}
	return f
}

// facts are tables of the settings and of the machine, a column a run.
func facts(sources []Source) []table {
	names := []head{{Name: "", Word: true}}
	for i, source := range sources {
		name := title(i, len(sources))
		if name == "" {
			name = text.Clean(source.Name)
		}
		names = append(names, head{Name: name, Word: true})
	}
	settings := table{Caption: "Settings, the same for every client", Head: names}
	machine := table{Caption: "The run and its machine", Head: names}
	for _, f := range settingFacts {
		settings.fact(sources, f)
	}
	for _, f := range machineFacts {
		machine.fact(sources, f)
	}
	return []table{settings, machine}
}

// A fact is a row of a table of facts.
type fact struct {
	name string
	tell func(r *results.Run) string
}

// fact adds a row, unless it says nothing of any run.
func (t *table) fact(sources []Source, f fact) {
	row := []string{f.name}
	told := false
	for _, source := range sources {
		words := text.Clean(f.tell(source.Run))
		told = told || words != ""
		row = append(row, words)
	}
	if told {
		t.Rows = append(t.Rows, row)
	}
}

// number writes a count that is not told when it is 0.
func number[N int | int64](n N) string {
	if n == 0 {
		return ""
	}
	return text.Count(n)
}

// duration writes one that is not told when it is 0.
func duration(seconds float64) string {
	if seconds == 0 {
		return ""
	}
	return text.Span(seconds)
}

// on says whether a setting is.
func on(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// rate writes a rate that is not told when it is 0.
func rate(perSecond float64) string {
	if perSecond == 0 {
		return ""
	}
	return fmt.Sprintf("%s/s", text.Number(perSecond))
}
