package threshold

import (
	"fmt"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

// A Gate is a requirement that a run has to meet, such as
//
//	per_second(fasthttp) > 0.8 * per_second(eventloop)
//
// It compares (< <= > >=) two sides, which are made with + - * / and parentheses of figures of strategies, see [Gauges],
// and of numbers. A number may bear a % or a unit of time: ns, us, ms, s, m or h. Figures are the best estimates; their
// intervals are told but decide nothing.
type Threshold struct {
	text        string
	left, right term
	comparison  string
	operands    []operand
}

// A term is a part of a requirement.
type term struct {
	time  int  // the power of time that its value, in seconds, bears: 1 for a duration, 0 for a number
	alone bool // whether it is one figure or one number, which need not be worked out
	value func(values) float64
}

// Gauged is a figure that a requirement asks for.
type operand struct {
	metric   *metric
	strategy string
	column   int // of the requirement's text, from 1
}

func (g operand) String() string { return g.metric.name + "(" + g.strategy + ")" }

// readings are the values of the figures of a requirement, by their texts.
type values map[string]float64

// String returns the requirement as it was written, in one line.
func (g *Threshold) String() string { return text.Clean(g.text) }

// Check returns an error unless a run of the command, bench or sweep, with the named strategies can tell whether the
// requirement is met. It names the place and what would be right.
func (g *Threshold) Check(command string, strategies []string) error {
	for _, f := range g.operands {
		if f.metric.sweep && command != "sweep" {
			return fmt.Errorf("column %d: %s is for a sweep", f.column, f)
		}
		if !slices.Contains(strategies, f.strategy) {
			return fmt.Errorf("column %d: %s is not to be run: want one of %s", f.column, f, strings.Join(strategies, ", "))
		}
	}
	return nil
}

// Failure says in one line why a run that has ended does not meet the requirement, with the figures that were measured.
// It is empty if the run does. A figure that the run does not tell is a failure too.
func (g *Threshold) Failure(run *results.Run) string {
	known := values{}
	var seen []string
	for _, f := range g.operands {
		if _, again := known[f.String()]; again {
			continue
		}
		r, err := f.metric.of(run, f.strategy)
		if err != nil {
			return fmt.Sprintf("not met: %s: %s is not known: %v", g, f, err)
		}
		known[f.String()] = r.estimate
		seen = append(seen, f.String()+" is "+f.metric.write(r))
	}
	left, right := g.left.value(known), g.right.value(known)
	switch {
	case !finite(left) || !finite(right):
		return fmt.Sprintf("not met: %s: it divides by 0 where %s", g, strings.Join(seen, ", "))
	case meets(left, g.comparison, right):
		return ""
	case g.left.alone && g.right.alone:
		return fmt.Sprintf("not met: %s: %s", g, strings.Join(seen, ", "))
	}
	return fmt.Sprintf("not met: %s: %s against %s, where %s", g,
		precisely(left, g.left.time), precisely(right, g.right.time), strings.Join(seen, ", "))
}

// meets reports whether the comparison holds.
func meets(left float64, comparison string, right float64) bool {
	switch comparison {
	case "<":
		return left < right
	case "<=":
		return left <= right
	case ">":
		return left > right
	}
	return left >= right
}

// ErrorRate returns the share of a strategy's requests in a run that failed, over all its trials that count, and says in words
// which. Requests that were cut off have no part in it. The share is not known if no request ended.
func ErrorRate(run *results.Run, strategy string) (share float64, words string, err error) {
	var failed, completed int64
	for _, g := range results.Groups(run.Trials) {
		if g.Strategy != strategy {
			continue
		}
		for _, t := range g.Trials {
			failed += t.Failures()
			completed += t.Completed()
		}
	}
	if completed == 0 {
		return 0, "", errNotMeasured
	}
	share = float64(failed) / float64(completed)
	return share, fmt.Sprintf("%s%%, %s of %s", text.Precise(100*share), text.Count(failed), text.Plural(completed, "request")), nil
}
