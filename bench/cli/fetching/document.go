package fetching

import (
	"fmt"
	"slices"
	"strings"

	"sweetspot/bench/fetch"
	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// mostShown is how many hosts a table has.
const mostShown = 20

// A Document is what a fetch has done, as it is printed.
type Document struct {
	Run     *results.Run
	Summary fetch.Summary
	Hidden  func(string) string // withholds what may be a secret
}

// Runs implements [render.Document].
func (d Document) Runs() []render.NamedRun { return []render.NamedRun{{Run: d.Run}} }

// value is the form of a summary in JSON.
type value struct {
	Version   int               `json:"version"`
	Command   string            `json:"command"`
	Target    string            `json:"target"`
	Strategy  string            `json:"strategy"`
	URLs      int64             `json:"urls"`
	Before    int64             `json:"before"`
	Succeeded int64             `json:"succeeded"`
	Failed    map[string]int64  `json:"failed"`
	Unasked   int64             `json:"unasked"`
	Requests  int64             `json:"requests"`
	Bytes     int64             `json:"bytes"`
	Elapsed   float64           `json:"elapsed_seconds"`
	PerSecond float64           `json:"per_second"`
	Limit     int               `json:"limit"`
	Why       string            `json:"why"`
	Memory    int64             `json:"peak_memory_bytes"`
	Hosts     []hostValue       `json:"hosts"`
	Warnings  []results.Warning `json:"warnings"`
}

type hostValue struct {
	Host      string           `json:"host"`
	Succeeded int64            `json:"succeeded"`
	Failed    map[string]int64 `json:"failed"`
	Requests  int64            `json:"requests"`
	Retries   int64            `json:"retries"`
	Pauses    int64            `json:"pauses"`
	Bytes     int64            `json:"bytes"`
}

func filled(m map[string]int64) map[string]int64 {
	if m == nil {
		return map[string]int64{}
	}
	return m
}

// Value implements [render.Document].
func (d Document) Value() any {
	s := d.Summary
	v := value{
		Version: results.Version, Command: d.Run.Command, Target: d.Run.Target, Strategy: d.strategy(), URLs: s.Total, Before: s.Before,
		Succeeded: s.Succeeded, Failed: filled(s.Failures), Unasked: s.Total - s.Done(), Requests: s.Requests, Bytes: s.Bytes,
		Elapsed: s.Elapsed.Seconds(), PerSecond: d.perSecond(), Limit: s.Settled, Why: s.Why, Memory: d.Run.PeakMemory,
		Hosts: []hostValue{}, Warnings: append([]results.Warning{}, d.Run.Warnings...),
	}
	for _, h := range s.Hosts {
		v.Hosts = append(v.Hosts, hostValue{d.Hidden(h.Host), h.Succeeded, filled(h.Failed), h.Requests, h.Retries, h.Pauses, h.Bytes})
	}
	return v
}

func (d Document) strategy() string {
	if len(d.Run.Trials) == 0 {
		return ""
	}
	return d.Run.Trials[0].Strategy
}

// perSecond returns the jobs that succeeded per second.
func (d Document) perSecond() float64 {
	if d.Summary.Elapsed <= 0 {
		return 0
	}
	return float64(d.Summary.Succeeded) / d.Summary.Elapsed.Seconds()
}

// Records implements [render.Document].
func (d Document) Records() render.Grid {
	exact := func(name string, of func(fetch.HostSummary) int64) render.Field[fetch.HostSummary] {
		return render.Field[fetch.HostSummary]{Name: name, Cell: func(h fetch.HostSummary) string { return text.Integer(of(h)) }}
	}
	return render.Tabulate(d.hosts(len(d.Summary.Hosts)), []render.Field[fetch.HostSummary]{
		{Name: "host", Left: true, Cell: func(h fetch.HostSummary) string { return h.Host }},
		exact("succeeded", func(h fetch.HostSummary) int64 { return h.Succeeded }),
		exact("failed", func(h fetch.HostSummary) int64 { return h.Failures() }),
		exact("requests", func(h fetch.HostSummary) int64 { return h.Requests }),
		exact("retries", func(h fetch.HostSummary) int64 { return h.Retries }),
		exact("pauses", func(h fetch.HostSummary) int64 { return h.Pauses }),
		exact("bytes", func(h fetch.HostSummary) int64 { return h.Bytes }),
	})
}

// hosts returns the rows of a table with at most that many hosts; the last stands for the others, if there are any.
func (d Document) hosts(most int) []fetch.HostSummary {
	rows := slices.Clone(d.Summary.Hosts)
	others := fetch.HostSummary{Host: "others", HostCounts: d.Summary.Others}
	more := d.Summary.Evicted
	if len(rows) > most {
		for _, h := range rows[most:] {
			others.Add(h.HostCounts)
		}
		more += len(rows) - most
		rows = rows[:most]
	}
	for i := range rows {
		rows[i].Host = d.Hidden(rows[i].Host)
	}
	if more > 0 {
		others.Host = fmt.Sprintf("%s more", text.Count(more))
		rows = append(rows, others)
	}
	return rows
}

// Draw implements [render.Document].
func (d Document) Draw(p render.Page) error {
	p.Heading(1, "fetch "+d.Run.Target)
	p.Paragraph(render.Faint, render.Conditions(d.Run))
	if rows := d.hosts(mostShown); len(rows) > 0 {
		if err := p.Table(d.table(rows)); err != nil {
			return err
		}
	}
	p.Paragraph(render.Plain, d.conclusion())
	if d.Summary.Requests > 0 {
		p.Paragraph(render.Plain, fmt.Sprintf("Limit: %s, %s.", text.Count(d.Summary.Settled), d.Summary.Why))
	}
	p.List(text.Prefixed("warning: ", results.Words(d.Run.Warnings)))
	return nil
}

// table returns the table of the hosts, by class.
func (d Document) table(rows []fetch.HostSummary) render.Grid {
	count := func(name string, rank int, of func(fetch.HostSummary) int64) render.Field[fetch.HostSummary] {
		return render.Field[fetch.HostSummary]{Name: name, Rank: rank, Cell: func(h fetch.HostSummary) string {
			return text.OrNone(float64(of(h)), func(float64) string { return text.Count(of(h)) })
		}}
	}
	return render.Tabulate(rows, []render.Field[fetch.HostSummary]{
		{Name: "host", Left: true, Cell: func(h fetch.HostSummary) string { return h.Host }},
		count("succeeded", 0, func(h fetch.HostSummary) int64 { return h.Succeeded }),
		count("failed", 0, fetch.HostSummary.Failures),
		{Name: "by class", Rank: 1, Left: true, Cell: func(h fetch.HostSummary) string { return text.Classes(h.Failed) }, Style: failureStyle},
		count("requests", 2, func(h fetch.HostSummary) int64 { return h.Requests }),
		count("retries", 3, func(h fetch.HostSummary) int64 { return h.Retries }),
		count("pauses", 4, func(h fetch.HostSummary) int64 { return h.Pauses }),
		{Name: "size", Rank: 5, Cell: func(h fetch.HostSummary) string { return text.Bytes(h.Bytes) }},
	})
}

func failureStyle(h fetch.HostSummary) render.Style {
	if h.Failures() > 0 {
		return render.Trouble
	}
	return render.Plain
}

// conclusion says in a sentence what was done.
func (d Document) conclusion() string {
	s := d.Summary
	if s.Before == s.Total {
		return text.Plural(s.Total, "URL") + ": all were done before, and none was requested again."
	}
	parts := []string{text.Count(s.Succeeded) + " succeeded"}
	if failed := s.Failed; failed > 0 {
		parts = append(parts, fmt.Sprintf("%s failed for good (%s)", text.Count(failed), text.Classes(s.Failures)))
	}
	if s.Before > 0 {
		parts = append(parts, text.Count(s.Before)+" were done before")
	}
	if unasked := s.Total - s.Done(); unasked > 0 {
		parts = append(parts, text.Count(unasked)+" are not done")
	}
	return fmt.Sprintf("%s: %s. %s in %s, %s successes per second, %s.", text.Plural(s.Total, "URL"), strings.Join(parts, ", "),
		text.Plural(s.Requests, "request"), text.Span(s.Elapsed.Seconds()), text.Number(d.perSecond()), text.Bytes(s.Bytes))
}
