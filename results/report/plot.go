package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"sweetspot/results/text"
)

// A Plot is a chart of the page that can be written as a picture.
type Plot struct {
	Name    string // for [WritePlot]
	Shows   string // what it shows, in one line
	missing string // why some runs have no data for it
	draw    func(d data) *chart
}

// These say why some runs have no curve.
const (
	noCurve = "no strategy was measured at two limits or more: want a sweep"
	noRates = "no strategy was measured at two rates or more: want a sweep over rates"
)

// plots has the plots in the order of the page. Their names are the IDs of the page's figures.
var plots = []Plot{
	{"throughput", "goodput against the limit, with 95% confidence and the limit to use", noCurve, drawThroughput},
	{"rates", "goodput against the rate, with 95% confidence and the rate that is held", noRates, drawRates},
	{"responses", "p50, p90, p95, p99 and p99.9 of the response time against the rate", noRates, drawResponses},
	{"ranking", "goodput of the strategies, each at its own limit", "fewer than two strategies were compared", drawRanking},
	{"latency", "p50, p90, p95, p99 and p99.9 against the limit", noCurve, drawLatency},
	{"percentiles", "latency of the strategies, each at its own limit", "fewer than two strategies were compared", drawPercentiles},
	{"waits", "response time of the strategies", "no trial has response times: want one with a rate", drawWaits},
	{"time", "time for a number of requests against the semaphore size", noCurve, drawTime},
	{"trials", "every trial over the time of the run, as a share of the mean of its strategy and limit", "there is no trial", drawTrials},
	{"errors", "share of failed requests by error class", "no request failed", drawErrors},
}

// Plots returns the plots that [WritePlot] can write, in the order of the page.
func Plots() []Plot { return slices.Clone(plots) }

// ErrNothing is returned by [WritePlot] if the runs have no data for a plot.
var ErrNothing = errors.New("nothing to draw")

// WritePlot writes the plot with the given name to w. The format is "png" or "svg". Requests is the number of requests for
// which the plot "time" shows how long they would take; 0 means [DefaultRequests]. The error wraps [ErrNothing] if the runs have no data for
// the plot. If the name or the format is unknown or there is no data, nothing is written.
func WritePlot(w io.Writer, name, format string, sources []Source, requests int64) error {
	i := slices.IndexFunc(plots, func(p Plot) bool { return p.Name == name })
	if i < 0 {
		return fmt.Errorf("unknown plot %q", name)
	}
	sources = counting(sources)
	all := newData(sources, requests)
	for _, f := range figures(sources, all) {
		if f.ID == name && f.Hidden {
			return fmt.Errorf("plot %s: %w: %s", name, ErrNothing, plots[i].missing)
		}
	}
	d := plots[i].draw(all)
	if d.err != nil {
		return fmt.Errorf("plot %s: %w", name, d.err)
	}
	d.Title.Text = heading(sources)
	return d.write(w, format)
}

// heading returns the title of a plot: the command and the target of each run.
func heading(sources []Source) string {
	var parts []string
	for i, source := range sources {
		target := source.Run.Target
		if b := source.Run.Bundled; b != nil {
			target = "the bundled server, profile " + b.Profile
		}
		words := text.Clean(source.Run.Command + " of " + target)
		if letter := runLetter(i, len(sources)); letter != "" {
			words = letter + ": " + words
		}
		parts = append(parts, words)
	}
	const maxLines = 2
	if more := len(parts) - maxLines; more > 0 {
		parts = append(parts[:maxLines-1], fmt.Sprintf("and %d more runs", more+1))
	}
	return shorten(strings.Join(parts, "\n"))
}

// shorten cuts each line of a title to the width of a picture.
func shorten(text string) string {
	const maxRunes = 100 // the title font has room for about as many
	var short []string
	for line := range strings.SplitSeq(text, "\n") {
		if runes := []rune(line); len(runes) > maxRunes {
			line = string(runes[:maxRunes-1]) + "…"
		}
		short = append(short, line)
	}
	return strings.Join(short, "\n")
}
