package report

import (
	"cmp"
	"slices"

	"sweetspot/results"
	"sweetspot/results/text"
)

// A course is what a line measured over the time of its run, so that a machine or a server that drifts shows.
type course struct {
	Line    int       `json:"line"`
	Trials  []measure `json:"trials"`
	Seconds []*second `json:"seconds,omitempty"` // nil parts one trial from the next
}

// A measure is a trial in its course: where it began, how long it took, its goodput, that goodput as a share of the mean
// of its strategy at its limit, the limit, and its failures. It is an array so that ten thousand trials stay small.
type measure [6]float64

// A second is one of a trial: the middle of it, its goodput, and that as a share of the mean.
type second [3]float64

// The most seconds that a page holds: more than a screen has columns. A run that has more shows every second, every third
// and so on, of the trials.
const mostSeconds = 5000

// courses returns the lines' courses, and whether it is known when their trials were made. Where it is not, a trial
// stands at its number.
func courses(sources []Source, lines []line) (all []course, timed bool) {
	total := 0
	for _, source := range sources {
		for _, t := range source.Run.Trials {
			timed = timed || t.Offset > 0
			total += len(t.Series)
		}
	}
	every := 1 + total/mostSeconds
	for i, l := range lines {
		c := course{Line: i, Trials: []measure{}}
		means := map[int]float64{}
		for _, p := range l.Points {
			means[p.Limit] = p.Rate
		}
		for k, t := range sources[l.Run].Run.Trials {
			if t.Strategy != l.strategy || !counted(t) {
				continue
			}
			at, mean := t.Offset, means[t.Limit]
			if !timed {
				at = float64(k + 1)
			}
			c.Trials = append(c.Trials, measure{
				round(at), round(t.Elapsed), round(t.PerSecond), round(share(t.PerSecond, mean)), float64(t.Limit), float64(t.Failures()),
			})
			if timed {
				c.seconds(t, mean, every)
			}
		}
		all = append(all, c)
	}
	return all, timed
}

// counted reports whether a trial measures its strategy as it is.
func counted(t results.Trial) bool {
	return t.Purpose != results.Control && t.Purpose != results.Causal
}

// seconds adds every so manyeth second of a trial. What is left of the last one is too little to tell a rate by if it is
// less than half.
func (c *course) seconds(t results.Trial, mean float64, every int) {
	before := len(c.Seconds)
	for i := 0; i < len(t.Series); i += every {
		lasted := min(1, t.Elapsed-float64(i))
		if lasted < 0.5 {
			break
		}
		rate := float64(t.Series[i].Succeeded) / lasted
		c.Seconds = append(c.Seconds, &second{round(t.Offset + float64(i) + lasted/2), round(rate), round(share(rate, mean))})
	}
	if len(c.Seconds) > before {
		c.Seconds = append(c.Seconds, nil)
	}
}

func share(rate, mean float64) float64 {
	if mean == 0 {
		return 0
	}
	return rate / mean
}

// The most rows of the trials' table: nobody reads more, and the page must stay small.
const mostRows = 200

// courseTable lists the trials in the order in which they were made.
func courseTable(sources []Source, lines []line, all []course, timed bool) table {
	type row struct {
		line line
		m    measure
	}
	var rows []row
	for _, c := range all {
		for _, m := range c.Trials {
			rows = append(rows, row{lines[c.Line], m})
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.line.Run, b.line.Run), cmp.Compare(a.m[0], b.m[0]))
	})
	when := "trial"
	if timed {
		when = "begins at"
	}
	t := table{
		Caption: "Each trial in the order of time",
		Head:    []head{{Name: "strategy", Word: true}, {Name: when}, {Name: "limit"}, {Name: "goodput/s"}, {Name: "of its mean"}, {Name: "failures"}},
	}
	for _, r := range rows[:min(len(rows), mostRows)] {
		at := text.Count(int64(r.m[0]))
		if timed {
			at = text.Span(r.m[0])
		}
		t.Rows = append(t.Rows, []string{
			r.line.Name, at, text.Count(int64(r.m[4])), text.Number(r.m[2]), text.Percent(r.m[3]), text.Count(int64(r.m[5])),
		})
	}
	if more := len(rows) - mostRows; more > 0 {
		t.Rest = text.Count(more) + " more trials are in the run file; --format csv lists them."
	}
	return t
}
