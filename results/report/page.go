package report

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

// A page is the data of the page template.
type page struct {
	Title      string
	Runs       []runHead
	Warnings   []string
	Figures    []figure
	Requests   int64
	Data       data
	Progress   *Progress
	Properties []table // the settings, and the machine
}

// A runHead is the part about one run at the top of the page.
type runHead struct {
	Letter  string // the run's short name, if there are several runs
	Name    string
	Command string
	Target  string
	Started string
	Answers []answer
}

// An answer is a finding in one sentence, with its most important number in large type.
type answer struct {
	Figure string
	Label  string
	Text   string
	Colour int // index in the palette; -1 for none
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
	Failures  failures   `json:"failures"`

	common []rank // the strategies at one common limit; empty if the run has no such comparison
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
	d := newData(sources, o.Requests)
	p := &page{Data: d, Requests: d.Requests, Progress: o.Progress, Figures: figures(sources, d)}
	for i, source := range sources {
		letter := runLetter(i, len(sources))
		p.Runs = append(p.Runs, newRunHead(source, letter, i, d))
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
	p.Properties = propertyTables(sources)
	return p, nil
}

func newRunHead(source Source, letter string, number int, d data) runHead {
	run := source.Run
	h := runHead{
		Letter: letter, Name: text.Clean(source.Name), Command: text.Clean(run.Command),
		Target: text.Clean(run.Target), Started: strings.NewReplacer("T", " ", "Z", " UTC").Replace(text.Clean(run.Started)),
	}
	if run.Bundled != nil {
		h.Target = fmt.Sprintf("the bundled server, profile %s", text.Clean(run.Bundled.Profile))
	}
	for _, o := range run.Optima {
		a := answer{Figure: text.Count(o.Limit), Label: o.Label(), Text: text.Clean(o.Strategy + ": " + o.Conclusion())}
		if a.Label == "" {
			a.Figure = "?"
		}
		for _, l := range d.Lines {
			if l.Run == number && l.at == o.At() {
				a.Colour = l.Colour
			}
		}
		h.Answers = append(h.Answers, a)
	}
	compared := run.Compared()
	if len(compared) > 1 || len(run.Optima) == 0 && len(compared) > 0 {
		h.Answers = append(h.Answers, answer{
			Figure: text.Number(compared[0].PerSecond), Label: "per second", Text: winners(compared), Colour: -1,
		})
	}
	if len(run.Trials) == 0 {
		h.Answers = append(h.Answers, answer{Figure: noValue, Text: "Nothing has been measured yet.", Colour: -1})
	} else if len(h.Answers) == 0 {
		h.Answers = append(h.Answers, answer{
			Figure: text.Count(len(run.Trials)), Label: "trials", Text: "There is no conclusion yet.", Colour: -1,
		})
	}
	return h
}
