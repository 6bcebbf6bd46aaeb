package report

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

// A page is the data of the page template.
type page struct {
	Title      string
	Runs       []runHead
	Several    bool   // whether there are several runs
	SideBySide *table // the runs and their targets; nil if there is one
	Warnings   []string
	Figures    []figure
	Requests   int64
	Data       data
	Progress   *Progress
	Properties []table // the settings, and the machine
}

// A figure is a chart with its tables. A figure without data is on the page but hidden, because a run in progress may
// still deliver the data.
type figure struct {
	ID     string
	Title  string
	Lead   string // how to read the chart
	Tables []table
	Notes  []string
	Wide   bool
	Hidden bool
}

// data is the input of the page's script, and of the plots.
type data struct {
	Requests  int64      `json:"requests"`
	Lines     []line     `json:"lines"`
	Ranks     []rank     `json:"ranks"`
	Theories  []theory   `json:"truths"`
	Timelines []timeline `json:"courses"`
	Timed     bool       `json:"timed"`
	Bounds    []bound    `json:"bounds"`
	Failures  failures   `json:"failures"`

	common []rank // the strategies at one common limit; empty if the run has no such comparison
}

// A bound is an objective of a sweep: the latency, or in a sweep over rates the response time, that was to be kept.
type bound struct {
	Over    string  `json:"over"` // as in [line]
	Label   string  `json:"label"`
	Key     string  `json:"key"` // of the quantile that is bounded, as in [quantiles]
	Seconds float64 `json:"seconds"`
}

// bounds returns the objectives of the runs, each once.
func bounds(sources []Source) []bound {
	all := []bound{}
	for _, source := range sources {
		for _, o := range source.Run.Optima {
			f, seconds, known := o.Bound()
			b := bound{o.Varied(), f.Heading + " ≤ " + text.ShortSpan(seconds), f.Name, seconds}
			if known && !slices.Contains(all, b) {
				all = append(all, b)
			}
		}
	}
	return all
}

// A theory is the theoretical goodput of the bundled server.
type theory struct {
	Name  string       `json:"name"`
	Peak  [2]float64   `json:"peak"` // limit, goodput
	Curve [][2]float64 `json:"curve"`
}

// newData prepares everything that the charts show.
func newData(sources []Source, requests int64) data {
	d := data{Requests: cmp.Or(requests, DefaultRequests), Lines: []line{}, Ranks: []rank{}, Theories: []theory{}}
	d.Lines = append(d.Lines, lines(sources)...)
	d.Ranks = append(d.Ranks, ranks(sources, d.Lines, (*results.Run).Compared)...)
	d.common = ranks(sources, d.Lines, func(r *results.Run) []results.Summary { return r.AtCommon })
	d.Timelines, d.Timed = timelines(sources, d.Lines)
	d.Failures = newFailures(d.Lines)
	d.Bounds = bounds(sources)
	known := map[string]bool{}
	for _, source := range sources {
		if b := source.Run.Bundled; b != nil && b.Limit > 0 && !known[b.Profile] {
			known[b.Profile] = true
			t := theory{Name: "theory of " + text.Clean(b.Profile), Peak: [2]float64{float64(b.Limit), b.PerSecond}, Curve: [][2]float64{}}
			for _, r := range b.Curve {
				t.Curve = append(t.Curve, [2]float64{float64(r.Limit), round(r.PerSecond)})
			}
			d.Theories = append(d.Theories, t)
		}
	}
	return d
}

func newPage(sources []Source, o Options) (*page, error) {
	if len(sources) == 0 {
		return nil, errors.New("report: no run to show")
	}
	sources = counting(sources)
	d := newData(sources, o.Requests)
	p := &page{Data: d, Requests: d.Requests, Progress: o.Progress, Figures: figures(sources, d)}
	for i, source := range sources {
		letter := runLetter(i, len(sources))
		head := newRunHead(source, letter, i, d)
		var err error
		if head.Programs, err = newPrograms(head.Headline, source.Run.Settings.Follow, letter); err != nil {
			return nil, err
		}
		p.Runs = append(p.Runs, head)
		for _, w := range results.Warnings(source.Run) {
			words := w.String()
			if letter != "" {
				words = letter + ": " + words
			}
			p.Warnings = append(p.Warnings, words)
		}
	}
	p.Title = fmt.Sprintf("sweetspot %s %s", p.Runs[0].Command, p.Runs[0].Target)
	if more := len(sources) - 1; more > 0 {
		p.Title += fmt.Sprintf(" and %d more", more)
	}
	p.Several = len(sources) > 1
	p.SideBySide = sideBySide(sources, p.Runs)
	p.Properties = propertyTables(sources)
	return p, nil
}

// sideBySide lists the runs and their targets, one in each row. It returns nil if there is only one.
func sideBySide(sources []Source, heads []runHead) *table {
	t := table{
		Caption: "Side by side",
		Head: []head{{Name: "run", Word: true}, {Name: "target", Word: true}, {Name: "strategy", Word: true}, {}, {Name: "goodput/s"},
			{Name: "p50"}, {Name: "p99"}, {Name: "failed"}, {Name: "started", Word: true}},
	}
	var shown []results.Summary
	for i, source := range sources {
		h := heads[i]
		name := strings.TrimSpace(h.Letter + " " + h.Command)
		best := bestOfTargets(source.Run, h.Headline.At)
		if len(best) == 0 {
			t.Rows = append(t.Rows, []string{name, h.Target, noValue, noValue, noValue, noValue, noValue, noValue, h.Started})
		}
		shown = append(shown, best...)
		for _, s := range best {
			target := h.Target
			if number := s.At().Target; len(source.Run.Targets) > number {
				target = fmt.Sprintf("%d: %s", number, text.Clean(source.Run.Targets[number].String()))
			}
			t.Rows = append(t.Rows, []string{
				name, target, text.Clean(s.Strategy), s.At().LevelText(), text.Number(s.PerSecond),
				orNoValue(s.Latency.P50, text.Span), orNoValue(s.Latency.P99, text.Span), text.Percent(failedShare(s)), h.Started,
			})
		}
	}
	if len(t.Rows) < 2 {
		return nil
	}
	t.Head[3] = levelHead(shown)
	return &t
}

// bestOfTargets returns the summary of the headline's strategy on each target; if the headline names none, that of the strategy with the
// largest goodput there.
func bestOfTargets(run *results.Run, headline results.At) []results.Summary {
	var best []results.Summary
	for _, s := range run.Compared() {
		if headline.Strategy != "" && (s.Strategy != headline.Strategy || s.Streams != headline.Streams) {
			continue
		}
		if !slices.ContainsFunc(best, func(known results.Summary) bool { return known.At().Target == s.At().Target }) {
			best = append(best, s)
		}
	}
	slices.SortStableFunc(best, func(a, b results.Summary) int { return a.At().Target - b.At().Target })
	return best
}
