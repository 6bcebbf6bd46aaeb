package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/snippet"
	"sweetspot/results/text"
)

// drawSweep draws the limits, the curve and the conclusion of each strategy, and then how the strategies compare: each at
// its limit to use, and all at a common limit.
func drawSweep(p Page, run *results.Run) error {
	var swept []results.At
	for _, t := range run.Trials {
		if at := t.At().AnyLimit(); !slices.Contains(swept, at) {
			swept = append(swept, at)
		}
	}
	if len(swept) == 0 {
		p.Paragraph(Plain, "nothing was measured")
	}
	for _, at := range swept {
		if err := drawLimits(p, run, at); err != nil {
			return err
		}
	}
	if b := run.Bundled; b != nil && b.Limit > 0 {
		p.Paragraph(Plain, fmt.Sprintf("In theory the bundled server's peak is %s/s at limit %s, and %s is the smallest limit that gives %s of it.",
			text.Number(b.PerSecond), text.Count(b.Limit), text.Count(b.Smallest), text.ShortPercent(b.Share)))
	}
	defer drawUse(p, run)
	if len(run.Strategies) < 2 {
		return nil
	}
	if varied(run.Strategies) == results.OverRate {
		p.Heading(2, "Each at the largest rate that it holds")
	} else {
		p.Heading(2, "Each at the limit to use")
	}
	if err := drawComparison(p, run.Strategies); err != nil {
		return err
	}
	if len(run.AtCommon) > 0 {
		p.Heading(2, fmt.Sprintf("All at a common limit of %s", text.Count(run.AtCommon[0].Limit)))
		if err := drawComparison(p, run.AtCommon); err != nil {
			return err
		}
	}
	return drawProjection(p, run.Strategies)
}

// drawUse names the limit to use, if several strategies have one, and says how other programs keep to it.
func drawUse(p Page, run *results.Run) {
	h := run.Headline()
	if h.Limit < 1 {
		return
	}
	if len(run.Optima) > 1 {
		p.Paragraph(Best, strings.TrimSpace(h.String()+". "+h.Reason))
	}
	p.Heading(2, "To keep to this limit")
	var ways []Finding
	for _, l := range snippet.Lines(h.Limit) {
		ways = append(ways, Finding{Text: l.Title + ": " + l.Code})
	}
	p.Findings(ways)
}

// drawLimits draws the sweep of one strategy.
func drawLimits(p Page, run *results.Run, swept results.At) error {
	trials := slices.DeleteFunc(slices.Clone(run.Trials), func(t results.Trial) bool { return t.At().AnyLimit() != swept })
	limits := results.Summarise(trials)
	slices.SortFunc(limits, func(a, b results.Summary) int { return cmp.Compare(a.Level(), b.Level()) })
	found := run.OptimumOf(swept)
	sound := usable(limits, found)
	p.Heading(2, swept.String())
	var marks Notes
	figures, latencies := figureColumns()
	responses, open := openLoopColumns(limits)
	columns := slices.Concat(
		[]Field[results.Summary]{levelColumn(limits), figures["per_second"], spreadColumn, marks.column(), shareColumn(sound, found)},
		latencies, responses, open,
		[]Field[results.Summary]{
			inFlightColumn, figures["cpu"], errorsColumn, classColumn,
			{Left: true, Cell: func(s results.Summary) string { return found.Mark(s.Level(), s.PerSecond) }},
		})
	row := func(s results.Summary) Style { return limitStyle(found, s) }
	if err := p.Table(Tabulate(limits, Styled(columns, row))); err != nil {
		return err
	}
	p.List(marks.List())
	p.Picture(Curve(sound, goodput, found, p.Columns()))
	if found == nil {
		p.Paragraph(Caution, swept.String()+": no conclusion: the sweep ended before there was one.")
		return nil
	}
	p.Paragraph(conclusionStyle(found), swept.String()+": "+found.Conclusion())
	return nil
}

// usable returns the limits below the first at which requests begin to fail: what fails sets no scale for what does not.
func usable(limits []results.Summary, found *results.Optimum) []results.Summary {
	return slices.DeleteFunc(slices.Clone(limits), func(s results.Summary) bool { return found.Fails(s.Level()) })
}
