package render_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"sweetspot/results/compare"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

// A format takes one file: this one is written with nothing but what package render exports.
func TestRegisterMakesAFormatAvailable(t *testing.T) {
	render.Register(render.Format{Name: "lines", Doc: "the names of the columns", Order: 99, Encode: encodeLines})
	render.Register(render.Format{Name: "outline", Doc: "the headings", Order: 98, Page: func(render.Screen) render.Page { return &outline{} }})
	t.Cleanup(func() { render.Unregister("lines", "outline") })

	names := render.Names(render.Formats())
	if want := []string{"outline", "lines"}; !slices.Equal(names[len(names)-2:], want) {
		t.Errorf("formats %q, want the last to be %q", names, want)
	}
	run := fixture.Swept(t)
	if got := fixture.Written(t, render.Run(run), "lines", 0); !strings.HasPrefix(got, "42 rows of strategy, limit, block") {
		t.Errorf("a run: %s", got)
	}
	comparison, err := compare.Runs(run, run)
	if err != nil {
		t.Fatal(err)
	}
	if got := fixture.Written(t, comparison, "lines", 0); !strings.HasPrefix(got, "14 rows of strategy, limit, old_trials") {
		t.Errorf("a comparison: %s", got)
	}
	if got := fixture.Written(t, comparison, "outline", 0); !strings.HasSuffix(got, "\n- The limit to use\n") {
		t.Errorf("headings of a comparison: %s", got)
	}
}

func TestRegisterRefusesANameThatIsTaken(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a second csv is registered")
		}
	}()
	render.Register(render.Format{Name: render.CSV})
}

func encodeLines(w io.Writer, d render.Document) error {
	records := d.Records()
	_, err := fmt.Fprintf(w, "%d rows of %s\n", len(records.Lines()), strings.Join(records.Names(), ", "))
	return err
}

// An outline is a page of headings.
type outline struct{ strings.Builder }

func (o *outline) Heading(level int, words string) {
	fmt.Fprintf(o, "%s- %s\n", strings.Repeat("  ", max(0, level-2)), words)
}
func (o *outline) Paragraph(render.Style, string) {}
func (o *outline) List([]string)                  {}
func (o *outline) Findings([]render.Finding)      {}
func (o *outline) Picture([]render.Line)          {}
func (o *outline) Table(render.Grid) error        { return nil }
func (o *outline) Columns() int                   { return 80 }
func (o *outline) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, o.String())
	return int64(n), err
}
