// Package report shows measured runs as charts: on one HTML page, or as single pictures.
//
// [Write] writes a page about one run or several runs side by side. The page is one file that contains its scripts, styles
// and data. It works without a network, and it can be printed. Every chart also has a table, which works without JavaScript.
// Charts that have no data are hidden.
//
// [WriteBody] writes only the part of the page that changes while a run is in progress. A server of a live page sends it to
// the page's script, which replaces the old part.
//
// [WritePlot] writes one chart as PNG or SVG; [Plots] lists the charts.
//
// Strings in a run may come from a server or from a URL, and they are not trusted. They are cleaned of control characters
// and escaped, and a content security policy stops every script that is not the page's own. No function changes a run.
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

// A Source is a run with a name for its readers, such as the name of its file.
type Source struct {
	Name string
	Run  *results.Run
}

// counting returns the runs without their void trials.
func counting(sources []Source) []Source {
	return text.Each(sources, func(s Source) Source { return Source{s.Name, s.Run.Counting()} })
}

// DefaultRequests is the default number of requests for which the page shows how long they would take. It is the size of the
// largest batch in the article to which package article refers.
const DefaultRequests = 4000

// Options say what a page shows in addition to its runs. The zero value is a page about runs that have ended.
type Options struct {
	Requests int64     // the number of requests for which the page shows how long they would take; 0 means [DefaultRequests]
	Progress *Progress // the progress of a run that has not ended; nil for a page that does not update itself
}

// Progress says how much of a run is done.
type Progress struct {
	Share float64 // the part that is done, from 0 to 1
	Doing string  // the current step in a few words; may be empty
	Ended bool    // whether the run has ended, complete or not
}

// Write writes the page about the runs to w. The runs appear in the order of sources. Nothing is
// written until the whole page is complete, so that nothing is written if there is an error other than w's. An empty list of sources is an
// error.
func Write(w io.Writer, sources []Source, o Options) error {
	p, err := newPage(sources, o)
	if err != nil {
		return err
	}
	return execute(w, "page", p)
}

// WriteBody writes the part of the page that changes while a run is in progress: everything except styles and scripts. Its
// errors are those of [Write].
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

// A line is one strategy of one run. The charts draw it in one colour and under one name.
type line struct {
	Name   string          `json:"name"`
	Colour int             `json:"colour"` // index in the palette
	Run    int             `json:"run"`
	Over   string          `json:"over"`   // what its curve is over: limit or rate; empty for an open loop at one rate, of which the limit says nothing
	Points []point         `json:"points"` // by limit or rate, ascending, without those at which requests fail
	Failed []failing       `json:"failed"` // the limits or rates at which requests fail, ascending
	Use    *recommendation `json:"use,omitempty"`
	Law    [][2]float64    `json:"law,omitempty"` // the fitted curve: limit, goodput

	at        results.At        // of every point, without its limit
	summaries []results.Summary // one for each point
}

// A point summarises the trials of a line at one limit, or at one rate.
type point struct {
	Level  int      `json:"level"` // the limit or the rate
	Rate   float64  `json:"rate"`
	Low    *float64 `json:"low"` // null if there was only one trial, as is High
	High   *float64 `json:"high"`
	Trials int      `json:"trials"`
	quantiles
	Response quantiles `json:"response"` // of the response times; all 0 without a rate
	Warned   []string  `json:"warned,omitempty"`
}

// quantiles are latencies in seconds; 0 is unknown.
type quantiles struct {
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

func quantilesOf(l results.Latency) quantiles {
	return quantiles{P50: l.P50, P90: l.P90, P95: l.P95, P99: l.P99, P999: l.P999, Max: l.Max}
}

// failing is a limit or a rate at which requests fail. It is marked in the charts, but sets no scale for the others.
type failing struct {
	Level int     `json:"level"`
	Rate  float64 `json:"rate"`  // goodput
	Share float64 `json:"share"` // of the requests that failed, from 0 to 1
}

// maxFailedShare is the share of failed requests from which on a limit is marked as failing: that from which on a sweep does
// not recommend a limit.
const maxFailedShare = 0.01

// A recommendation is the limit that a sweep found, with its interval and its label from [results.Optimum].
type recommendation struct {
	Label string `json:"label"`
	Limit int    `json:"limit"`
	Low   int    `json:"low"`
	High  int    `json:"high"`
}

// runLetter returns the short name of a run on a page of several runs: A to Z, then numbers. It is empty if there is one run.
func runLetter(run, runs int) string {
	switch {
	case runs == 1:
		return ""
	case run < 26:
		return string(rune('A' + run))
	}
	return strconv.Itoa(run + 1)
}

// lines returns the lines of all runs, in the order of their first trials.
func lines(sources []Source) []line {
	var all []line
	for i, source := range sources {
		first := len(all)
		for _, s := range results.Summarise(source.Run.Trials) {
			at := slices.IndexFunc(all[first:], func(l line) bool { return l.at == s.At().AnyLimit() })
			if at < 0 {
				at = len(all) - first
				all = append(all, line{Run: i, at: s.At().AnyLimit(), Name: lineName(source.Run.NameOf(s.At()), i, len(sources))})
			}
			l := &all[first+at]
			l.summaries = append(l.summaries, s)
		}
	}
	colours := map[results.At]int{}
	for i := range all {
		l := &all[i]
		l.fill(sources[l.Run].Run)
		l.Colour = i
		if len(all) > len(palette) { // too many to distinguish: one colour per strategy, one dash pattern per run
			if _, known := colours[l.at]; !known {
				colours[l.at] = len(colours)
			}
			l.Colour = colours[l.at]
		}
		l.Colour %= len(palette)
	}
	return all
}

func lineName(name string, run, runs int) string {
	if t := runLetter(run, runs); t != "" {
		name += " (" + t + ")"
	}
	return name
}

// fill sets the points from the line's summaries, and the recommendation and the law from the run's optimum.
//
// Limits at which requests fail are no points, since they would set the scale for those at which none do. A line has at least
// one point.
func (l *line) fill(run *results.Run) {
	slices.SortFunc(l.summaries, func(a, b results.Summary) int { return a.Level() - b.Level() })
	o := run.OptimumOf(l.at)
	l.Over = l.summaries[0].At().Varied()
	if l.Over == results.OverLimit && l.summaries[0].Late != nil {
		l.Over = ""
	}
	l.Failed = []failing{}
	for _, s := range l.summaries {
		share := failedShare(s)
		if o.Fails(s.Level()) || share > maxFailedShare {
			l.Failed = append(l.Failed, failing{s.Level(), s.PerSecond, share})
			continue
		}
		l.Points = append(l.Points, newPoint(s))
	}
	if len(l.Points) == 0 {
		l.Failed = l.Failed[:0]
		l.Points = text.Each(l.summaries, newPoint)
	}
	if o == nil {
		return
	}
	if label := o.Label(); label != "" {
		l.Use = &recommendation{label, o.Limit, max(o.Low, 1), max(o.High, o.Limit)}
	}
	if o.Law != nil {
		l.Law = lawPoints(*o.Law, l.Points[0].Level, l.Points[len(l.Points)-1].Level)
	}
}

func newPoint(s results.Summary) point {
	p := point{Level: s.Level(), Rate: s.PerSecond, Low: s.Low, High: s.High, Trials: s.Trials, quantiles: quantilesOf(s.Latency)}
	if s.Response != nil {
		p.Response = quantilesOf(*s.Response)
	}
	for _, w := range s.Warnings {
		p.Warned = append(p.Warned, text.Clean(w.String()))
	}
	return p
}

// lawStep is the ratio of neighbouring points of a calculated curve.
const lawStep = 9.0 / 8

// lawPoints returns points of the law's curve, evenly spaced on a logarithmic axis and dense enough to look smooth.
func lawPoints(law results.Law, first, last int) [][2]float64 {
	var curve [][2]float64
	for n := float64(first); n < float64(last); n *= lawStep {
		curve = append(curve, [2]float64{n, law.PerSecond(n)})
	}
	return append(curve, [2]float64{float64(last), law.PerSecond(float64(last))})
}
