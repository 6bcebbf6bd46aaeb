// Package threshold checks whether runs meet requirements such as
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

// A Threshold is a requirement that a run has to meet. It compares (< <= > >=) two expressions. They consist of numbers
// and of metrics of strategies, such as p99(pool), combined with + - * / and parentheses. A number may have a % or a unit of time: ns, us,
// ms, s, m or h. Only the estimates of the metrics are compared; their intervals are only reported.
type Threshold struct {
	text        string
	left, right term
	comparison  string
	operands    []operand
}

// A term is a part of a requirement with a value: a number, a metric, or a combination of terms.
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

func (o operand) String() string { return o.metric.name + "(" + o.strategy + ")" }

// values are the values of the operands, by their texts.
type values map[string]float64

// String returns the requirement as it was written, in one line.
func (t *Threshold) String() string { return text.Clean(t.text) }

// Check returns an error unless a run of the command, "bench" or "sweep", with these strategies will have all metrics of the
// requirement. The error names the column in the requirement and what is allowed there.
func (t *Threshold) Check(command string, strategies []string) error {
	for _, o := range t.operands {
		if o.metric.sweep && command != "sweep" {
			return fmt.Errorf("column %d: %s is for a sweep", o.column, o)
		}
		if !slices.Contains(strategies, o.strategy) {
			return fmt.Errorf("column %d: %s is not to be run: want one of %s", o.column, o, strings.Join(strategies, ", "))
		}
	}
	return nil
}

// Failure says in one line why a run does not meet the requirement, with what was measured. It returns the empty string if
// the run meets the requirement. A run that lacks a metric does not meet it.
func (t *Threshold) Failure(run *results.Run) string {
	known := values{}
	var names []operand
	var found []value
	for _, o := range t.operands {
		if _, again := known[o.String()]; again {
			continue
		}
		v, err := o.metric.of(run, o.strategy)
		if err != nil {
			return fmt.Sprintf("not met: %s: %s is not known: %v", t, o, err)
		}
		known[o.String()] = v.estimate
		names, found = append(names, o), append(found, v)
	}
	left, right := t.left.value(known), t.right.value(known)
	write := writerFor(left, right)
	var seen []string
	for i, o := range names {
		seen = append(seen, o.String()+" is "+o.metric.write(found[i], write))
	}
	switch {
	case !finite(left) || !finite(right):
		return fmt.Sprintf("not met: %s: it divides by 0 where %s", t, strings.Join(seen, ", "))
	case meets(left, t.comparison, right):
		return ""
	case t.left.alone && t.right.alone:
		return fmt.Sprintf("not met: %s: %s", t, strings.Join(seen, ", "))
	}
	return fmt.Sprintf("not met: %s: %s against %s, where %s", t,
		write(left, t.left.time), write(right, t.right.time), strings.Join(seen, ", "))
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

// ErrorRate returns the share of a strategy's requests that failed, from 0 to 1 and in words. It is over all trials in
// [results.Groups]. Requests that were cut off are not included. It returns an error if no request ended, or if the strategy
// broke down: then requests that failed may be missing.
func ErrorRate(run *results.Run, strategy string) (share float64, words string, err error) {
	var failed, completed int64
	for _, g := range results.Groups(run.Trials) {
		if g.Strategy != strategy {
			continue
		}
		for _, t := range g.Trials {
			if t.Error != "" {
				return 0, "", fmt.Errorf("it broke down: %s", text.Clean(t.Error))
			}
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
