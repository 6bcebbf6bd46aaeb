package results

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/url"
	"strconv"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// benchUnits say which way is better, for those who compare the lines of benchmarks.
const benchUnits = `Unit ns/op better=lower
Unit req/s better=higher
Unit p50-ns better=lower
Unit p99-ns better=lower
Unit cpu-ns/op better=lower
`

func (r *Run) benchfmt(w io.Writer) error {
	_, err := w.Write(append([]byte(benchUnits), r.benchLines()...))
	return err
}

// benchfmt writes the trials of both runs, told apart by the key "run": benchstat -col run puts them side by side.
func (c *Comparison) benchfmt(w io.Writer) error {
	words := []byte(benchUnits)
	for _, side := range []struct {
		name string
		run  *Run
	}{{"old", c.old}, {"new", c.new}} {
		words = append(append(words, "run: "+side.name+"\n"...), side.run.benchLines()...)
	}
	_, err := w.Write(words)
	return err
}

// benchLines returns a line for each trial that counts, as Go benchmarks print them, under what the trials have in
// common. That is no more than ought to be the same for runs to be compared, since benchstat compares none but those:
// https://go.googlesource.com/proposal/+/master/design/14313-benchmark-format.md
func (r *Run) benchLines() []byte {
	var b bytes.Buffer
	for _, common := range []struct{ key, value string }{
		{"goos", r.Machine.OS}, {"goarch", r.Machine.Arch}, {"cpu", r.Machine.CPU}, {"target", r.subject()},
	} {
		fmt.Fprintf(&b, "%s: %s\n", common.key, text.Clean(common.value))
	}
	order, groups := group(r.Trials)
	for _, at := range order {
		for _, t := range groups[at] {
			fmt.Fprintf(&b, "BenchmarkStrategy/strategy=%s/limit=%d-%d\t%d\t", url.PathEscape(t.Strategy), t.Limit, max(1, r.Machine.CPUs), t.Succeeded)
			b.WriteString(t.benchFigures())
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

// benchFigures returns the figures of the trial with their units. One without a success has but a rate of 0.
func (t *Trial) benchFigures() string {
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
