package results

import (
	"cmp"
	"slices"
	"sweetspot/results/text"
)

// viewBench draws the comparison of the strategies.
func viewBench(p page, run *Run) error {
	summaries := run.Strategies
	if len(summaries) == 0 { // interrupted before the comparison was made
		summaries = Summarise(run.Trials)
	}
	if len(summaries) == 0 {
		p.paragraph("nothing was measured")
		return nil
	}
	if !slices.ContainsFunc(summaries, func(s Summary) bool { return s.PerSecond > 0 }) {
		return viewFailures(p, summaries)
	}
	if err := viewComparison(p, summaries); err != nil {
		return err
	}
	return viewProjection(p, summaries)
}

// viewFailures draws what became of strategies none of which got an answer: a table of zeros would compare nothing.
func viewFailures(p page, summaries []Summary) error {
	var marks notes
	p.toned(trouble, "No request succeeded, so there is nothing to compare.")
	if err := p.table(tabulate(summaries, []column[Summary]{strategyColumn, limitColumn, marks.column(), errorsColumn, classColumn})); err != nil {
		return err
	}
	p.list(marks.list())
	return nil
}

// bestFirst returns the summaries by their rates.
func bestFirst(summaries []Summary) []Summary {
	return slices.SortedStableFunc(slices.Values(summaries), func(a, b Summary) int {
		return cmp.Compare(b.PerSecond, a.PerSecond)
	})
}

// viewComparison draws summaries, the best first.
func viewComparison(p page, summaries []Summary) error {
	summaries = bestFirst(summaries)
	var marks notes
	columns := []column[Summary]{
		strategyColumn, limitColumn, goodputColumn, spreadColumn, marks.column(), perColumn, sequentColumn,
		p50Column, p90Column, p99Column, cpuColumn, errorsColumn, classColumn, verdictColumn,
	}
	if !slices.ContainsFunc(summaries, func(s Summary) bool { return s.VersusSequential != nil }) {
		columns = slices.DeleteFunc(columns, func(c column[Summary]) bool { return c.name == sequentColumn.name })
	}
	if err := p.table(tabulate(summaries, toned(columns, Summary.rowTone))); err != nil {
		return err
	}
	p.list(marks.list())
	return nil
}

// viewProjection draws how long larger numbers of requests would take, the best first.
func viewProjection(p page, summaries []Summary) error {
	able := slices.DeleteFunc(bestFirst(summaries), func(s Summary) bool { return len(s.Projected) == 0 })
	if len(able) == 0 {
		return nil
	}
	columns := []column[Summary]{strategyColumn}
	most := len(able[0].Projected) - 1
	for i, projection := range able[0].Projected {
		name := text.Count(projection.Requests)
		if projection.Requests == allCodes {
			name += " (36^4)"
		}
		rank := most - i // the largest number stays: nobody can work it out in their head
		columns = append(columns, column[Summary]{name: name, rank: rank, cell: func(s Summary) string {
			if i >= len(s.Projected) {
				return text.None
			}
			return text.Span(s.Projected[i].Seconds)
		}})
	}
	p.paragraph("Projected from the goodput, not measured: the time that so many requests would take.")
	return p.table(tabulate(able, columns))
}
