package render_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

func TestParseFormatTakesEveryName(t *testing.T) {
	for _, name := range render.Names(render.Formats()) {
		if format, err := render.ParseFormat(name); err != nil || format.Name != name {
			t.Errorf("ParseFormat(%q) = %q, %v", name, format.Name, err)
		}
	}
	want := `"xml": want one of ` + strings.Join(render.Names(render.Formats()), ", ")
	if _, err := render.ParseFormat("xml"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := render.Write(io.Discard, render.Run(fixture.Empty("bench")), "xml", render.Screen{}); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// full is a writer to a disk that is full.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("no space left on device")

func TestWriteReturnsErrorsOfTheWriter(t *testing.T) {
	for _, name := range render.Names(render.Formats()) {
		if err := render.Write(full{}, render.Run(fixture.Compared(t, 1)), name, render.Screen{Columns: 80}); !errors.Is(err, errFull) {
			t.Errorf("%s: got %v, want %v", name, err, errFull)
		}
	}
}

func TestJSONHasNoNullListAndNoHistogram(t *testing.T) {
	run := fixture.Empty("sweep")
	run.Trials = []results.Trial{{Strategy: "pool", Limit: 1, Histogram: "lossless"}}
	run.Strategies = []results.Summary{{Strategy: "pool"}}
	run.Optima = []results.Optimum{{Strategy: "pool"}}
	text := fixture.Written(t, render.Run(run), render.JSON, 0)
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"trials", "strategies", "optima", "warnings"} {
		if _, ok := got[list].([]any); !ok {
			t.Errorf("%s is %v, want a list", list, got[list])
		}
	}
	for _, unwanted := range []string{`"warnings": null`, `"failed": null`, `"status": null`, "latency_histogram"} {
		if strings.Contains(text, unwanted) {
			t.Errorf("%s in %s", unwanted, text)
		}
	}
	if run.Trials[0].Histogram != "lossless" || run.Trials[0].Failed != nil {
		t.Errorf("writing changed the run: %+v", run.Trials[0])
	}
}

func TestCSVHasARowPerTrialAndAColumnPerClass(t *testing.T) {
	run := fixture.Warned(t)
	rows, err := csv.NewReader(strings.NewReader(fixture.Written(t, render.Run(run), render.CSV, 0))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+len(run.Trials) {
		t.Errorf("%d rows for %d trials", len(rows), len(run.Trials))
	}
	want := []string{"failed_connect", "failed_status", "failed_timeout"}
	if diff := cmp.Diff(want, rows[0][len(rows[0])-3:]); diff != "" {
		t.Error(diff)
	}
	if got := rows[2][slices.Index(rows[0], "failed_timeout")]; got != "3" {
		t.Errorf("failed_timeout of the second trial = %s, want 3", got)
	}
}
