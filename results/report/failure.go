package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

// failures are the requests that failed, by class.
type failures struct {
	Classes []string     `json:"classes"`
	Rows    []failureRow `json:"rows"` // the most first
}

// A failureRow is a line at a limit where requests failed.
type failureRow struct {
	Name   string    `json:"name"`
	Shares []float64 `json:"shares"` // of the requests, by class

	failed  int64
	summary results.Summary
}

// share returns how much of the row's requests failed.
func (r failureRow) share() float64 { return float64(r.failed) / float64(r.summary.Started) }

// failed returns what failed in the lines.
func failed(lines []line) failures {
	f := failures{Classes: []string{}, Rows: []failureRow{}}
	seen := map[string]bool{}
	for _, l := range lines {
		for _, s := range l.summaries {
			row := failureRow{Name: l.Name, summary: s}
			if len(l.summaries) > 1 {
				row.Name += " at " + text.Count(s.Limit)
			}
			for class, n := range s.Failed {
				seen[class] = true
				row.failed += n
			}
			if row.failed > 0 {
				f.Rows = append(f.Rows, row)
			}
		}
	}
	classes := slices.Sorted(maps.Keys(seen))
	for i := range f.Rows {
		row := &f.Rows[i]
		for _, class := range classes {
			row.Shares = append(row.Shares, float64(row.summary.Failed[class])/float64(row.summary.Started))
		}
	}
	for _, class := range classes {
		f.Classes = append(f.Classes, text.Clean(class))
	}
	slices.SortStableFunc(f.Rows, func(a, b failureRow) int { return cmp.Compare(b.share(), a.share()) })
	return f
}

// table lists what failed, with the first error of each row.
func (f failures) table() table {
	t := table{
		Caption: "Requests that failed, by class",
		Head: []head{{Name: "strategy", Word: true}, {Name: "failed"}, {Name: "of its requests"},
			{Name: "by class", Word: true}, {Name: "first error", Word: true}},
	}
	for _, row := range f.Rows {
		s := row.summary
		t.Rows = append(t.Rows, []string{
			row.Name, text.Count(row.failed), text.Percent(row.share()),
			text.Clean(text.Classes(s.Failed)), text.Clean(s.FirstError),
		})
	}
	return t
}

// said says in a sentence what failed.
func (f failures) said() string {
	var total int64
	for _, row := range f.Rows {
		total += row.failed
	}
	return fmt.Sprintf("%s requests failed, in classes %s.", text.Count(total), strings.Join(f.Classes, ", "))
}
