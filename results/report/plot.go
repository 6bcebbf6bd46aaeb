package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"sweetspot/results/text"
)

// A Plot is one picture of what a page shows.
type Plot struct {
	Name  string
	Shows string // in a line
	lacks string // what runs lack that have nothing to show in it
	draw  func(d data) *drawing
}

// limitless is what runs lack that have no curve.
const limitless = "no strategy was measured at two limits or more: want a sweep"

// plots are the plots in the order in which they are offered. Their names are those of the page's figures.
var plots = []Plot{
	{"throughput", "goodput against the limit, with 95% confidence and the limit to use", limitless, drawThroughput},
	{"ranking", "the strategies beside one another, each at its limit", "fewer than two strategies were compared", drawRanking},
	{"latency", "p50, p90 and p99 against the limit", limitless, drawLatency},
	{"percentiles", "the latencies of the strategies beside one another", "fewer than two strategies were compared", drawPercentiles},
	{"time", "the time for so many requests against the semaphore's size", limitless, drawTime},
	{"trials", "each trial over the time of the run, as a share of the mean of its strategy and limit", "there is no trial", drawTrials},
	{"errors", "the share of the requests that failed, by class", "no request failed", drawErrors},
}

// Plots returns the plots that [WritePlot] makes.
func Plots() []Plot { return slices.Clone(plots) }

// ErrNothing is returned when the runs have nothing that a plot could show.
var ErrNothing = errors.New("nothing to draw")

// WritePlot writes the plot of that name to w as png or svg. Requests is the number of requests that the plot of times
// shows the time of; 0 is [DefaultRequests]. The error wraps [ErrNothing] if the runs have nothing to show; nothing is
// written then.
func WritePlot(w io.Writer, name, format string, sources []Source, requests int64) error {
	i := slices.IndexFunc(plots, func(p Plot) bool { return p.Name == name })
	if i < 0 {
		return fmt.Errorf("there is no plot %q", name)
	}
	all := gather(sources, requests)
	for _, f := range figures(sources, all) {
		if f.ID == name && f.Hidden {
			return fmt.Errorf("plot %s: %w: %s", name, ErrNothing, plots[i].lacks)
		}
	}
	d := plots[i].draw(all)
	if d.err != nil {
		return fmt.Errorf("plot %s: %w", name, d.err)
	}
	d.Title.Text = heading(sources)
	return d.write(w, format)
}

// heading says what runs a plot is about.
func heading(sources []Source) string {
	var parts []string
	for i, source := range sources {
		target := source.Run.Target
		if b := source.Run.Bundled; b != nil {
			target = "the bundled server, profile " + b.Profile
		}
		words := text.Clean(source.Run.Command + " of " + target)
		if letter := title(i, len(sources)); letter != "" {
			words = letter + ": " + words
		}
		parts = append(parts, words)
	}
	const most = 2 // lines of a title
	if more := len(parts) - most; more > 0 {
		parts = append(parts[:most-1], fmt.Sprintf("and %d more runs", more+1))
	}
	return shorten(strings.Join(parts, "\n"))
}

// shorten cuts the lines of a title to what a picture has room for.
func shorten(words string) string {
	const widest = 100
	var short []string
	for line := range strings.SplitSeq(words, "\n") {
		if runes := []rune(line); len(runes) > widest {
			line = string(runes[:widest-1]) + "…"
		}
		short = append(short, line)
	}
	return strings.Join(short, "\n")
}
