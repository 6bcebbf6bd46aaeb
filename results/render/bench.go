package render

import (
	"cmp"
	"slices"

	"sweetspot/results"
	"sweetspot/results/text"
)

// drawBench draws the comparison of the strategies.
func drawBench(p Page, run *results.Run) error {
	summaries := run.Compared()
	if len(summaries) == 0 {
		p.Paragraph(Plain, "nothing was measured")
		return nil
	}
	return drawStrategies(p, summaries)
}

// drawStrategies draws the summaries of strategies on one target.
func drawStrategies(p Page, summaries []results.Summary) error {
	if !slices.ContainsFunc(summaries, func(s results.Summary) bool { return s.PerSecond > 0 }) {
		return drawFailures(p, summaries)
	}
	if err := drawComparison(p, summaries); err != nil {
		return err
	}
	return drawProjection(p, summaries)
}

// drawFailures draws the failures if no strategy had a success: a table of zeros would compare nothing.
func drawFailures(p Page, summaries []results.Summary) error {
	var marks Notes
	p.Paragraph(Trouble, "No request succeeded, so there is nothing to compare.")
	if err := p.Table(Tabulate(summaries, []Field[results.Summary]{strategyColumn, limitColumn, marks.column(), errorsColumn, classColumn})); err != nil {
		return err
	}
	p.List(marks.List())
	return nil
}

// bestFirst returns the summaries by goodput, the largest first.
func bestFirst(summaries []results.Summary) []results.Summary {
	return slices.SortedStableFunc(slices.Values(summaries), func(a, b results.Summary) int {
		return cmp.Compare(b.PerSecond, a.PerSecond)
	})
}

// drawComparison draws the summaries, the largest goodput first.
func drawComparison(p Page, summaries []results.Summary) error {
	summaries = bestFirst(summaries)
	var marks Notes
	figures, latencies := figureColumns()
	responses, open := openLoopColumns(summaries)
	columns := slices.Concat(
		[]Field[results.Summary]{strategyColumn, levelColumn(summaries), figures["per_second"], spreadColumn, marks.column(), microsecondsColumn, sequentialColumn},
		latencies, responses, open,
		[]Field[results.Summary]{figures["cpu"], errorsColumn, classColumn, verdictColumn})
	if len(open) > 0 { // the goodput of an open loop is what arrives: its inverse is no cost
		columns = slices.DeleteFunc(columns, func(c Field[results.Summary]) bool { return c.Name == microsecondsColumn.Name })
	}
	if !slices.ContainsFunc(summaries, func(s results.Summary) bool { return s.VersusSequential != nil }) {
		columns = slices.DeleteFunc(columns, func(c Field[results.Summary]) bool { return c.Name == sequentialColumn.Name })
	}
	if !slices.ContainsFunc(summaries, func(s results.Summary) bool { return s.Versus() != "" }) {
		columns = slices.DeleteFunc(columns, func(c Field[results.Summary]) bool { return c.Name == verdictColumn.Name })
	}
	if err := p.Table(Tabulate(summaries, Styled(columns, rowStyle))); err != nil {
		return err
	}
	p.List(marks.List())
	return nil
}

// drawProjection draws how long numbers of requests would take.
func drawProjection(p Page, summaries []results.Summary) error {
	if slices.ContainsFunc(summaries, func(s results.Summary) bool { return s.Late != nil }) {
		return nil // the goodput of an open loop is what arrives, and says nothing about how long a batch takes
	}
	able := slices.DeleteFunc(bestFirst(summaries), func(s results.Summary) bool { return len(s.Projected) == 0 })
	if len(able) == 0 {
		return nil
	}
	columns := []Field[results.Summary]{strategyColumn}
	most := len(able[0].Projected) - 1
	for i, projection := range able[0].Projected {
		name := text.Count(projection.Requests)
		if projection.Requests == results.AllCodes {
			name += " (36^4)"
		}
		rank := most - i // the largest number stays longest: it is the hardest to work out in one's head
		columns = append(columns, Field[results.Summary]{Name: name, Rank: rank, Cell: func(s results.Summary) string {
			if i >= len(s.Projected) {
				return text.None
			}
			return text.Span(s.Projected[i].Seconds)
		}})
	}
	p.Paragraph(Plain, "Projected from the goodput, not measured: how long each number of requests would take.")
	return p.Table(Tabulate(able, columns))
}
