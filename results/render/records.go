package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

// trialColumns are the columns of the records that every run has, in order. Durations are in seconds. After them there is one
// column failed_CLASS for each class of failure, in alphabetic order.
func trialColumns() []Field[results.Trial] {
	columns := []Field[results.Trial]{
		{Name: "strategy", Cell: func(t results.Trial) string { return text.Clean(t.Strategy) }},
		{Name: "limit", Cell: func(t results.Trial) string { return strconv.Itoa(t.Limit) }},
		{Name: "block", Cell: func(t results.Trial) string { return strconv.Itoa(t.Block) }},
		{Name: "purpose", Cell: func(t results.Trial) string { return string(t.Purpose) }}, // interrupted or empty
		{Name: "warmup_requests", Cell: func(t results.Trial) string { return text.Integer(t.WarmupRequests) }},
		{Name: "started", Cell: func(t results.Trial) string { return text.Integer(t.Started) }},
		{Name: "succeeded", Cell: func(t results.Trial) string { return text.Integer(t.Succeeded) }},
		{Name: "failed", Cell: func(t results.Trial) string { return text.Integer(t.Failures()) }},
		{Name: "cut_off", Cell: func(t results.Trial) string { return text.Integer(t.CutOff) }},
		{Name: "body_bytes", Cell: func(t results.Trial) string { return text.Integer(t.Bytes) }},
		{Name: "elapsed_seconds", Cell: func(t results.Trial) string { return text.Exact(t.Elapsed) }},
		{Name: "goodput_per_second", Cell: func(t results.Trial) string { return text.Exact(t.PerSecond) }},
	}
	for _, f := range results.Latencies() {
		columns = append(columns, Field[results.Trial]{
			Name: "latency_" + f.Name + "_seconds", Cell: func(t results.Trial) string {
				if t.Succeeded > 0 && f.OfTrial(&t) == 0 { // in a file from before the figure was kept
					return ""
				}
				return text.Exact(f.OfTrial(&t))
			},
		})
	}
	return append(columns, []Field[results.Trial]{
		{Name: "cpu_seconds", Cell: func(t results.Trial) string { return text.Exact(t.CPU) }},
		{Name: "in_flight_mean", Cell: func(t results.Trial) string { return text.Exact(t.InFlightMean) }},
		{Name: "connections", Cell: func(t results.Trial) string { return strconv.Itoa(t.Connections) }},
		{Name: "status", Cell: statuses}, // responses by HTTP status: 200:1192 503:8
		{Name: "first_error", Cell: func(t results.Trial) string { return text.Clean(cmp.Or(t.Error, t.FirstError)) }},
		{Name: "warnings", Cell: func(t results.Trial) string { return text.Clean(strings.Join(results.Words(t.Warnings), "; ")) }},
		{Name: "target", Cell: func(t results.Trial) string { // empty if the run has one
			if t.Target == nil {
				return ""
			}
			return strconv.Itoa(*t.Target)
		}},
		{Name: "streams", Cell: func(t results.Trial) string { // empty if that is not bounded
			if t.Streams == 0 {
				return ""
			}
			return strconv.Itoa(t.Streams)
		}},
	}...)
}

// Records returns one row per trial. Control trials and those with the client slowed down are left out, since they would
// spoil the sum or the mean of a strategy's rows. JSON has them.
func (d runDocument) Records() Grid {
	trials := slices.DeleteFunc(d.run.Counting().Trials, func(t results.Trial) bool { return !t.MeasuresStrategy() })
	columns := trialColumns()
	occurring := map[string]bool{}
	for _, t := range trials {
		for class := range t.Failed {
			occurring[class] = true
		}
	}
	for _, class := range slices.Sorted(maps.Keys(occurring)) {
		columns = append(columns, Field[results.Trial]{
			Name: "failed_" + text.Clean(class),
			Cell: func(t results.Trial) string { return text.Integer(t.Failed[class]) },
		})
	}
	if slices.ContainsFunc(trials, func(t results.Trial) bool { return len(t.Agents) > 0 }) {
		columns = append(columns, Field[results.Trial]{Name: "agents", Cell: func(t results.Trial) string { return strconv.Itoa(len(t.Agents)) }})
	}
	if slices.ContainsFunc(trials, func(t results.Trial) bool { return t.Response != nil }) {
		columns = append(columns, openLoopRecords()...)
	}
	return Tabulate(trials, columns)
}

// statuses writes the responses by HTTP status.
func statuses(t results.Trial) string {
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(t.Status)) {
		parts = append(parts, fmt.Sprintf("%d:%d", status, t.Status[status]))
	}
	return strings.Join(parts, " ")
}
