// Package report shows runs to people: as one HTML page that needs nothing but a browser, and as single plots.
package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"

	"sweetspot/results"
	"sweetspot/results/text"
)

// A Source is a run and the name that its reader knows it by, such as that of its file.
type Source struct {
	Name string
	Run  *results.Run
}

// DefaultRequests is the number of requests that a time is worked out for unless told otherwise: the batch at which an
// unlimited client was seen to collapse.
const DefaultRequests = 4000

// Options are what a page shows beside its runs.
type Options struct {
	Requests int64     // that the time is worked out for; 0 is [DefaultRequests]
	Progress *Progress // of a run under way; nil for a page that stands still
}

// Progress is how far a run has come.
type Progress struct {
	Share float64 // that is done, from 0 to 1
	Doing string  // in a few words
	Ended bool
}

// Write writes the page about the runs to w. Only w's errors are returned; nothing is written before the whole page is
// made.
func Write(w io.Writer, sources []Source, o Options) error {
	p, err := newPage(sources, o)
	if err != nil {
		return err
	}
	return execute(w, "page", p)
}

// WriteBody writes the part of the page that changes while a run is under way. The page's script takes it in place of
// what it has.
func WriteBody(w io.Writer, sources []Source, o Options) error {
	p, err := newPage(sources, o)
	if err != nil {
		return err
	}
	return execute(w, "body", p)
}

func execute(w io.Writer, name string, p *page) error {
	var words bytes.Buffer
	if err := templates.ExecuteTemplate(&words, name, p); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err := w.Write(words.Bytes())
	return err
}

// A line is one strategy of one run: what the charts draw in one colour under one name.
type line struct {
	Name   string       `json:"name"`
	Colour int          `json:"colour"` // its number in the palette
	Run    int          `json:"run"`
	Points []point      `json:"points"` // by limit, ascending
	Use    *use         `json:"use,omitempty"`
	Law    [][2]float64 `json:"law,omitempty"` // the fitted curve: limit, goodput

	strategy  string
	summaries []results.Summary // of the points
}

// A point is the trials of a line at one limit.
type point struct {
	Limit  int      `json:"limit"`
	Rate   float64  `json:"rate"`
	Low    *float64 `json:"low"` // null after a single trial, as is High
	High   *float64 `json:"high"`
	Trials int      `json:"trials"`
	P50    float64  `json:"p50"`
	P90    float64  `json:"p90"`
	P99    float64  `json:"p99"`
	Max    float64  `json:"max"`
	Warned []string `json:"warned,omitempty"`
}

// A use is the limit that a sweep names, and the interval that it was found in.
type use struct {
	Label string `json:"label"`
	Limit int    `json:"limit"`
	Low   int    `json:"low"`
	High  int    `json:"high"`
}

// title names a run among others: A, B, C and so on, and nothing if it is the only one.
func title(run, of int) string {
	switch {
	case of == 1:
		return ""
	case run < 26:
		return string(rune('A' + run))
	}
	return strconv.Itoa(run + 1)
}

// lines returns the lines of the runs in the order in which their trials first appear.
func lines(sources []Source) []line {
	var all []line
	for i, source := range sources {
		first := len(all)
		for _, s := range results.Summarise(source.Run.Trials) {
			at := slices.IndexFunc(all[first:], func(l line) bool { return l.strategy == s.Strategy })
			if at < 0 {
				at = len(all) - first
				all = append(all, line{Run: i, strategy: s.Strategy, Name: lineName(s.Strategy, i, len(sources))})
			}
			l := &all[first+at]
			l.summaries = append(l.summaries, s)
		}
	}
	colours := map[string]int{}
	for i := range all {
		l := &all[i]
		l.finish(sources[l.Run].Run)
		l.Colour = i
		if len(all) > len(palette) { // too many to tell apart: one colour a strategy, and the run by its dashes
			if _, known := colours[l.strategy]; !known {
				colours[l.strategy] = len(colours)
			}
			l.Colour = colours[l.strategy]
		}
		l.Colour %= len(palette)
	}
	return all
}

func lineName(strategy string, run, of int) string {
	name := text.Clean(strategy)
	if t := title(run, of); t != "" {
		name += " (" + t + ")"
	}
	return name
}

// finish works out what follows from the line's summaries and from what the run concludes.
func (l *line) finish(run *results.Run) {
	slices.SortFunc(l.summaries, func(a, b results.Summary) int { return a.Limit - b.Limit })
	for _, s := range l.summaries {
		p := point{
			Limit: s.Limit, Rate: s.PerSecond, Low: s.Low, High: s.High, Trials: s.Trials,
			P50: s.Latency.P50, P90: s.Latency.P90, P99: s.Latency.P99, Max: s.Latency.Max,
		}
		for _, w := range s.Warnings {
			p.Warned = append(p.Warned, text.Clean(w.String()))
		}
		l.Points = append(l.Points, p)
	}
	o := optimum(run, l.strategy)
	if o == nil {
		return
	}
	if label := o.Label(); label != "" {
		l.Use = &use{label, o.Limit, max(o.Low, 1), max(o.High, o.Limit)}
	}
	if o.Law != nil {
		l.Law = sampled(*o.Law, l.Points[0].Limit, l.Points[len(l.Points)-1].Limit)
	}
}

// optimum returns what the run concludes about a strategy, or nil.
func optimum(run *results.Run, strategy string) *results.Optimum {
	i := slices.IndexFunc(run.Optima, func(o results.Optimum) bool { return o.Strategy == strategy })
	if i < 0 {
		return nil
	}
	return &run.Optima[i]
}

// sampled returns points of the law close enough to look smooth, evenly spaced on a log axis.
func sampled(law results.Law, first, last int) [][2]float64 {
	const finer = 9.0 / 8
	var curve [][2]float64
	for n := float64(first); n < float64(last); n *= finer {
		curve = append(curve, [2]float64{n, law.PerSecond(n)})
	}
	return append(curve, [2]float64{float64(last), law.PerSecond(float64(last))})
}

// swept reports whether there is any line of two limits or more, and any success.
func swept(lines []line) bool {
	return slices.ContainsFunc(lines, func(l line) bool { return len(l.Points) > 1 }) &&
		slices.ContainsFunc(lines, func(l line) bool {
			return slices.ContainsFunc(l.Points, func(p point) bool { return p.Rate > 0 })
		})
}

// timely reports whether there is any latency.
func timely(lines []line) bool {
	return slices.ContainsFunc(lines, func(l line) bool {
		return slices.ContainsFunc(l.Points, func(p point) bool { return p.P50 > 0 })
	})
}
