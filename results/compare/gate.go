package compare

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// A Gate is a threshold of a comparison: by which share a figure may get worse.
type Gate struct {
	Figure results.Figure
	Share  float64 // from 0 to less than 1
}

// ParseGate reads a share of goodput, such as 5% or 0.05, or one of any figure, such as p99=10%.
func ParseGate(words string) (Gate, error) {
	name, share, named := strings.Cut(words, "=")
	g := Gate{Figure: results.Goodput()}
	if named {
		var known bool
		if g.Figure, known = results.FigureNamed(strings.TrimSpace(name)); !known {
			return Gate{}, fmt.Errorf("%q: want one of %s before the =", name,
				strings.Join(text.Each(results.Figures, func(f results.Figure) string { return f.Name }), ", "))
		}
	} else {
		share = words
	}
	number, percent := strings.CutSuffix(strings.TrimSpace(share), "%")
	x, err := strconv.ParseFloat(number, 64)
	if percent {
		x /= 100
	}
	if err != nil || !(x >= 0 && x < 1) { // written so that NaN is wrong too
		return Gate{}, fmt.Errorf("%q: want a share below 100%%, such as 5%% or 0.05, or FIGURE=SHARE, such as p99=10%%", words)
	}
	g.Share = x
	return g, nil
}

// A GateVerdict says whether a threshold is met in a row.
type GateVerdict string

// The verdicts of a threshold.
const (
	Met    GateVerdict = "met"     // the figure did not certainly get worse by more than the share
	NotMet GateVerdict = "not-met" // it certainly did, or only the new runs had trials without a success
	Unseen GateVerdict = "unseen"  // it did not certainly, but the interval is too wide to see such a change
)

// A Gated is what a comparison says about a threshold in a row. Old and New are in the unit of the figure, see
// [results.Figures]; 0 is unknown. Low and High are those of the interval of Ratio, as in [Change].
type Gated struct {
	results.At
	Figure  string      `json:"figure"`
	Share   float64     `json:"share"`
	Old     float64     `json:"old"`
	New     float64     `json:"new"`
	Ratio   *float64    `json:"ratio"` // new divided by old, of the geometric means of the trials; nil as Low and High
	Low     *float64    `json:"low"`
	High    *float64    `json:"high"`
	Verdict GateVerdict `json:"verdict"`

	figure results.Figure
}

// Hold holds the rows to the thresholds. It sets Gates, and adds a warning for each threshold that the intervals are too wide to
// see. The figures of a threshold are tested as goodput is, with Holm's correction over the rows, and with the same floor and
// drift: in a closed loop the latency is the limit divided by the goodput, so that both vary alike from run to run.
func (c *Comparison) Hold(gates []Gate) {
	for _, g := range gates {
		var unseen []Gated
		for i, tested := range c.tests(g.Figure) {
			held := c.hold(g, c.Rows[i], tested)
			if held.Verdict == Unseen {
				unseen = append(unseen, held)
			}
			c.Gates = append(c.Gates, held)
		}
		if len(unseen) > 0 {
			c.Warnings = append(c.Warnings, g.unseen(unseen))
		}
	}
}

func (c *Comparison) hold(g Gate, row Change, tested tested) Gated {
	held := Gated{
		At: row.At, Figure: g.Figure.Name, Share: g.Share, Verdict: Unseen, figure: g.Figure,
		Old: g.Figure.OfSummary(&row.Old), New: g.Figure.OfSummary(&row.New),
	}
	if tested.test == nil {
		if tested.verdict == Failed && row.Old.PerSecond > 0 && row.New.PerSecond == 0 {
			held.Verdict = NotMet
		}
		return held
	}
	d := tested.test
	ratio, low, high := math.Exp(d.Mean), math.Exp(d.Mean-d.Half), math.Exp(d.Mean+d.Half)
	if math.IsInf(high, 0) || math.IsInf(ratio, 0) {
		return held
	}
	held.Ratio, held.Low, held.High = &ratio, &low, &high
	switch {
	case g.broken(low, high):
		held.Verdict = NotMet
	case g.Share == 0 || d.Half <= g.room():
		held.Verdict = Met
	}
	return held
}

// broken reports whether the figure is certainly worse by more than the share, if its ratio lies from low to high.
func (g Gate) broken(low, high float64) bool {
	if g.Figure.Better == results.Larger {
		return high < 1-g.Share
	}
	return low > 1+g.Share
}

// room is the share as a difference of logarithms. An interval that reaches further to each side cannot show a change by it.
func (g Gate) room() float64 {
	if g.Figure.Better == results.Larger {
		return -math.Log1p(-g.Share)
	}
	return math.Log1p(g.Share)
}

// unseen returns the warning about rows whose intervals are too wide.
func (g Gate) unseen(rows []Gated) results.Warning {
	subject := g.Figure.Doc
	widest := slices.MaxFunc(rows, func(a, b Gated) int { return int(math.Copysign(1, a.width()-b.width())) })
	words := fmt.Sprintf("%s: a change of %s cannot be seen", subject, text.ShortPercent(g.Share))
	if others := len(rows) - 1; others > 0 {
		words += fmt.Sprintf(" in %d rows", len(rows))
	}
	words += fmt.Sprintf(": the interval of %s is %s", widest.At, widest.interval())
	if widest.Low == nil {
		words = fmt.Sprintf("%s: a change of %s cannot be seen: %s has no interval", subject, text.ShortPercent(g.Share), widest.At)
	}
	return results.Warningf(results.WideInterval, "%s", words).With("share", g.Share).With("rows", float64(len(rows)))
}

// width is that of the interval, as a difference of logarithms; infinite if there is none.
func (g Gated) width() float64 {
	if g.Low == nil {
		return math.MaxFloat64
	}
	return math.Log(*g.High / *g.Low)
}

func (g Gated) interval() string {
	if g.Low == nil {
		return text.None
	}
	return render.Ratio(*g.Low) + " to " + render.Ratio(*g.High)
}

// Unmet returns an error for every threshold that is not met in a row; nil if there is none.
func (c *Comparison) Unmet() error {
	var errs []error
	for _, g := range c.Gates {
		if g.Verdict == NotMet {
			errs = append(errs, errors.New(g.unmet()))
		}
	}
	return errors.Join(errs...)
}

// unmet says by how much the figure got worse. Figures are written as in the tables.
func (g Gated) unmet() string {
	if g.High == nil {
		return fmt.Sprintf("%s: the new run had trials without a success, the old one had none", g.At)
	}
	name, verb, least, most := g.figure.Heading, "rose", *g.Low-1, *g.High-1
	if g.figure.Better == results.Larger {
		name, verb, least, most = g.figure.Doc, "fell", 1-*g.High, 1-*g.Low
	}
	return fmt.Sprintf("%s: %s %s by %s to %s, 95%% sure: more than the threshold of %s; it was %s and is %s",
		g.At, name, verb, text.Percent(least), text.Percent(most), text.ShortPercent(g.Share), g.figure.Write(g.Old), g.figure.Write(g.New))
}

// drawGates draws what was found for the thresholds.
func (c *Comparison) drawGates(p render.Page) error {
	if len(c.Gates) == 0 {
		return nil
	}
	p.Heading(2, "Thresholds")
	return p.Table(render.Tabulate(c.Gates, render.Styled([]render.Field[Gated]{
		{Name: "strategy", Left: true, Cell: func(g Gated) string { return g.Name(false) }},
		{Name: "limit", Rank: 4, Cell: func(g Gated) string { return text.Count(g.Limit) }},
		{Name: "figure", Left: true, Cell: func(g Gated) string { return g.figure.Heading }},
		{Name: "old", Rank: 3, Cell: func(g Gated) string { return g.figure.Write(g.Old) }},
		{Name: "new", Rank: 2, Cell: func(g Gated) string { return g.figure.Write(g.New) }},
		{Name: "new/old", Rank: 5, Cell: func(g Gated) string { return text.Optional(g.Ratio, render.Ratio) }},
		{Name: "95% interval", Rank: 1, Cell: Gated.interval},
		{Name: "worse by at most", Rank: 6, Cell: func(g Gated) string { return text.ShortPercent(g.Share) }},
		{Name: "verdict", Left: true, Cell: func(g Gated) string { return strings.ReplaceAll(string(g.Verdict), "-", " ") }},
	}, Gated.style)))
}

func (g Gated) style() render.Style {
	switch g.Verdict {
	case NotMet:
		return render.Trouble
	case Unseen:
		return render.Caution
	}
	return render.Plain
}
