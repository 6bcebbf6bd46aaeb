package report

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	plottext "gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"sweetspot/results/text"
)

// Distances on the y axis, on which neighbouring rows are 1 apart.
const (
	barHalfHeight = 0.32
	rowMargin     = 0.6 // before the first row and after the last
)

// rowChart returns a chart with one row per name, the first at the top.
func rowChart(x string, names []string) *chart {
	d := newChart(x, "")
	var ticks []plot.Tick
	for i, name := range names {
		ticks = append(ticks, plot.Tick{Value: float64(-i), Label: name})
	}
	d.Y.Tick.Marker = plot.ConstantTicks(ticks)
	d.Y.Min, d.Y.Max = -float64(len(names))+1-rowMargin, rowMargin
	return d
}

// bar draws a bar in a row from one value to another.
func (d *chart) bar(row int, from, to float64, colour int) {
	bottom, top := float64(-row)-barHalfHeight, float64(-row)+barHalfHeight
	d.area(plotter.XYs{{X: from, Y: bottom}, {X: to, Y: bottom}, {X: to, Y: top}, {X: from, Y: top}}, paletteColour(colour, 0.8))
}

func drawRanking(all data) *chart {
	var names []string
	most := 0.0
	for _, r := range all.Ranks {
		names = append(names, r.Name)
		most = max(most, r.Rate*maxBoundRatio)
	}
	d := rowChart("goodput/s", names)
	linear(&d.X, text.Number)
	d.X.Min = 0
	for i, r := range all.Ranks {
		d.bar(i, 0, r.Rate, r.Colour)
		y, end := float64(-i), r.Rate
		if r.Low != nil && r.High != nil {
			end = min(*r.High, most)
			d.line(plotter.XYs{{X: *r.Low, Y: y}, {X: end, Y: y}}, stroke{colour: soft, width: vg.Points(1.25)})
		}
		d.label(end, y, text.Number(r.Rate)+"  "+r.Verdict, soft, plottext.XLeft, vg.Point{X: vg.Points(5)})
	}
	return d
}

func drawPercentiles(all data) *chart {
	return drawSpread("latency", all, func(r rank) quantiles { return r.quantiles })
}

func drawWaits(all data) *chart {
	return drawSpread("response time", all, func(r rank) quantiles { return r.Response })
}

// drawSpread draws the quantiles of each rank.
func drawSpread(x string, all data, of func(rank) quantiles) *chart {
	var names []string
	for _, r := range all.Ranks {
		names = append(names, r.Name)
	}
	d := rowChart(x+": p50, p90, p95, p99, p99.9 and the largest", names)
	d.logarithmic(&d.X, 10, []float64{1, 2, 5}, text.ShortSpan)
	shapes := []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.TriangleGlyph{}, draw.RingGlyph{}}
	for i, r := range all.Ranks {
		q := of(r)
		if q.P50 <= 0 {
			continue
		}
		y := float64(-i)
		d.line(plotter.XYs{{X: q.P50, Y: y}, {X: q.Max, Y: y}}, stroke{colour: paletteColour(r.Colour, 0.4), width: vg.Points(2)})
		for k, x := range []float64{q.P50, q.P90, q.P95, q.P99, q.P999, q.Max} {
			if x <= 0 { // files from before p95 and p99.9 were kept
				continue
			}
			d.dots(plotter.XYs{{X: x, Y: y}}, shapes[k], paletteColour(r.Colour, 1), vg.Points(3.5))
		}
	}
	return d
}

func drawTrials(all data) *chart {
	when := "trial"
	if all.Timed {
		when = "seconds since the start"
	}
	d := newChart(when, "share of mean")
	linear(&d.X, text.Number)
	linear(&d.Y, text.Percent)
	for _, c := range all.Timelines {
		var points plotter.XYs
		for _, m := range c.Trials {
			points = append(points, plotter.XY{X: m[trialStart], Y: m[trialShare]})
		}
		if len(points) == 0 {
			continue
		}
		l := all.Lines[c.Line]
		d.Legend.Add(l.Name, d.dots(points, draw.CircleGlyph{}, paletteColour(l.Colour, 0.8), vg.Points(2.5)))
	}
	d.Legend.Top = true
	return d
}

func drawErrors(all data) *chart {
	rows := all.Failures.Rows[:min(len(all.Failures.Rows), maxErrorRows)]
	var names []string
	for _, r := range rows {
		names = append(names, r.Name)
	}
	d := rowChart("share of requests", names)
	linear(&d.X, text.Percent)
	d.X.Min = 0
	for i, r := range rows {
		from := 0.0
		for k, share := range r.Shares {
			d.bar(i, from, from+share, k%len(palette))
			from += share
		}
	}
	for k, class := range all.Failures.Classes {
		sample, err := plotter.NewPolygon(plotter.XYs{{}})
		if d.keepError(err) {
			break
		}
		sample.Color = paletteColour(k%len(palette), 0.8)
		d.Legend.Add(class, sample)
	}
	return d
}

// maxErrorRows is the largest number of rows in the chart of failures; the table has all of them.
const maxErrorRows = 20
