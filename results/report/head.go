package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// A runHead is the part about one run at the top of the page.
type runHead struct {
	Letter   string // the run's short name, if there are several runs
	Name     string
	Command  string
	Target   string
	Started  string
	Headline results.Headline
	Colour   int      // of the headline's strategy; -1 for none
	Answers  []answer // one for each strategy of a sweep; empty if the headline says it all
	Programs *programs
}

// An answer is what a sweep found for one strategy, with its most important number in large type.
type answer struct {
	Name   string
	Label  string
	Figure string
	Text   string
	Colour int // index in the palette
}

func newRunHead(source Source, letter string, number int, d data) runHead {
	run := source.Run
	h := runHead{
		Letter: letter, Name: text.Clean(source.Name), Command: text.Clean(run.Command),
		Target: text.Clean(run.Target), Started: strings.NewReplacer("T", " ", "Z", " UTC").Replace(text.Clean(run.Started)),
	}
	if len(run.Targets) > 0 {
		h.Target = text.Clean(run.Title())
	} else if run.Bundled != nil {
		h.Target = fmt.Sprintf("the bundled server, profile %s", text.Clean(run.Bundled.Profile))
	}
	h.Headline = run.Headline()
	colour := func(at results.At) int {
		i := slices.IndexFunc(d.Lines, func(l line) bool { return l.Run == number && l.at == at })
		if i < 0 {
			return -1
		}
		return d.Lines[i].Colour
	}
	h.Colour = colour(h.Headline.At)
	if len(run.Optima) == 1 {
		h.Headline.Why = strings.TrimSpace(h.Headline.Why + " " + text.Clean(run.Optima[0].Effort()))
		return h
	}
	inOrder := slices.SortedStableFunc(slices.Values(run.Optima), func(a, b results.Optimum) int { // the headline's first
		return cmp.Compare(headed(h.Headline, b), headed(h.Headline, a))
	})
	for _, o := range inOrder {
		a := answer{Name: o.At().Name(false), Label: o.Label(), Figure: o.LevelText(), Text: text.Capital(text.Clean(o.Conclusion())), Colour: colour(o.At())}
		if a.Label == "" {
			a.Figure = "?"
		}
		h.Answers = append(h.Answers, a)
	}
	for _, v := range run.Versus {
		h.Answers = append(h.Answers, answer{
			Name: text.Clean(v.At().Name(false)), Label: "target 0 / target 1", Figure: text.Optional(v.Ratio, render.Ratio), Text: text.Clean(v.Sentence()), Colour: -1,
		})
	}
	return h
}

// headed returns 1 if the headline is about the optimum, and else 0.
func headed(h results.Headline, o results.Optimum) int {
	if h.At == o.At() {
		return 1
	}
	return 0
}
