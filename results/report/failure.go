package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// failures has the requests that failed, by error class.
type failures struct {
	Classes []string     `json:"classes"`
	Rows    []failureRow `json:"rows"` // largest share first
}

// A failureRow is a line at one limit at which requests failed.
type failureRow struct {
	Name   string    `json:"name"`
	Shares []float64 `json:"shares"` // of all requests of the row, in the order of Classes

	failed  int64
	summary results.Summary
}

// failedShare returns the share of the requests of a summary that failed, from 0 to 1.
func failedShare(s results.Summary) float64 {
	var failed int64
	for _, n := range s.Failed {
		failed += n
	}
	return stat.Ratio(float64(failed), float64(s.Started))
}

// newFailures returns the failures of the lines.
func newFailures(lines []line) failures {
	f := failures{Classes: []string{}, Rows: []failureRow{}}
	seen := map[string]bool{}
	for _, l := range lines {
		for _, s := range l.summaries {
			row := failureRow{Name: l.Name, summary: s}
			if len(l.summaries) > 1 {
				row.Name += " at " + s.At().LevelText()
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
	slices.SortStableFunc(f.Rows, func(a, b failureRow) int { return cmp.Compare(failedShare(b.summary), failedShare(a.summary)) })
	return f
}

// table lists the rows, each with its first error.
func (f failures) table() table {
	t := table{
		Caption: "Failed requests by error class",
		Head: []head{{Name: "strategy", Word: true}, {Name: "failed"}, {Name: "share of requests"},
			{Name: "error classes", Word: true}, {Name: "first error", Word: true}},
	}
	for _, row := range f.Rows {
		s := row.summary
		t.Rows = append(t.Rows, []string{
			row.Name, text.Count(row.failed), text.Percent(failedShare(s)),
			text.Clean(text.Classes(s.Failed)), text.Clean(s.FirstError),
		})
	}
	return t
}

// sentence returns a sentence that says how many requests failed.
func (f failures) sentence() string {
	var total int64
	for _, row := range f.Rows {
		total += row.failed
	}
	return fmt.Sprintf("%s requests failed. Error classes: %s.", text.Count(total), strings.Join(f.Classes, ", "))
}
