// Package compare compares two runs: the goodput of each strategy at each limit, and the limits to use.
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

// A Comparison describes how a run differs from an older one, for each strategy at each limit. It is a [render.Document].
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

// An Origin describes one of the two runs of a comparison.
type Origin struct {
	Command string          `json:"command"`
	Target  string          `json:"target"`
	Started string          `json:"started"`
	Machine results.Machine `json:"machine"`
}

// At is a strategy at a limit. Its trials are repeats of one another.
type At struct {
	Strategy string `json:"strategy"`
	Limit    int    `json:"limit"`
}

// String returns the strategy and the limit in words, safe to print.
func (a At) String() string {
	return fmt.Sprintf("%s at limit %s", text.Clean(a.Strategy), text.Count(a.Limit))
}

// A Change is the difference of the goodput of a strategy at a limit between two runs. Low and High are wide enough for the
// intervals of all rows together to be right with 95% confidence. Latencies and errors are in the summaries; they are not
// tested.
type Change struct {
	At
	Ratio   *float64        `json:"ratio"` // new goodput divided by old goodput; nil if a trial had no success
	Low     *float64        `json:"low"`   // of the interval of Ratio; nil, as High, if a run has a single trial or one without a success
	High    *float64        `json:"high"`
	P       *float64        `json:"p"` // probability of a difference at least as large if there is none, adjusted for the number of rows; nil if not tested
	Verdict Verdict         `json:"verdict"`
	Old     results.Summary `json:"old"`
	New     results.Summary `json:"new"`
}

// fewestTrials is the smallest number of trials of each run from which an interval follows.
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
		x, ok1 := before.rates(row.At)
		y, ok2 := after.rates(row.At)
		if !ok1 || !ok2 {
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
		d := stat.Welch(x, y, stat.Beyond{Allowance: (math.Abs(before.drift) + math.Abs(after.drift)) / 2})
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

// Regressions returns a line for every row whose goodput has certainly fallen by more than the threshold, a share from 0
// to 1: the whole interval of the ratio lies below 1 - threshold. Rows in which only the new run had trials without a success
// are included.
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
