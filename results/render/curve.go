package render

import (
	"math"
	"strings"

	"github.com/guptarohit/asciigraph"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// The size of a curve in characters: high enough to show a difference of 10% of the peak, and neither too wide nor too narrow
// to read.
const (
	curveHeight   = 15
	curveWidth    = 100
	minCurveWidth = 20 // without the labels of the vertical axis
)

// A Quantity is a value of each limit that a curve shows.
type Quantity struct {
	Title string
	Of    func(results.Summary) float64
}

var goodput = Quantity{"goodput/s", func(s results.Summary) float64 { return s.PerSecond }}

// Curve draws a quantity against the limit, on a logarithmic axis, in at most columns characters per line. The limits must
// ascend. If found is not nil, an arrow shows the limit that it names and the interval around it. Curve returns nil for fewer
// than three limits and without a success.
func Curve(limits []results.Summary, y Quantity, found *results.Optimum, columns int) []Line {
	var most float64
	for _, s := range limits {
		most = max(most, y.Of(s))
	}
	if len(limits) < 3 || most == 0 {
		return nil
	}
	step := roundStep(most / curveHeight)
	rows := math.Ceil(most / step)
	// Powers of two at both ends, so that every tick can be one; at least one doubling.
	first := math.Floor(math.Log2(float64(limits[0].Level())))
	last := max(first+1, math.Ceil(math.Log2(float64(limits[len(limits)-1].Level()))))
	// Room for the labels of the vertical axis, and for the half of the last limit's label that is right of its tick.
	margin := twwidth.Width(text.ShortNumber(rows*step)) + gap + max(gap, len(logLabel(last))/2)
	x := axis{first, last, max(minCurveWidth, min(columns, curveWidth)-margin)}
	plot := asciigraph.Plot(x.resample(limits, y),
		asciigraph.Height(int(rows)), asciigraph.LowerBound(0), asciigraph.UpperBound(rows*step), asciigraph.Offset(2),
		asciigraph.YAxisValueFormatter(text.ShortNumber),
		asciigraph.XAxisRange(first, last), asciigraph.XAxisTickCount(x.ticks()),
		asciigraph.XAxisValueFormatter(logLabel))
	picture := []Line{{Plain, y.Title + " against the " + varied(limits)}}
	for line := range strings.SplitSeq(plot, "\n") {
		picture = append(picture, Line{Plain, line})
	}
	for _, line := range x.pointer(plot, found) {
		picture = append(picture, Line{conclusionStyle(found), line})
	}
	return picture
}

// logLabel is the label of the limit with that logarithm of base 2.
func logLabel(log float64) string { return text.Count(int(math.Round(math.Exp2(log)))) }

// roundStep returns the smallest of 1, 2, 2.5, 5 and 10 times a power of ten that is not less than least.
func roundStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, step := range []float64{1, 2, 2.5, 5} {
		if step*power >= least {
			return step * power
		}
	}
	return 10 * power
}

// axis maps limits to columns, on a logarithmic scale.
type axis struct {
	first, last float64 // logarithms of base 2
	width       int
}

// column returns the column of a limit.
func (a axis) column(limit int) int {
	return int(math.Round((math.Log2(float64(limit)) - a.first) / (a.last - a.first) * float64(a.width-1)))
}

// ticks returns the number of ticks that divide the axis into equal numbers of doublings and leave room for the labels.
func (a axis) ticks() int {
	const labelWidth = 8 // of 1,024, with space around it
	doublings := int(a.last - a.first)
	for step := 1; step < doublings; step++ {
		if doublings%step == 0 && doublings/step*labelWidth < a.width {
			return doublings/step + 1
		}
	}
	return 2
}

// varied returns the word for what a sweep varies.
func varied(levels []results.Summary) string {
	if len(levels) == 0 {
		return results.OverLimit
	}
	return levels[0].At().Varied()
}

// resample returns the quantity in each column, interpolated between the limits; NaN outside of them.
func (a axis) resample(limits []results.Summary, y Quantity) []float64 {
	values := make([]float64, a.width)
	for i := range values {
		values[i] = math.NaN()
	}
	for i := range limits[1:] {
		from, to := limits[i], limits[i+1]
		x0, x1 := a.column(from.Level()), a.column(to.Level())
		for x := x0; x <= x1; x++ {
			part := stat.Ratio(float64(x-x0), float64(x1-x0))
			values[x] = y.Of(from) + part*(y.Of(to)-y.Of(from))
		}
	}
	return values
}

// pointer returns what stands below the plot: a line that points at the limit that was found and shows its interval, and the words
// for it, in a line of their own if there is no room beside it. It is empty if no limit was found.
func (a axis) pointer(plot string, found *results.Optimum) []string {
	if found.Label() == "" {
		return nil
	}
	at := strings.Index(plot, "└") // the axis begins here
	margin := twwidth.Width(plot[strings.LastIndex(plot[:at], "\n")+1:at]) + 1
	within := func(limit int) int { return min(max(a.column(max(limit, 1)), 0), a.width-1) }
	low, use, high := within(found.Low), within(found.Limit), within(found.High)
	low, high = min(low, use), max(high, use)
	line := strings.Repeat("─", use-low) + "▲" + strings.Repeat("─", high-use)
	words := found.Label() + " " + text.Count(found.Limit)
	before := low - len(words) - 1
	switch {
	case high+1+len(words) < a.width:
		return []string{strings.Repeat(" ", margin+low) + line + " " + words}
	case before >= 0:
		return []string{strings.Repeat(" ", margin+before) + words + " " + line}
	}
	below := max(0, min(use, a.width-len(words)))
	return []string{strings.Repeat(" ", margin+low) + line, strings.Repeat(" ", margin+below) + words}
}
