package render

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/url"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

// Benchfmt is the format of Go benchmarks, which benchstat reads: one line per trial. The key "run" says which run of a
// comparison a line belongs to: benchstat -col run compares them.
// See https://go.googlesource.com/proposal/+/master/design/14313-benchmark-format.md
const Benchfmt = "benchfmt"

func init() {
	Register(Format{Name: Benchfmt, Doc: "one line per trial, for benchstat", Order: 5, Encode: encodeBenchfmt})
}

// A benchUnit is a figure of a line: its unit, which values are better, and its value for a trial with a success.
type benchUnit struct {
	name   string
	better results.Direction
	of     func(*results.Trial) float64
}

// benchUnits are the figures of a line, in order. Durations are in nanoseconds, as in Go's benchmarks.
func benchUnits() []benchUnit {
	units := []benchUnit{
		{"ns/op", results.Smaller, func(t *results.Trial) float64 { return 1e9 / t.PerSecond }},
	}
	for _, f := range results.Figures {
		nanoseconds := func(t *results.Trial) float64 { return 1e9 * f.OfTrial(t) }
		switch {
		case f.Unit == results.PerSecond:
			units = append(units, benchUnit{perSecondUnit, f.Better, f.OfTrial})
		case f.Chief:
			units = append(units, benchUnit{f.Name + "-ns", f.Better, nanoseconds})
		case f.Name == "cpu":
			units = append(units, benchUnit{f.Name + "-ns/op", f.Better, nanoseconds})
		}
	}
	return units
}

// perSecondUnit is the unit of the goodput.
const perSecondUnit = "req/s"

func encodeBenchfmt(w io.Writer, d Document) error {
	var lines []byte
	for _, unit := range benchUnits() {
		lines = fmt.Appendf(lines, "Unit %s better=%s\n", unit.name, unit.better)
	}
	for _, named := range d.Runs() {
		if named.Name != "" {
			lines = append(lines, "run: "+named.Name+"\n"...)
		}
		lines = append(lines, benchLines(named.Run)...)
	}
	_, err := w.Write(lines)
	return err
}

// benchLines returns a line for each trial that counts, after the keys that all lines have in common. The keys are those
// that must be equal for runs to be compared, since benchstat compares only lines with equal keys.
func benchLines(r *results.Run) []byte {
	var b bytes.Buffer
	for _, common := range []struct{ key, value string }{
		{"goos", r.Machine.OS}, {"goarch", r.Machine.Arch}, {"cpu", r.Machine.CPU}, {"target", r.Subject()},
	} {
		fmt.Fprintf(&b, "%s: %s\n", common.key, text.Clean(common.value))
	}
	for _, g := range results.Groups(r.Counting().Trials) {
		for _, t := range g.Trials {
			fmt.Fprintf(&b, "BenchmarkStrategy/%s-%d\t%d\t", benchName(t), max(1, r.Machine.CPUs), t.Succeeded)
			b.WriteString(benchFigures(t))
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

// benchName returns what a trial measured, as keys that benchstat can compare by.
func benchName(t *results.Trial) string {
	name := fmt.Sprintf("strategy=%s/limit=%d", url.PathEscape(t.Strategy), t.Limit)
	if t.Target != nil {
		name += fmt.Sprintf("/target=%d", *t.Target)
	}
	if t.Streams > 0 {
		name += fmt.Sprintf("/streams=%d", t.Streams)
	}
	return name
}

// benchFigures returns the figures of the trial with their units. A trial without a success has only its rate, which is 0.
func benchFigures(t *results.Trial) string {
	var figures []string
	for _, unit := range benchUnits() {
		if unit.name == perSecondUnit || t.PerSecond > 0 && t.Succeeded > 0 {
			x := unit.of(t)
			if x >= 100_000 { // as go test does
				x = math.Round(x)
			}
			figures = append(figures, text.Exact(x)+" "+unit.name)
		}
	}
	return strings.Join(figures, "\t")
}
