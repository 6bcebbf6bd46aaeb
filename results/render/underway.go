package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"sweetspot/results"
	"sweetspot/results/text"
)

// Underway draws what the trials of a run show while it goes on, in at most columns characters per line: the curve of the sweep of
// the strategy that was measured last, if there is one, or a bar for each strategy. Found is what that sweep knows so far, nil if
// the run is no sweep.
func Underway(trials []results.Trial, found *results.Optimum, columns int) []Line {
	if found == nil {
		return bars(results.Summarise(trials), columns)
	}
	of := slices.DeleteFunc(slices.Clone(trials), func(t results.Trial) bool { return t.Strategy != found.Strategy })
	limits := results.Summarise(of)
	slices.SortFunc(limits, func(a, b results.Summary) int { return cmp.Compare(a.Level(), b.Level()) })
	return Curve(usable(limits, found), goodput, found, columns)
}

// widestBar is the width of the bar of the fastest strategy, where there is room for it.
const widestBar = 40

// bars returns a line for each summary, with a bar as long as its goodput.
func bars(all []results.Summary, columns int) []Line {
	name, figures, most := 0, 0, 0.0
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = Rates(s.PerSecond, s.Latency.P99, failures(s))
		name, figures, most = max(name, len(s.Strategy)), max(figures, twwidth.Width(texts[i])), max(most, s.PerSecond)
	}
	room := min(widestBar, columns-name-figures-2*gap)
	var lines []Line
	for i, s := range all {
		bar := ""
		if room > 0 && most > 0 {
			bar = strings.Repeat("█", int(float64(room)*s.PerSecond/most))
			bar += strings.Repeat(" ", room-twwidth.Width(bar)+gap)
		}
		lines = append(lines, Line{Plain, fmt.Sprintf("%-*s", name+gap, s.Strategy) + bar + texts[i]})
	}
	return lines
}

// Rates says how a trial went, in a few words: its goodput, the 99th percentile of its latency in seconds, and its failures.
func Rates(perSecond, p99 float64, failed int64) string {
	words := text.Number(perSecond) + "/s"
	if p99 > 0 {
		words += ", p99 " + text.ShortSpan(p99)
	}
	if failed > 0 {
		words += ", " + text.Count(failed) + " failed"
	}
	return words
}

// Paint returns the lines as text, in colours if the terminal shows them.
func Paint(lines []Line, colour bool) []string {
	return text.Each(lines, func(l Line) string {
		if !colour {
			return l.Text
		}
		return l.Style.paint(l.Text)
	})
}
