package report

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	plottext "gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A chart is a plot to which data is added. It keeps the first error.
type chart struct {
	*plot.Plot
	err     error
	logAxes []*plot.Axis
}

// The size of a picture has the proportions of a slide, and its resolution is sufficient for print.
const (
	pictureWidth  = 20 * vg.Centimeter
	pictureHeight = 11.25 * vg.Centimeter
	pictureDPI    = 200
)

// sans selects the font without serifs.
const sans = "Sans"

// The colours of text, of grid lines and of failures, as --soft, --rule and --bad in page.css.
var (
	bad   = color.RGBA{0xc0, 0x18, 0x2b, 0xff}
	soft  = color.RGBA{0x5a, 0x61, 0x6d, 0xff}
	faint = color.RGBA{0xe3, 0xe1, 0xdc, 0xff}
)

// newChart returns an empty chart with the given axis labels.
func newChart(x, y string) *chart {
	d := &chart{Plot: plot.New()}
	d.X.Label.Text, d.Y.Label.Text = x, y
	d.Title.Padding = 3 * vg.Millimeter
	for _, a := range []*plot.Axis{&d.X, &d.Y} {
		a.LineStyle.Color, a.Tick.LineStyle.Color, a.Tick.Label.Color, a.Label.TextStyle.Color = faint, faint, soft, soft
		a.Label.Padding = 1.5 * vg.Millimeter
	}
	for _, style := range []*plottext.Style{&d.Title.TextStyle, &d.X.Label.TextStyle, &d.Y.Label.TextStyle, &d.X.Tick.Label, &d.Y.Tick.Label, &d.Legend.TextStyle} {
		style.Font.Variant = sans
	}
	d.Legend.TextStyle.Font.Size = vg.Points(10)
	d.Legend.ThumbnailWidth = 8 * vg.Millimeter
	d.Legend.Padding = vg.Millimeter
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = faint, faint
	d.Add(grid)
	return d
}

// write writes the chart to w as png or svg.
func (d *chart) write(w io.Writer, format string) error {
	var canvas interface {
		vg.CanvasSizer
		io.WriterTo
	}
	switch format {
	case "png":
		canvas = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(pictureWidth, pictureHeight), vgimg.UseDPI(pictureDPI))}
	case "svg":
		canvas = vgsvg.New(pictureWidth, pictureHeight)
	default:
		return fmt.Errorf("unknown plot format %q: want png or svg", format)
	}
	for _, a := range d.logAxes {
		widenEmpty(a)
	}
	margin := 4 * vg.Millimeter
	d.Draw(draw.Crop(draw.New(canvas), margin, -margin, margin, -margin))
	_, err := canvas.WriteTo(w)
	return err
}

// paletteColour returns a palette colour with an opacity from 0 to 1.
func paletteColour(number int, opacity float64) color.Color {
	rgb, _ := strconv.ParseUint(palette[number].light[1:], 16, 32) // every palette colour parses
	return color.NRGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), uint8(math.Round(255 * opacity))}
}

// A stroke is the style of a drawn line.
type stroke struct {
	colour color.Color
	width  vg.Length
	dashes []vg.Length
}

// dashes are the dash patterns that distinguish runs.
var dashes = [][]vg.Length{nil, {vg.Points(6), vg.Points(3)}, {vg.Points(2), vg.Points(3)}}

func (s stroke) style() draw.LineStyle {
	return draw.LineStyle{Color: s.colour, Width: s.width, Dashes: s.dashes}
}

// line draws a line through the points.
func (d *chart) line(points plotter.XYs, s stroke) *plotter.Line {
	line, err := plotter.NewLine(points)
	if d.keepError(err) {
		return &plotter.Line{}
	}
	line.LineStyle = s.style()
	d.Add(line)
	return line
}

// area fills a polygon.
func (d *chart) area(points plotter.XYs, fill color.Color) {
	polygon, err := plotter.NewPolygon(points)
	if d.keepError(err) {
		return
	}
	polygon.Color, polygon.LineStyle.Width = fill, 0
	d.Add(polygon)
}

// dots draws a symbol at each point.
func (d *chart) dots(points plotter.XYs, shape draw.GlyphDrawer, colour color.Color, radius vg.Length) *plotter.Scatter {
	scatter, err := plotter.NewScatter(points)
	if d.keepError(err) {
		return &plotter.Scatter{}
	}
	scatter.GlyphStyle = draw.GlyphStyle{Color: colour, Radius: radius, Shape: shape}
	d.Add(scatter)
	return scatter
}

// label writes a label beside a point.
func (d *chart) label(x, y float64, words string, colour color.Color, xAlign plottext.XAlignment, offset vg.Point) {
	labels, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: x, Y: y}}, Labels: []string{words}})
	if d.keepError(err) {
		return
	}
	style := &labels.TextStyle[0]
	style.Font.Variant, style.Font.Size = sans, vg.Points(11)
	style.Color, style.XAlign, style.YAlign = colour, xAlign, plottext.YCenter
	labels.Offset = offset
	d.Add(labels)
}

// keepError keeps the first error, and reports whether err is one.
func (d *chart) keepError(err error) bool {
	if d.err == nil {
		d.err = err
	}
	return err != nil
}

// widenEmpty gives a range to a logarithmic axis that has no values, or only one.
func widenEmpty(a *plot.Axis) {
	switch {
	case a.Min > a.Max:
		a.Min, a.Max = 1, 10
	case a.Min == a.Max:
		a.Min, a.Max = a.Min/2, a.Max*2
	}
}

// logarithmic makes an axis logarithmic, with labels at the powers of the base multiplied by each of the steps.
func (d *chart) logarithmic(a *plot.Axis, base float64, steps []float64, label func(float64) string) {
	d.logAxes = append(d.logAxes, a)
	a.Scale = plot.LogScale{}
	a.Tick.Marker = plot.TickerFunc(func(low, high float64) []plot.Tick {
		var ticks []plot.Tick
		for power := math.Pow(base, math.Floor(math.Log(low)/math.Log(base))); power <= high; power *= base {
			for _, step := range steps {
				if at := step * power; low*0.999 <= at && at <= high*1.001 {
					ticks = append(ticks, plot.Tick{Value: at, Label: label(at)})
				}
			}
		}
		return ticks
	})
}

// linear places the ticks of a linear axis at round numbers.
func linear(a *plot.Axis, label func(float64) string) {
	const maxTicks = 6
	a.Tick.Marker = plot.TickerFunc(func(low, high float64) []plot.Tick {
		step := math.Pow(10, math.Floor(math.Log10((high-low)/maxTicks)))
		for _, times := range []float64{2, 2.5, 2} { // the step becomes 1, 2, 5 or 10 times a power of ten
			if (high-low)/step > maxTicks {
				step *= times
			}
		}
		var ticks []plot.Tick
		for i := math.Ceil(low / step); i*step <= high; i++ {
			ticks = append(ticks, plot.Tick{Value: i * step, Label: label(i * step)})
		}
		return ticks
	})
}
