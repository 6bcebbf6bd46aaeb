// Package compare compares two sides, each of one run or several: the goodput of each strategy at each limit, and the limits
// to use.
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

// A Comparison describes how new runs differ from older ones, for each strategy at each limit. It is a [render.Document].
type Comparison struct {
	Version  int                   `json:"version"`
	Old      Origin                `json:"old"` // of the first run of the side
	New      Origin                `json:"new"`
	OldRuns  []Origin              `json:"old_runs"`        // of all runs of the side
	NewRuns  []Origin              `json:"new_runs"`        //
	Floor    *Floor                `json:"floor,omitempty"` // nil if no row needs it: where one side has several runs, they show what it stands for
	Rows     []Change              `json:"rows"`            // strategies in the order of the old runs, each by ascending limit
	OnlyOld  []results.At          `json:"only_old"`        // what the new runs did not measure
	OnlyNew  []results.At          `json:"only_new"`
	Optima   []Shift               `json:"optima"`               // of the strategies that both sides swept
	Gates    []Gated               `json:"thresholds,omitempty"` // what [Comparison.Hold] found
	Warnings []results.Warning     `json:"warnings"`
	Codes    []results.WarningCode `json:"warning_codes,omitempty"`

	old, new      []*results.Run
	before, after side
}

// An Origin describes one of the runs of a comparison.
type Origin struct {
	Command string          `json:"command"`
	Target  string          `json:"target"`
	Started string          `json:"started"`
	Machine results.Machine `json:"machine"`
}

// A Change is the difference of the goodput between two sides. Low and High are wide enough for the
// intervals of all rows together to be right with 95% confidence. Latencies and errors are in the summaries; they are not
// tested.
type Change struct {
	results.At
	OldRuns int             `json:"old_runs"` // how many runs of the side measured it
	NewRuns int             `json:"new_runs"`
	Ratio   *float64        `json:"ratio"` // new goodput divided by old goodput; nil if a trial had no success
	Low     *float64        `json:"low"`   // of the interval of Ratio; nil, as High, if there are too few trials or one without a success
	High    *float64        `json:"high"`
	P       *float64        `json:"p"` // probability of a difference at least as large if there is none, adjusted for the number of rows; nil if not tested
	Verdict Verdict         `json:"verdict"`
	Old     results.Summary `json:"old"`
	New     results.Summary `json:"new"`
}

// fewestTrials is the smallest number of trials of each run from which an interval follows, if there is one run a side.
const fewestTrials = 2

// Runs compares two runs as [Sides] does, with [UsualFloor].
func Runs(old, new *results.Run) (*Comparison, error) {
	return Sides([]*results.Run{old}, []*results.Run{new}, UsualFloor)
}

// Sides compares the goodput of the old runs, at least one, with that of the new ones at every strategy and limit that both
// sides have measured, with Holm's correction over the rows. Runs that made different requests are compared with a
// warning: see [Differences]. It returns an error if the sides have no strategy and limit in common.
//
// Where a side has several runs, the run is a random effect: the observations are the means of the runs' ln(goodput), whose
// differences hold both the variance between runs and that between trials, and [stat.Means] tests them. That is the analysis of
// a nested design (Searle, Casella and McCulloch, Variance Components, 1992), as Kalibera and Jones (2013) give it for
// benchmarks that are run several times.
//
// With one run a side nothing shows by how much runs differ. Then it is Welch's test of the trials' ln(goodput), and the
// variance between runs is that of the floor, twice, once for each run. If a run drifted from its first trial to its last,
// the intervals are wider by half of the drift.
func Sides(old, new []*results.Run, floor Floor) (*Comparison, error) {
	c := &Comparison{Version: results.Version, OldRuns: text.Each(old, origin), NewRuns: text.Each(new, origin), old: old, new: new}
	c.Old, c.New = c.OldRuns[0], c.NewRuns[0]
	before, after := sideOf(old, summarised), sideOf(new, summarised)
	c.before, c.after = before, after
	for _, at := range before.order {
		if after.has(at) {
			c.Rows = append(c.Rows, Change{At: at, OldRuns: len(before.with(at)), NewRuns: len(after.with(at)),
				Old: before.summary(at), New: after.summary(at)})
		} else {
			c.OnlyOld = append(c.OnlyOld, at)
		}
	}
	for _, at := range after.order {
		if !before.has(at) {
			c.OnlyNew = append(c.OnlyNew, at)
		}
	}
	if len(c.Rows) == 0 {
		return nil, errors.New("nothing in common: old has " + listAt(c.OnlyOld) + "; new has " + listAt(c.OnlyNew))
	}
	var foreign []results.Warning
	if slices.ContainsFunc(c.Rows, Change.single) {
		c.Floor, foreign = &floor, floor.Foreign(c.New.Machine)
	}
	c.test()
	c.Optima = shifts(old, new)
	c.Warnings = slices.Concat(differentRuns(old, new), foreign, before.warnings("old"), after.warnings("new"))
	return c, nil
}

func origin(r *results.Run) Origin { return Origin{r.Command, r.Target, r.Started, r.Machine} }

// single reports whether each side has only one run, so that nothing shows the variance between runs.
func (r Change) single() bool { return r.OldRuns == 1 && r.NewRuns == 1 }

// test sets what the trials say about the difference of each row.
func (c *Comparison) test() {
	for i, tested := range c.tests(results.Goodput()) {
		row := &c.Rows[i]
		row.Verdict = tested.verdict
		if ratio := row.New.PerSecond / row.Old.PerSecond; tested.verdict != Failed && !math.IsInf(ratio, 0) {
			row.Ratio = &ratio
		}
		if tested.test != nil {
			row.conclude(tested.test)
		}
	}
}

// A tested is what the trials say about the difference of a figure in a row: a test, or why there is none.
type tested struct {
	test    *stat.Test
	verdict Verdict // Failed or TooFew if there is no test
}

// tests returns what the trials say about a figure in each row, with Holm's correction over the rows.
func (c *Comparison) tests(f results.Figure) []tested {
	all := make([]tested, len(c.Rows))
	var tests []*stat.Test
	for i, row := range c.Rows {
		x, ok1 := c.before.logs(row.At, f)
		y, ok2 := c.after.logs(row.At, f)
		var d stat.Test
		switch {
		case !ok1 || !ok2:
			all[i].verdict = Failed
			continue
		case !row.single():
			d = stat.Means(means(x), means(y))
		case len(x[0]) < fewestTrials || len(y[0]) < fewestTrials:
			all[i].verdict = TooFew
			continue
		default:
			beyond := c.Floor.Twice()
			beyond.Allowance = (math.Abs(c.before.runs[0].drift) + math.Abs(c.after.runs[0].drift)) / 2
			d = stat.Welch(x[0], y[0], beyond)
		}
		all[i].test = &d
		tests = append(tests, &d)
	}
	stat.Holm(tests)
	return all
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
	case low > 1:
		r.Verdict = Faster
	case high < 1:
		r.Verdict = Slower
	}
}

// mostListed is how many strategies and limits a sentence names before it only counts the others.
const mostListed = 8

// listAt lists strategies and limits in a sentence.
func listAt(all []results.At) string {
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
