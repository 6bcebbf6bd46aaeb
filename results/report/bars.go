package report

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	plottext "gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"sweetspot/results/text"
)

// A row of a drawing is so high, and its bar so much of that.
const (
	bar  = 0.32 // on either side of the middle
	room = 0.6  // before the first row and after the last
)

// rowDrawing returns a drawing with a row for each name, the first on top.
func rowDrawing(x string, names []string) *drawing {
	d := newDrawing(x, "")
	var ticks []plot.Tick
	for i, name := range names {
		ticks = append(ticks, plot.Tick{Value: float64(-i), Label: name})
	}
	d.Y.Tick.Marker = plot.ConstantTicks(ticks)
	d.Y.Min, d.Y.Max = -float64(len(names))+1-room, room
	return d
}

// bar draws a bar of a row from one value to another.
func (d *drawing) bar(row int, from, to float64, number int) {
	y := float64(-row)
	d.area(plotter.XYs{{X: from, Y: y - bar}, {X: to, Y: y - bar}, {X: to, Y: y + bar}, {X: from, Y: y + bar}}, hueOf(number, 0.8))
}

func drawRanking(all data) *drawing {
	var names []string
	most := 0.0
	for _, r := range all.Ranks {
		names = append(names, r.Name)
		most = max(most, r.Rate*far)
	}
	d := rowDrawing("goodput/s", names)
	linear(&d.X, text.Number)
	d.X.Min = 0
	for i, r := range all.Ranks {
		d.bar(i, 0, r.Rate, r.Colour)
		y, end := float64(-i), r.Rate
		if r.Low != nil && r.High != nil {
			end = min(*r.High, most)
			d.line(plotter.XYs{{X: *r.Low, Y: y}, {X: end, Y: y}}, stroke{colour: soft, width: vg.Points(1.25)})
		}
		d.word(end, y, text.Number(r.Rate)+"  "+r.Verdict, soft, plottext.XLeft, vg.Point{X: vg.Points(5)})
	}
	return d
}

func drawPercentiles(all data) *drawing {
	var names []string
	for _, r := range all.Ranks {
		names = append(names, r.Name)
	}
	d := rowDrawing("latency: p50, p90, p99 and the largest", names)
	d.logarithmic(&d.X, 10, []float64{1, 2, 5}, shortSpan)
	shapes := []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.RingGlyph{}}
	for i, r := range all.Ranks {
		if r.P50 <= 0 {
			continue
		}
		y := float64(-i)
		d.line(plotter.XYs{{X: r.P50, Y: y}, {X: r.Max, Y: y}}, stroke{colour: hueOf(r.Colour, 0.4), width: vg.Points(2)})
		for k, x := range []float64{r.P50, r.P90, r.P99, r.Max} {
			d.dots(plotter.XYs{{X: x, Y: y}}, shapes[k], hueOf(r.Colour, 1), vg.Points(3.5))
		}
	}
	return d
}

func drawTrials(all data) *drawing {
	when := "trial"
	if all.Timed {
		when = "seconds since the start"
	}
	d := newDrawing(when, "share of the mean")
	linear(&d.X, text.Number)
	linear(&d.Y, text.Percent)
	for _, c := range all.Courses {
		var points plotter.XYs
		for _, m := range c.Trials {
			points = append(points, plotter.XY{X: m[0], Y: m[3]})
		}
		if len(points) == 0 {
			continue
		}
		l := all.Lines[c.Line]
		d.Legend.Add(l.Name, d.dots(points, draw.CircleGlyph{}, hueOf(l.Colour, 0.8), vg.Points(2.5)))
	}
	d.Legend.Top = true
	return d
}

func drawErrors(all data) *drawing {
	rows := all.Failures.Rows[:min(len(all.Failures.Rows), mostBars)]
	var names []string
	for _, r := range rows {
		names = append(names, r.Name)
	}
	d := rowDrawing("share of the requests", names)
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
		if d.failed(err) {
			break
		}
		sample.Color = hueOf(k%len(palette), 0.8)
		d.Legend.Add(class, sample)
	}
	return d
}

// mostBars is how many rows of failures are drawn; the table has all.
const mostBars = 20
