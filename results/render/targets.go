package render

import (
	"fmt"
	"slices"
	"strconv"

	"sweetspot/results"
	"sweetspot/results/text"
)

// drawTargets draws how two targets compare, and then what each of them reached.
func drawTargets(p Page, run *results.Run) error {
	summaries := run.Compared()
	if len(summaries) == 0 {
		p.Paragraph(Plain, "nothing was measured")
		return nil
	}
	if len(run.Versus) > 0 {
		p.Heading(2, "Target 0 beside target 1")
		if err := p.Table(Tabulate(besides(run), besideColumns())); err != nil {
			return err
		}
	}
	for i, target := range run.Targets {
		on := results.On(i, summaries)
		if len(on) == 0 {
			continue
		}
		p.Heading(2, fmt.Sprintf("Target %d: %s", i, target))
		if err := drawStrategies(p, on); err != nil {
			return err
		}
	}
	return nil
}

// A beside is a strategy on two targets.
type beside struct {
	results.Versus
	first, second results.Summary
}

func besides(run *results.Run) []beside {
	var all []beside
	for _, v := range run.Versus {
		row := beside{Versus: v}
		for _, s := range run.Strategies {
			at := s.At()
			at.Target = 0
			switch {
			case at != v.At():
			case s.At().Target == 0:
				row.first = s
			default:
				row.second = s
			}
		}
		all = append(all, row)
	}
	return all
}

func besideColumns() []Field[beside] {
	columns := []Field[beside]{
		{Name: "strategy", Left: true, Cell: func(b beside) string { return b.At().Name(false) }},
		{Name: "limit", Cell: func(b beside) string { return text.Count(b.Limit) }},
		{Name: "0/s", Rank: 5, Cell: func(b beside) string { return text.Number(b.first.PerSecond) }},
		{Name: "1/s", Rank: 4, Cell: func(b beside) string { return text.Number(b.second.PerSecond) }},
		{Name: "0/1", Cell: func(b beside) string { return text.Optional(b.Ratio, Ratio) }},
		{Name: "95% interval", Rank: 3, Cell: func(b beside) string {
			if b.Low == nil {
				return text.None
			}
			return Ratio(*b.Low) + " to " + Ratio(*b.High)
		}},
		{Name: "target 0 is", Rank: 1, Left: true, Cell: func(b beside) string { return b.Words() }, Compact: &compactBeside},
	}
	for i, f := range slices.DeleteFunc(results.Latencies(), func(f results.Figure) bool { return !f.Chief }) {
		columns = append(columns,
			Field[beside]{Name: f.Heading + " 0", Rank: 7 + 2*i, Cell: func(b beside) string { return f.Write(f.OfSummary(&b.first)) }},
			Field[beside]{Name: f.Heading + " 1", Rank: 6 + 2*i, Cell: func(b beside) string { return f.Write(f.OfSummary(&b.second)) }})
	}
	return Styled(columns, func(b beside) Style {
		switch b.Verdict {
		case results.VersusFaster:
			return Good
		case results.VersusSlower:
			return Trouble
		}
		return Plain
	})
}

// compactBeside is the verdict about two targets in fewer characters.
var compactBeside = Compact[beside]{Name: "0 is", Key: "0 is how target 0 compares with target 1: ~ is not told apart", Cell: func(b beside) string {
	if b.Verdict == results.VersusSame && b.Low != nil {
		return "~"
	}
	return b.Words()
}}

// Ratio writes a ratio as precisely as it is worth reading: 0.952, 1.049, 16.2.
func Ratio(x float64) string {
	if x < 0.1 || x >= 10 {
		return text.Number(x)
	}
	return strconv.FormatFloat(x, 'f', 3, 64)
}
