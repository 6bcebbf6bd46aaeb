// Package article compares the claims of an article about HTTP clients, "Writing fast async HTTP requests in Python" (2021),
// with what was measured.
package article

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// Write writes a page with what was measured of the article's clients, beside what the article says. The runs are batches and
// sweeps in any order. What they did not measure is left out. The format must be one for people, such as [render.Table] or
// [render.Markdown]; another one is an error.
func Write(w io.Writer, runs []*results.Run, format string, screen render.Screen) error {
	if err := render.Draw(w, newMeasurements(runs), format, screen); err != nil {
		return fmt.Errorf("write the article's page: %w", err)
	}
	return nil
}

// The measurements are the runs, with an index of their batches.
type measurements struct {
	runs       []*results.Run
	rows       map[batchOnServer]results.Summary
	whole      map[batchOnServer][]results.Trial
	incomplete []string // about batches that ended before their last request
	errorEach  float64  // probability that a single interval is wrong: so small that all intervals of the page together are right with [stat.Confidence] (Bonferroni)
}

// A batchOnServer is a batch on a bundled server.
type batchOnServer struct {
	profile string
	Batch
}

func newMeasurements(runs []*results.Run) *measurements {
	a := &measurements{runs: runs, rows: map[batchOnServer]results.Summary{}, whole: map[batchOnServer][]results.Trial{}}
	for _, run := range runs {
		if run.Bundled == nil || run.Settings.Requests == 0 || run.Command == "sweep" {
			continue
		}
		for _, t := range run.Trials {
			at := batchOnServer{run.Bundled.Profile, Batch{t.Strategy, t.Limit, run.Settings.Requests}}
			if t.Purpose == "" && t.Completed() == at.Requests {
				a.whole[at] = append(a.whole[at], t)
				continue
			}
			a.incomplete = append(a.incomplete, fmt.Sprintf("%s: a batch ended after %s of %s requests and does not count: %s",
				at.named(), text.Count(t.Completed()), text.Count(at.Requests), cmp.Or(t.Error, t.FirstError, strings.Join(results.Words(t.Warnings), "; "))))
		}
	}
	for at, trials := range a.whole {
		a.rows[at] = results.Summarise(trials)[0]
	}
	a.errorEach = (1 - stat.Confidence) / float64(max(1, a.comparisons()))
	return a
}

// row returns the summary of a batch on a server, or nil if it was not measured.
func (a *measurements) row(profile string, b Batch) *results.Summary {
	if s, measured := a.rows[batchOnServer{profile, b}]; measured && s.PerSecond > 0 {
		return &s
	}
	return nil
}

// seconds returns how long the batch took, or 0 if it was not measured.
func (a *measurements) seconds(profile string, b Batch) float64 {
	if s := a.row(profile, b); s != nil {
		return float64(b.Requests) / s.PerSecond
	}
	return 0
}

// A factor is how many times as long one batch took as another, with its interval. With fewer than two blocks the interval is
// from 0 to infinity.
type factor struct{ middle, low, high float64 }

// ratio compares two batches block by block, so that what changes from block to block cancels out: Student's t on the
// logarithms of the ratios. It reports false unless both were measured in at least one block.
func (a *measurements) ratio(profile string, slow, fast Batch) (factor, bool) {
	var logs []float64
	for _, s := range a.whole[batchOnServer{profile, slow}] {
		for _, f := range a.whole[batchOnServer{profile, fast}] {
			if s.Block == f.Block && s.PerSecond > 0 && f.PerSecond > 0 {
				logs = append(logs, math.Log(f.PerSecond/s.PerSecond))
			}
		}
	}
	if len(logs) == 0 {
		return factor{}, false
	}
	sample := stat.Describe(logs)
	r := factor{math.Exp(sample.Mean), 0, math.Inf(1)}
	if len(logs) > 1 {
		half := sample.HalfWidth(a.errorEach)
		r.low, r.high = math.Exp(sample.Mean-half), math.Exp(sample.Mean+half)
	}
	return r, true
}

// spreads compares how much the times of two batches vary: the ratio of their standard deviations, with the interval of the
// F distribution, which takes the logarithms of times to be normal. It reports false if one of them has too few trials to say how much.
func (a *measurements) spreads(profile string, one, other Batch) (factor, bool) {
	x, y := a.row(profile, one), a.row(profile, other)
	if x == nil || y == nil {
		return factor{}, false
	}
	of, knownX := x.KnownSpread()
	to, knownY := y.KnownSpread()
	if !knownX || !knownY || of == 0 || to == 0 {
		return factor{}, false
	}
	middle := of / to
	n, m := float64(x.Trials-1), float64(y.Trials-1)
	low, high := stat.F(a.errorEach/2, n, m), stat.F(a.errorEach/2, m, n)
	return factor{middle, middle / math.Sqrt(low), middle * math.Sqrt(high)}, true
}

// warnings returns the warnings of the runs, each once.
func (a *measurements) warnings() []string {
	all := text.Each(a.incomplete, text.Clean)
	for _, run := range a.runs {
		for _, w := range results.Warnings(run) {
			if words := w.String(); !slices.Contains(all, words) {
				all = append(all, words)
			}
		}
	}
	return all
}
