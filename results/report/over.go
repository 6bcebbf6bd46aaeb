package report

import (
	"slices"
	"strings"

	"sweetspot/results"
)

// A page may have sweeps over limits beside sweeps over rates. Each kind has charts of its own: a limit and a rate share no axis.

// over returns the data of the sweeps that varied the limit, or of those that varied the rate. Timelines, failures and ranks are
// about all of them and are left out.
func (d data) over(varied string) data {
	part := data{Requests: d.Requests}
	for _, l := range d.Lines {
		if l.Over == varied {
			part.Lines = append(part.Lines, l)
		}
	}
	for _, b := range d.Bounds {
		if b.Over == varied {
			part.Bounds = append(part.Bounds, b)
		}
	}
	if varied == results.OverLimit {
		part.Theories = d.Theories
	}
	return part
}

// levelText writes a limit or a rate of the line.
func (l line) levelText(level int) string {
	at := results.At{Limit: level}
	if l.Over == results.OverRate {
		at.Rate = level
	}
	return at.LevelText()
}

// levelHead is the head of a column of limits or rates, which [results.At.LevelText] writes.
func levelHead(all []results.Summary) head {
	var words []string
	for _, s := range all {
		if word := s.At().Varied(); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		words = []string{results.OverLimit}
	}
	return head{Name: strings.Join(words, " or ")}
}

// hasCurves reports whether a line has two limits or more, and any request succeeded. Only then is there a curve to draw.
func hasCurves(lines []line) bool {
	return slices.ContainsFunc(lines, func(l line) bool { return len(l.Points) > 1 }) &&
		slices.ContainsFunc(lines, func(l line) bool {
			return slices.ContainsFunc(l.Points, func(p point) bool { return p.Rate > 0 })
		})
}

// hasQuantiles reports whether any point has a median.
func hasQuantiles(lines []line, of func(point) quantiles) bool {
	return slices.ContainsFunc(lines, func(l line) bool {
		return slices.ContainsFunc(l.Points, func(p point) bool { return of(p).P50 > 0 })
	})
}

// serviceTime and responseTime are what charts show the quantiles of.
func serviceTime(p point) quantiles  { return p.quantiles }
func responseTime(p point) quantiles { return p.Response }
