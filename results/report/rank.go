package report

import (
	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// A rank is a strategy at its limit, to be compared with the other strategies of its run.
type rank struct {
	Name   string   `json:"name"`
	Colour int      `json:"colour"`
	At     string   `json:"at"` // its limit or its rate, in words
	Rate   float64  `json:"rate"`
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
	quantiles
	Response quantiles `json:"response"` // of the response times; all 0 without a rate
	Verdict  string    `json:"verdict"`

	run     int
	summary results.Summary
}

// ranks returns the compared strategies of every run in the order of the runs; within a run, in the order of compared, which
// has the best strategy first.
func ranks(sources []Source, lines []line, compared func(*results.Run) []results.Summary) []rank {
	var all []rank
	for i, source := range sources {
		for _, s := range compared(source.Run) {
			r := rank{
				Name: lineName(source.Run.NameOf(s.At()), i, len(sources)), At: s.At().Varied() + " " + s.At().LevelText(), Rate: s.PerSecond, Low: s.Low, High: s.High,
				quantiles: quantilesOf(s.Latency), Verdict: s.Versus(), run: i, summary: s,
			}
			if s.Response != nil {
				r.Response = quantilesOf(*s.Response)
			}
			for _, l := range lines {
				if l.Run == i && l.at == s.At().AnyLimit() {
					r.Colour = l.Colour
				}
			}
			all = append(all, r)
		}
	}
	return all
}

// rankTable lists the ranks. It adds the footnotes of its rows to notes.
func rankTable(caption string, all []rank, notes *render.Notes) table {
	t := table{
		Caption: caption,
		Head: []head{{Name: "strategy", Word: true}, levelHead(summariesOf(all)), {Name: "goodput/s"}, {Name: "low"}, {Name: "high"},
			{Name: "µs/request"}, {Name: "CPU µs"}, {Name: "trials"}, {Name: "verdict", Word: true}, {Name: "notes", Word: true}},
	}
	for _, r := range all {
		s := r.summary
		t.Rows = append(t.Rows, []string{
			r.Name, s.At().LevelText(), text.Number(s.PerSecond), optional(s.Low), optional(s.High),
			orNoValue(s.Microseconds, text.Number), orNoValue(s.CPUMicroseconds, text.Number), text.Count(s.Trials), r.Verdict, notes.Mark(render.Remarks(s)),
		})
	}
	return t
}

func summariesOf(all []rank) []results.Summary {
	return text.Each(all, func(r rank) results.Summary { return r.summary })
}

// percentilesTable lists percentiles of the ranks: of the latency, or of the response time.
func percentilesTable(caption string, all []rank, shown []results.Figure) table {
	t := table{
		Caption: caption,
		Head:    append([]head{{Name: "strategy", Word: true}, levelHead(summariesOf(all))}, latencyHeads(shown)...),
	}
	for _, r := range all {
		t.Rows = append(t.Rows, append([]string{r.Name, r.summary.At().LevelText()}, latencyCells(r.summary, shown)...))
	}
	return t
}
