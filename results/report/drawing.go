package report

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	plottext "gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"sweetspot/results/text"
)

// A drawing is a plot under way. After the first error it draws nothing more.
type drawing struct {
	*plot.Plot
	err  error
	logs []*plot.Axis
}

// The size of a picture: that of a slide, fine enough for print.
const (
	pictureWidth  = 20 * vg.Centimeter
	pictureHeight = 11.25 * vg.Centimeter
	pictureDPI    = 200
)

// sans is the variant of the font without serifs.
const sans = "Sans"

var (
	soft  = color.RGBA{0x5a, 0x61, 0x6d, 0xff}
	faint = color.RGBA{0xe3, 0xe1, 0xdc, 0xff}
)

func newDrawing(x, y string) *drawing {
	d := &drawing{Plot: plot.New()}
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

// write writes the drawing to w.
func (d *drawing) write(w io.Writer, format string) error {
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
		return fmt.Errorf("there is no format %q of plots", format)
	}
	for _, a := range d.logs {
		spread(a)
	}
	margin := 4 * vg.Millimeter
	d.Draw(draw.Crop(draw.New(canvas), margin, -margin, margin, -margin))
	_, err := canvas.WriteTo(w)
	return err
}

// hueOf returns a colour of the palette with an opacity from 0 to 1.
func hueOf(number int, opacity float64) color.Color {
	rgb, _ := strconv.ParseUint(palette[number].light[1:], 16, 32) // a constant
	return color.NRGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), uint8(math.Round(255 * opacity))}
}

// A stroke is how a line is drawn.
type stroke struct {
	colour color.Color
	width  vg.Length
	dashes []vg.Length
}

// dashes tell runs apart.
var dashes = [][]vg.Length{nil, {vg.Points(6), vg.Points(3)}, {vg.Points(2), vg.Points(3)}}

func (s stroke) style() draw.LineStyle {
	return draw.LineStyle{Color: s.colour, Width: s.width, Dashes: s.dashes}
}

// line draws a line through the points.
func (d *drawing) line(points plotter.XYs, s stroke) *plotter.Line {
	line, err := plotter.NewLine(points)
	if d.failed(err) {
		return &plotter.Line{}
	}
	line.LineStyle = s.style()
	d.Add(line)
	return line
}

// area fills the polygon.
func (d *drawing) area(points plotter.XYs, fill color.Color) {
	polygon, err := plotter.NewPolygon(points)
	if d.failed(err) {
		return
	}
	polygon.Color, polygon.LineStyle.Width = fill, 0
	d.Add(polygon)
}

// dots draws a symbol at each of the points.
func (d *drawing) dots(points plotter.XYs, shape draw.GlyphDrawer, colour color.Color, radius vg.Length) *plotter.Scatter {
	scatter, err := plotter.NewScatter(points)
	if d.failed(err) {
		return &plotter.Scatter{}
	}
	scatter.GlyphStyle = draw.GlyphStyle{Color: colour, Radius: radius, Shape: shape}
	d.Add(scatter)
	return scatter
}

// word writes text beside a point.
func (d *drawing) word(x, y float64, words string, colour color.Color, xAlign plottext.XAlignment, offset vg.Point) {
	labels, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: x, Y: y}}, Labels: []string{words}})
	if d.failed(err) {
		return
	}
	style := &labels.TextStyle[0]
	style.Font.Variant, style.Font.Size = sans, vg.Points(11)
	style.Color, style.XAlign, style.YAlign = colour, xAlign, plottext.YCenter
	labels.Offset = offset
	d.Add(labels)
}

func (d *drawing) failed(err error) bool {
	if d.err == nil {
		d.err = err
	}
	return err != nil
}

// spread gives a log axis that has nothing on it, or one value, a range.
func spread(a *plot.Axis) {
	switch {
	case a.Min > a.Max:
		a.Min, a.Max = 1, 10
	case a.Min == a.Max:
		a.Min, a.Max = a.Min/2, a.Max*2
	}
}

// logarithmic makes an axis of the drawing one, with labels at powers of the base times each of the steps.
func (d *drawing) logarithmic(a *plot.Axis, base float64, steps []float64, label func(float64) string) {
	d.logs = append(d.logs, a)
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

// linear labels an axis at round numbers.
func linear(a *plot.Axis, label func(float64) string) {
	const about = 6 // ticks
	a.Tick.Marker = plot.TickerFunc(func(low, high float64) []plot.Tick {
		step := math.Pow(10, math.Floor(math.Log10((high-low)/about)))
		for _, times := range []float64{2, 2.5, 2} { // steps of 1, 2, 5 and 10
			if (high-low)/step > about {
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

// shortSpan writes a round duration without the zeros that say how precise it is.
func shortSpan(seconds float64) string {
	number, unit, _ := strings.Cut(text.Span(seconds), " ")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number + " " + unit
}
