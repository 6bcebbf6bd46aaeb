package render

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/url"
	"strconv"
	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// Benchfmt is the format of lines of Go benchmarks, one per trial, which benchstat reads. The runs of a comparison are told
// apart by the key "run": benchstat -col run puts them side by side.
const Benchfmt = "benchfmt"

func init() {
	Register(Format{Name: Benchfmt, Doc: "one line per trial, for benchstat", Order: 5, Encode: encodeBenchfmt})
}

// benchUnits say which way is better, for those who compare the lines of benchmarks.
const benchUnits = `Unit ns/op better=lower
Unit req/s better=higher
Unit p50-ns better=lower
Unit p99-ns better=lower
Unit cpu-ns/op better=lower
`

func encodeBenchfmt(w io.Writer, d Document) error {
	lines := []byte(benchUnits)
	for _, named := range d.Runs() {
		if named.Name != "" {
			lines = append(lines, "run: "+named.Name+"\n"...)
		}
		lines = append(lines, benchLines(named.Run)...)
	}
	_, err := w.Write(lines)
	return err
}

// benchLines returns a line for each trial that counts, as Go benchmarks print them, under what the trials have in
// common. That is no more than ought to be the same for runs to be compared, since benchstat compares none but those:
// https://go.googlesource.com/proposal/+/master/design/14313-benchmark-format.md
func benchLines(r *results.Run) []byte {
	var b bytes.Buffer
	for _, common := range []struct{ key, value string }{
		{"goos", r.Machine.OS}, {"goarch", r.Machine.Arch}, {"cpu", r.Machine.CPU}, {"target", r.Subject()},
	} {
		fmt.Fprintf(&b, "%s: %s\n", common.key, text.Clean(common.value))
	}
	for _, g := range results.Groups(r.Trials) {
		for _, t := range g.Trials {
			fmt.Fprintf(&b, "BenchmarkStrategy/strategy=%s/limit=%d-%d\t%d\t", url.PathEscape(t.Strategy), t.Limit, max(1, r.Machine.CPUs), t.Succeeded)
			b.WriteString(benchFigures(t))
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

// benchFigures returns the figures of the trial with their units. One without a success has but a rate of 0.
func benchFigures(t *results.Trial) string {
	figure := func(x float64, unit string) string {
		if x >= 100_000 { // as go test has it: whole, and never with an exponent
			x = math.Round(x)
		}
		return strconv.FormatFloat(x, 'f', -1, 64) + " " + unit
	}
	words := figure(t.PerSecond, "req/s")
	if t.Succeeded == 0 || t.PerSecond == 0 {
		return words
	}
	return figure(1e9/t.PerSecond, "ns/op") + "\t" + words + "\t" + figure(1e9*t.Latency.P50, "p50-ns") + "\t" +
		figure(1e9*t.Latency.P99, "p99-ns") + "\t" + figure(1e9*stat.Ratio(t.CPU, float64(t.Completed())), "cpu-ns/op")
}
