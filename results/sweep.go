package results

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sweetspot/results/text"
)

// viewSweep draws, for each strategy, its limits, the curve and what follows from them, and then how the strategies
// compare: each at the limit to use, and all at a common limit.
func viewSweep(p page, run *Run) error {
	var strategies []string
	for _, t := range run.Trials {
		if !slices.Contains(strategies, t.Strategy) {
			strategies = append(strategies, t.Strategy)
		}
	}
	if len(strategies) == 0 {
		p.paragraph("nothing was measured")
	}
	for _, strategy := range strategies {
		if err := viewLimits(p, run, strategy); err != nil {
			return err
		}
	}
	if b := run.Bundled; b != nil && b.Limit > 0 {
		p.paragraph(fmt.Sprintf("By its theory the bundled server's peak is %s/s at %s, and %s is the smallest limit that gives %s of it.",
			text.Number(b.PerSecond), text.Count(b.Limit), text.Count(b.Smallest), text.ShortPercent(b.Share)))
	}
	if len(run.Strategies) < 2 {
		return nil
	}
	p.heading(2, "Each at the limit to use")
	if err := viewComparison(p, run.Strategies); err != nil {
		return err
	}
	if len(run.AtCommon) > 0 {
		p.heading(2, fmt.Sprintf("All at a common limit of %s", text.Count(run.AtCommon[0].Limit)))
		if err := viewComparison(p, run.AtCommon); err != nil {
			return err
		}
	}
	return viewProjection(p, run.Strategies)
}

// viewLimits draws the sweep of one strategy.
func viewLimits(p page, run *Run, strategy string) error {
	trials := slices.DeleteFunc(slices.Clone(run.Trials), func(t Trial) bool { return t.Strategy != strategy })
	limits := Summarise(trials)
	slices.SortFunc(limits, func(a, b Summary) int { return cmp.Compare(a.Limit, b.Limit) })
	var found *Optimum
	if i := slices.IndexFunc(run.Optima, func(o Optimum) bool { return o.Strategy == strategy }); i >= 0 {
		found = &run.Optima[i]
	}
	p.heading(2, strategy)
	var marks notes
	columns := []column[Summary]{
		limitColumn, goodputColumn, spreadColumn, marks.column(), shareColumn,
		p50Column, p90Column, p99Column, inFlightColumn, cpuColumn, errorsColumn, classColumn,
		{left: true, cell: func(s Summary) string { return found.mark(s.Limit) }},
	}
	row := func(s Summary) tone { return found.tone(s.Limit) }
	if err := p.table(tabulate(limits, toned(columns, row))); err != nil {
		return err
	}
	p.list(marks.list())
	p.picture(curve(limits, goodputPlotted, found, p.columns()))
	if found == nil {
		p.toned(caution, strategy+": no conclusion, since the sweep ended before there was one.")
		return nil
	}
	p.toned(found.conclusion(), strategy+": "+strings.TrimSpace(found.advice()+" "+found.effort()))
	return nil
}
