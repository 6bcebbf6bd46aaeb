package report

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	plottext "gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// maxBoundRatio limits how far an interval is drawn beyond the largest and below the smallest rate. After only two trials that
// differ, a bound can be a hundred times the measured rate, and drawing it would flatten the curves.
const maxBoundRatio = 1.35

// rateRange returns the range of rates that a chart of the lines shows.
func rateRange(lines []line) (least, most float64) {
	least = math.Inf(1)
	for _, l := range lines {
		for _, p := range l.Points {
			if p.Rate > 0 {
				least, most = min(least, p.Rate), max(most, p.Rate)
			}
		}
	}
	return least / maxBoundRatio, most * maxBoundRatio
}

// levelChart returns a chart with the limit, or the rate, on the x axis.
func levelChart(x, y string) *chart {
	d := newChart(x, y)
	d.logarithmic(&d.X, 2, []float64{1}, func(x float64) string { return text.Count(int(x)) })
	return d
}

// intervals draws the confidence intervals of a line as a band with whiskers; show converts a rate to the y axis.
func (d *chart) intervals(l line, least, most float64, show func(float64) float64) {
	var last plotter.XYs // the previous interval
	for _, p := range l.Points {
		if p.Low == nil || p.High == nil {
			last = nil
			continue
		}
		x := float64(p.Level)
		bar := plotter.XYs{{X: x, Y: show(max(*p.Low, least))}, {X: x, Y: show(min(*p.High, most))}}
		if last != nil {
			d.area(plotter.XYs{last[0], bar[0], bar[1], last[1]}, paletteColour(l.Colour, 0.15))
		}
		d.line(bar, stroke{colour: paletteColour(l.Colour, 0.8), width: vg.Points(1)})
		last = bar
	}
}

// curve draws one value of each point of a line, and adds it to the legend if name is not empty. Points where the value is 0
// are left out.
func (d *chart) curve(l line, name string, width vg.Length, value func(point) float64) {
	var points plotter.XYs
	for _, p := range l.Points {
		if y := value(p); y > 0 {
			points = append(points, plotter.XY{X: float64(p.Level), Y: y})
		}
	}
	if len(points) == 0 {
		return
	}
	line := d.line(points, stroke{paletteColour(l.Colour, 1), width, dashes[l.Run%len(dashes)]})
	dots := d.dots(points, draw.CircleGlyph{}, paletteColour(l.Colour, 1), width*1.3)
	if name != "" {
		d.Legend.Add(name, line, dots)
	}
}

func drawThroughput(all data) *chart { return drawGoodput("limit", all.over(results.OverLimit)) }

func drawRates(all data) *chart {
	all = all.over(results.OverRate)
	d := drawGoodput("rate/s", all)
	due := plotter.XYs{{X: d.X.Min, Y: d.X.Min}}
	for x := d.X.Min; x < d.X.Max; x *= lawStep {
		due = append(due, plotter.XY{X: x, Y: x})
	}
	most := d.Y.Max
	d.Legend.Add("all that is due", d.line(due, stroke{colour: soft, width: vg.Points(1)}))
	d.Y.Max = most
	return d
}

// drawGoodput draws the goodput of the lines.
func drawGoodput(x string, all data) *chart {
	d := levelChart(x, "goodput/s")
	linear(&d.Y, text.Number)
	least, most := rateRange(all.Lines)
	for _, t := range all.Theories {
		d.theory(t, all.Lines)
	}
	rows := map[int]int{} // of the labels of recommendations, by limit
	for _, l := range all.Lines {
		d.intervals(l, least, most, func(rate float64) float64 { return rate })
		if l.Law != nil {
			var law plotter.XYs
			for _, p := range l.Law {
				law = append(law, plotter.XY{X: p[0], Y: p[1]})
			}
			d.line(law, stroke{paletteColour(l.Colour, 0.8), vg.Points(1), dashes[2]})
		}
		if l.Use != nil {
			if _, labelled := rows[l.Use.Limit]; !labelled {
				rows[l.Use.Limit] = len(rows)
			}
			d.recommendation(l, most, rows[l.Use.Limit])
		}
		d.curve(l, l.Name, vg.Points(1.75), func(p point) float64 { return p.Rate })
	}
	d.failures(all.Lines)
	d.Y.Min, d.Y.Max = 0, max(d.Y.Max, most)
	d.Legend.Top, d.Legend.Left = true, true
	return d
}

// theory draws the theoretical goodput of the bundled server up to the largest measured limit.
func (d *chart) theory(t theory, lines []line) {
	last := 0
	for _, l := range lines {
		last = max(last, l.Points[len(l.Points)-1].Level)
	}
	var curve plotter.XYs
	for _, p := range t.Curve {
		if p[0] <= float64(last) {
			curve = append(curve, plotter.XY{X: p[0], Y: p[1]})
		}
	}
	peak := d.dots(plotter.XYs{{X: t.Peak[0], Y: t.Peak[1]}}, draw.PyramidGlyph{}, soft, vg.Points(4))
	if len(curve) == 0 {
		d.Legend.Add(t.Name, peak)
		return
	}
	d.Legend.Add(t.Name, d.line(curve, stroke{colour: soft, width: vg.Points(1)}), peak)
}

// recommendation marks the limit to use and its interval. Labels of different rows do not overlap; lines with the same limit share a
// row, and so a label.
func (d *chart) recommendation(l line, most float64, row int) {
	low, high, at := float64(l.Use.Low), float64(l.Use.High), float64(l.Use.Limit)
	d.area(plotter.XYs{{X: low, Y: 0}, {X: high, Y: 0}, {X: high, Y: most}, {X: low, Y: most}}, paletteColour(l.Colour, 0.07))
	d.line(plotter.XYs{{X: at, Y: 0}, {X: at, Y: most}}, stroke{colour: paletteColour(l.Colour, 1), width: vg.Points(1)})
	down := vg.Points(float64(8 + 13*row))
	d.label(at, most, l.Use.Label+" "+l.levelText(l.Use.Limit), paletteColour(l.Colour, 1), plottext.XLeft, vg.Point{X: vg.Points(4), Y: -down})
}

// drawnQuantiles are the percentiles of the latency plot, each with the width of its lines in points.
var drawnQuantiles = []struct {
	name  string
	width float64
	value func(quantiles) float64
}{
	{"p99.9", 0.4, func(q quantiles) float64 { return q.P999 }},
	{"p99", 0.75, func(q quantiles) float64 { return q.P99 }},
	{"p95", 1, func(q quantiles) float64 { return q.P95 }},
	{"p90", 1.25, func(q quantiles) float64 { return q.P90 }},
	{"p50", 2, func(q quantiles) float64 { return q.P50 }},
}

func drawLatency(all data) *chart {
	return drawQuantiles("limit", "latency: p50 (thick) to p99.9 (thin)", all.over(results.OverLimit), serviceTime)
}

func drawResponses(all data) *chart {
	return drawQuantiles("rate/s", "response time: p50 (thick) to p99.9 (thin)", all.over(results.OverRate), responseTime)
}

// drawQuantiles draws quantiles of the lines.
func drawQuantiles(x, y string, all data, of func(point) quantiles) *chart {
	d := levelChart(x, y)
	d.logarithmic(&d.Y, 10, []float64{1, 2, 5}, text.ShortSpan)
	for _, l := range all.Lines {
		for _, q := range drawnQuantiles {
			name := ""
			if q.name == "p50" {
				name = l.Name
			}
			d.curve(l, name, vg.Points(q.width), func(p point) float64 { return q.value(of(p)) })
		}
	}
	d.failures(all.Lines)
	from, to := d.X.Min, d.X.Max
	for _, b := range all.Bounds {
		d.line(plotter.XYs{{X: from, Y: b.Seconds}, {X: to, Y: b.Seconds}}, stroke{bad, vg.Points(1), dashes[1]})
		d.label(to, b.Seconds, b.Label, bad, plottext.XRight, vg.Point{Y: vg.Points(7)})
	}
	d.Legend.Top, d.Legend.Left = true, true
	return d
}

// failures marks the limits at which requests fail with a cross at the bottom, and makes room for them on the x axis.
func (d *chart) failures(lines []line) {
	var limits plotter.XYs
	for _, l := range lines {
		for _, f := range l.Failed {
			limits = append(limits, plotter.XY{X: float64(f.Level)})
		}
	}
	if len(limits) == 0 {
		return
	}
	crosses, err := plotter.NewScatter(limits)
	if d.keepError(err) {
		return
	}
	crosses.GlyphStyle = draw.GlyphStyle{Color: bad, Radius: vg.Points(3), Shape: draw.CrossGlyph{}}
	for _, at := range limits {
		d.X.Min, d.X.Max = min(d.X.Min, at.X), max(d.X.Max, at.X)
	}
	d.Plot.Add(bottomMarks{crosses})
	d.Legend.Add("requests fail", crosses)
}

// bottomMarks draws the dots of a scatter at the bottom of the plot, wherever its y axis begins.
type bottomMarks struct{ dots *plotter.Scatter }

// Plot implements [plot.Plotter].
func (b bottomMarks) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	for _, at := range b.dots.XYs {
		c.DrawGlyph(b.dots.GlyphStyle, vg.Point{X: x(at.X), Y: c.Min.Y + vg.Points(6)})
	}
}

func drawTime(all data) *chart {
	all = all.over(results.OverLimit)
	requests := float64(all.Requests)
	d := levelChart("semaphore size", "time for "+text.Count(all.Requests)+" requests")
	d.logarithmic(&d.Y, 10, []float64{1, 2, 5}, text.ShortSpan)
	took := func(rate float64) float64 { return requests / rate }
	least, most := rateRange(all.Lines)
	for _, l := range all.Lines {
		d.intervals(l, least, most, took)
		d.curve(l, l.Name, vg.Points(1.75), func(p point) float64 { return stat.Ratio(requests, p.Rate) })
	}
	d.failures(all.Lines)
	d.Legend.Top = true
	return d
}
