// Package compare sets two runs against each other: how the goodput of each strategy at each limit differs, and how the
// limits to use do.
package compare

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// A Comparison says how a run differs from an older one, strategy by strategy and limit by limit. It is a [render.Document].
type Comparison struct {
	Version  int                   `json:"version"`
	Old      Origin                `json:"old"`
	New      Origin                `json:"new"`
	Rows     []Change              `json:"rows"`     // strategies in the order of the old run, each by ascending limit
	OnlyOld  []At                  `json:"only_old"` // what the new run did not measure
	OnlyNew  []At                  `json:"only_new"`
	Optima   []Shift               `json:"optima"` // of the strategies that both runs swept
	Warnings []results.Warning     `json:"warnings"`
	Codes    []results.WarningCode `json:"warning_codes,omitempty"`

	old, new *results.Run
}

// An Origin is where a side of a comparison comes from.
type Origin struct {
	Command string          `json:"command"`
	Target  string          `json:"target"`
	Started string          `json:"started"`
	Machine results.Machine `json:"machine"`
}

// At is a strategy at a limit, whose trials are repeats of one another.
type At struct {
	Strategy string `json:"strategy"`
	Limit    int    `json:"limit"`
}

func (a At) String() string {
	return fmt.Sprintf("%s at limit %s", text.Clean(a.Strategy), text.Count(a.Limit))
}

// A Change is how the goodput of a strategy at a limit differs between two runs. Low and High are wide enough for the
// intervals of all rows together to be right with 95% confidence. Latencies and errors are in the summaries; they are not
// tested.
type Change struct {
	At
	Ratio   *float64        `json:"ratio"` // of the new goodput to the old; nil if a trial had no success
	Low     *float64        `json:"low"`   // nil after a single trial on a side
	High    *float64        `json:"high"`
	P       *float64        `json:"p"` // probability of a difference as large as this by chance, adjusted for the number of rows
	Verdict Verdict         `json:"verdict"`
	Old     results.Summary `json:"old"`
	New     results.Summary `json:"new"`
}

// fewestTrials is how many trials on each side it takes to bound a difference.
const fewestTrials = 2

// Runs compares the goodput of two runs at every strategy and limit that both have measured, by Welch's t test on the
// logarithms with Holm's correction over the rows. If a run drifted from its first trial to its last, the intervals are
// wider by half of the drift. It returns an error if the runs have no strategy and limit in common. Runs that made
// different requests are compared with a warning: see [Differences].
func Runs(old, new *results.Run) (*Comparison, error) {
	c := &Comparison{Version: results.Version, Old: origin(old), New: origin(new), old: old, new: new}
	before, after := sideOf(old), sideOf(new)
	for _, at := range before.order {
		if _, common := after.groups[at]; common {
			c.Rows = append(c.Rows, Change{At: at, Old: before.summaries[at], New: after.summaries[at]})
		} else {
			c.OnlyOld = append(c.OnlyOld, at)
		}
	}
	for _, at := range after.order {
		if _, common := before.groups[at]; !common {
			c.OnlyNew = append(c.OnlyNew, at)
		}
	}
	if len(c.Rows) == 0 {
		return nil, errors.New("nothing in common: old has " + listAt(c.OnlyOld) + "; new has " + listAt(c.OnlyNew))
	}
	c.test(before, after)
	c.Optima = shifts(old, new)
	c.Warnings = slices.Concat(differentRuns(old, new),
		results.About("old: ", before.driftWarning()), results.About("old: ", old.Warnings),
		results.About("new: ", after.driftWarning()), results.About("new: ", new.Warnings))
	return c, nil
}

func origin(r *results.Run) Origin { return Origin{r.Command, r.Target, r.Started, r.Machine} }

// test sets what the trials say about the difference of each row.
func (c *Comparison) test(before, after side) {
	var rows []*Change
	var tests []*stat.Test
	for i := range c.Rows {
		row := &c.Rows[i]
		x, sound1 := before.rates(row.At)
		y, sound2 := after.rates(row.At)
		if !sound1 || !sound2 {
			row.Verdict = Failed
			continue
		}
		if ratio := row.New.PerSecond / row.Old.PerSecond; !math.IsInf(ratio, 0) {
			row.Ratio = &ratio
		}
		if len(x) < fewestTrials || len(y) < fewestTrials {
			row.Verdict = TooFew
			continue
		}
		d := stat.Welch(x, y, (math.Abs(before.drift)+math.Abs(after.drift))/2)
		rows, tests = append(rows, row), append(tests, &d)
	}
	stat.Holm(tests)
	for i, row := range rows {
		row.conclude(tests[i])
	}
}

// conclude sets the interval of the row and its verdict.
func (r *Change) conclude(d *stat.Test) {
	low, high := math.Exp(d.Mean-d.Half), math.Exp(d.Mean+d.Half)
	r.P = &d.P
	r.Verdict = Indistinguishable
	if math.IsInf(high, 0) { // rates hundreds of orders of magnitude apart bound nothing
		return
	}
	r.Low, r.High = &low, &high
	switch {
	case low > 1+stat.Negligible:
		r.Verdict = Faster
	case high < 1/(1+stat.Negligible):
		r.Verdict = Slower
	}
}

// Regressions returns a line for every row whose goodput has certainly fallen by more than the threshold, a share of one:
// the whole interval lies below it. A strategy with trials without a success in the new run only is among them.
func (c *Comparison) Regressions(threshold float64) []string {
	var lines []string
	for _, r := range c.Rows {
		switch {
		case r.Verdict == Failed && r.Old.PerSecond > 0:
			lines = append(lines, fmt.Sprintf("%s: the new run had trials without a success, the old one had none", r.At))
		case r.High != nil && *r.High < 1-threshold:
			lines = append(lines, fmt.Sprintf("%s: goodput fell by %s to %s, 95%% sure: more than the threshold of %s",
				r.At, text.Percent(1-*r.High), text.Percent(1-*r.Low), text.ShortPercent(threshold)))
		}
	}
	return lines
}

// mostListed is how many strategies and limits a sentence names before it only counts the others.
const mostListed = 8

// listAt lists strategies and limits in a sentence.
func listAt(all []At) string {
	if len(all) == 0 {
		return "nothing"
	}
	var names []string
	for _, at := range all[:min(len(all), mostListed)] {
		names = append(names, at.String())
	}
	if others := len(all) - mostListed; others > 0 {
		names = append(names, fmt.Sprintf("%d more", others))
	}
	return strings.Join(names, ", ")
}
