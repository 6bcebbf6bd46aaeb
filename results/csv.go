package results

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sweetspot/results/text"
)

// trialColumns are the columns of the CSV that every run has, in order. Durations are in seconds, numbers are exact and
// without separators. They are followed by one column failed_CLASS for each class of failure, in alphabetic order.
var trialColumns = []column[Trial]{
	{name: "strategy", cell: func(t Trial) string { return text.Clean(t.Strategy) }},
	{name: "limit", cell: func(t Trial) string { return strconv.Itoa(t.Limit) }},
	{name: "block", cell: func(t Trial) string { return strconv.Itoa(t.Block) }},
	{name: "purpose", cell: func(t Trial) string { return string(t.Purpose) }}, // interrupted, or empty: to measure the strategy
	{name: "warmup_requests", cell: func(t Trial) string { return text.Integer(t.Warmup) }},
	{name: "started", cell: func(t Trial) string { return text.Integer(t.Started) }},
	{name: "succeeded", cell: func(t Trial) string { return text.Integer(t.Succeeded) }},
	{name: "failed", cell: func(t Trial) string { return text.Integer(t.Failures()) }},
	{name: "cut_off", cell: func(t Trial) string { return text.Integer(t.CutOff) }},
	{name: "body_bytes", cell: func(t Trial) string { return text.Integer(t.Bytes) }},
	{name: "elapsed_seconds", cell: func(t Trial) string { return text.Exact(t.Elapsed) }},
	{name: "goodput_per_second", cell: func(t Trial) string { return text.Exact(t.PerSecond) }},
	{name: "latency_mean_seconds", cell: func(t Trial) string { return text.Exact(t.Latency.Mean) }},
	{name: "latency_p50_seconds", cell: func(t Trial) string { return text.Exact(t.Latency.P50) }},
	{name: "latency_p90_seconds", cell: func(t Trial) string { return text.Exact(t.Latency.P90) }},
	{name: "latency_p99_seconds", cell: func(t Trial) string { return text.Exact(t.Latency.P99) }},
	{name: "latency_max_seconds", cell: func(t Trial) string { return text.Exact(t.Latency.Max) }},
	{name: "cpu_seconds", cell: func(t Trial) string { return text.Exact(t.CPU) }},
	{name: "in_flight_mean", cell: func(t Trial) string { return text.Exact(t.InFlightMean) }},
	{name: "connections", cell: func(t Trial) string { return strconv.Itoa(t.Connections) }},
	{name: "status", cell: statuses}, // answers by HTTP status: 200:1192 503:8
	{name: "first_error", cell: func(t Trial) string { return text.Clean(cmp.Or(t.Error, t.FirstError)) }},
	{name: "warnings", cell: func(t Trial) string { return text.Clean(strings.Join(Words(t.Warnings), "; ")) }},
}

// csv writes one row a trial. Trials of a control or with the client slowed down are left out: whoever adds up or averages
// the rows of a strategy would count what is not the strategy's. JSON has them.
func (r *Run) csv(w io.Writer) error {
	trials := slices.DeleteFunc(slices.Clone(r.Trials), func(t Trial) bool { return t.Purpose == Control || t.Purpose == Causal })
	columns := slices.Clone(trialColumns)
	occurring := map[string]bool{}
	for _, t := range trials {
		for class := range t.Failed {
			occurring[class] = true
		}
	}
	for _, class := range slices.Sorted(maps.Keys(occurring)) {
		columns = append(columns, column[Trial]{
			name: "failed_" + text.Clean(class),
			cell: func(t Trial) string { return text.Integer(t.Failed[class]) },
		})
	}
	return tabulate(trials, columns).csv(w)
}

// csv writes the grid under one row of names, as RFC 4180 has it but for its line ends, which are \n.
func (g grid) csv(w io.Writer) error {
	return csv.NewWriter(w).WriteAll(append([][]string{g.names()}, g.lines()...))
}

// statuses writes the answers by HTTP status.
func statuses(t Trial) string {
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(t.Status)) {
		parts = append(parts, fmt.Sprintf("%d:%d", status, t.Status[status]))
	}
	return strings.Join(parts, " ")
}
