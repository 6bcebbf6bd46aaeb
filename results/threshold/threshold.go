// Package threshold holds runs to requirements such as
//
//	per_second(fasthttp) > 0.8 * per_second(eventloop)
//
// See [Parse] for the grammar and [Metrics] for what a requirement may ask for.
package threshold

import (
	"fmt"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

// A Threshold is a requirement that a run has to meet. It compares (< <= > >=) two sides, which are made with + - * / and
// parentheses of metrics of strategies, such as p99(pool), and of numbers. A number may have a % or a unit of time: ns, us,
// ms, s, m or h. The estimates of the metrics decide; their intervals are reported only.
type Threshold struct {
	text        string
	left, right term
	comparison  string
	operands    []operand
}

// A term is a part of a requirement.
type term struct {
	time  int  // the power of time in the dimension of its value: 1 for a duration in seconds, 0 for a number
	alone bool // whether it is a single metric or number, so that its value need not be reported again
	value func(values) float64
}

// An operand is a metric of a strategy in a requirement.
type operand struct {
	metric   *metric
	strategy string
	column   int // where it stands in the requirement's text, from 1
}

func (g operand) String() string { return g.metric.name + "(" + g.strategy + ")" }

// values are the values of the operands, by their texts.
type values map[string]float64

// String returns the requirement as it was written, in one line.
func (t *Threshold) String() string { return text.Clean(t.text) }

// Check returns an error unless a run of the command, bench or sweep, with those strategies has all metrics of the
// requirement. The error names the place and what would be right.
func (t *Threshold) Check(command string, strategies []string) error {
	for _, f := range t.operands {
		if f.metric.sweep && command != "sweep" {
			return fmt.Errorf("column %d: %s is for a sweep", f.column, f)
		}
		if !slices.Contains(strategies, f.strategy) {
			return fmt.Errorf("column %d: %s is not to be run: want one of %s", f.column, f, strings.Join(strategies, ", "))
		}
	}
	return nil
}

// Failure says in one line why a run does not meet the requirement, with what was measured. It is empty if the run meets it.
// A run that lacks a metric does not.
func (t *Threshold) Failure(run *results.Run) string {
	known := values{}
	var seen []string
	for _, f := range t.operands {
		if _, again := known[f.String()]; again {
			continue
		}
		r, err := f.metric.of(run, f.strategy)
		if err != nil {
			return fmt.Sprintf("not met: %s: %s is not known: %v", t, f, err)
		}
		known[f.String()] = r.estimate
		seen = append(seen, f.String()+" is "+f.metric.write(r))
	}
	left, right := t.left.value(known), t.right.value(known)
	switch {
	case !finite(left) || !finite(right):
		return fmt.Sprintf("not met: %s: it divides by 0 where %s", t, strings.Join(seen, ", "))
	case meets(left, t.comparison, right):
		return ""
	case t.left.alone && t.right.alone:
		return fmt.Sprintf("not met: %s: %s", t, strings.Join(seen, ", "))
	}
	return fmt.Sprintf("not met: %s: %s against %s, where %s", t,
		precisely(left, t.left.time), precisely(right, t.right.time), strings.Join(seen, ", "))
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

// ErrorRate returns the share of a strategy's requests that failed, over all its trials that count, as a number and in words.
// Requests that were cut off are not included. It returns an error if no request ended.
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
