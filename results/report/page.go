package report

import (
	"cmp"
	"fmt"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

// A page is what the template fills in.
type page struct {
	Title    string
	Runs     []runHead
	Warnings []string
	Figures  []figure
	Requests int64
	Data     data
	Progress *Progress
	Facts    []table // the settings and the machine
}

// A runHead is what the top of the page says of a run.
type runHead struct {
	Letter  string // which it goes by on the page, if there are several
	Name    string
	Command string
	Target  string
	Started string
	Answers []answer
}

// An answer is what was found, in a sentence, with the most important figure of it in large type.
type answer struct {
	Figure string
	Label  string
	Text   string
	Colour int
}

// A figure is a chart with its tables. One that has nothing to show is hidden, since the run may still be going.
type figure struct {
	ID     string
	Title  string
	Lead   string // how it is to be read
	Said   string // what it shows, for those who do not see it
	Tables []table
	Notes  []string
	Wide   bool
	Hidden bool
}

// data is what the page's script draws.
type data struct {
	Requests int64    `json:"requests"`
	Lines    []line   `json:"lines"`
	Ranks    []rank   `json:"ranks"`
	Truths   []truth  `json:"truths"`
	Courses  []course `json:"courses"`
	Timed    bool     `json:"timed"`
	Failures failures `json:"failures"`

	common []rank // the strategies that were swept, all at one limit
}

// A truth is what theory says of the bundled server.
type truth struct {
	Name  string       `json:"name"`
	Peak  [2]float64   `json:"peak"` // limit, goodput
	Curve [][2]float64 `json:"curve"`
}

// gather works out all that is drawn of the runs.
func gather(sources []Source, requests int64) data {
	d := data{Requests: cmp.Or(requests, DefaultRequests), Lines: []line{}, Ranks: []rank{}, Truths: []truth{}}
	d.Lines = append(d.Lines, lines(sources)...)
	d.Ranks = append(d.Ranks, ranks(sources, d.Lines, (*results.Run).Compared)...)
	d.common = ranks(sources, d.Lines, func(r *results.Run) []results.Summary { return r.AtCommon })
	d.Courses, d.Timed = courses(sources, d.Lines)
	d.Failures = failed(d.Lines)
	known := map[string]bool{}
	for _, source := range sources {
		if b := source.Run.Bundled; b != nil && b.Limit > 0 && !known[b.Profile] {
			known[b.Profile] = true
			t := truth{Name: "theory of " + text.Clean(b.Profile), Peak: [2]float64{float64(b.Limit), b.PerSecond}, Curve: [][2]float64{}}
			for _, r := range b.Curve {
				t.Curve = append(t.Curve, [2]float64{float64(r.Limit), round(r.PerSecond)})
			}
			d.Truths = append(d.Truths, t)
		}
	}
	return d
}

func newPage(sources []Source, o Options) (*page, error) {
	d := gather(sources, o.Requests)
	p := &page{Data: d, Requests: d.Requests, Progress: o.Progress, Figures: figures(sources, d)}
	if len(sources) == 0 {
		return nil, fmt.Errorf("report: no run to show")
	}
	for i, source := range sources {
		letter := title(i, len(sources))
		p.Runs = append(p.Runs, newHead(source, letter, i, d))
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
	p.Facts = facts(sources)
	return p, nil
}

func newHead(source Source, letter string, number int, d data) runHead {
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
			if l.Run == number && l.strategy == o.Strategy {
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
		h.Answers = append(h.Answers, answer{Figure: nothing, Text: "Nothing has been measured yet.", Colour: -1})
	} else if len(h.Answers) == 0 {
		h.Answers = append(h.Answers, answer{
			Figure: text.Count(len(run.Trials)), Label: "trials", Text: "There is no conclusion yet.", Colour: -1,
		})
	}
	return h
}
