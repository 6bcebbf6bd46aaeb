package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/results"
	"sweetspot/results/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// maxPageBytes keeps a page small enough for an email.
const maxPageBytes = 1_500_000

func TestWriteKeepsPagesSmall(t *testing.T) {
	for name, run := range map[string]*results.Run{"nothing": empty("bench"), "sweep": sweep(t, "semaphore", "fasthttp"), "long": long(t)} {
		if got := len(page(t, run)); got > maxPageBytes {
			t.Errorf("%s: %d bytes, want at most %d", name, got, maxPageBytes)
		}
	}
}

func TestVoidTrialsChangeNoPageAndNoPlot(t *testing.T) {
	run := bench(t)
	early := trial(t, rand.New(rand.NewPCG(1, 1)), "void-strategy", 77, 1e6, 1e4) // was saved before its block was void
	early.Block = 1000
	lost := early
	lost.Purpose = results.Void
	with := new(*run)
	with.Trials = append(slices.Clone(run.Trials), early, lost)
	if page(t, run) != page(t, with) {
		t.Error("a void block changes the page")
	}
	for _, plot := range report.Plots() {
		var want, got bytes.Buffer
		err1 := report.WritePlot(&want, plot.Name, "svg", sources(run), 0)
		err2 := report.WritePlot(&got, plot.Name, "svg", sources(with), 0)
		if (err1 == nil) != (err2 == nil) || want.String() != got.String() {
			t.Errorf("a void block changes the plot %s: %v, %v", plot.Name, err1, err2)
		}
	}
}

func TestWriteBodyMatchesGoldenFiles(t *testing.T) {
	for name, run := range map[string]*results.Run{"sweep": oneTrialEach(sweep(t, "semaphore")), "bench": oneTrialEach(bench(t)), "nothing": empty("sweep")} {
		var body bytes.Buffer
		if err := report.WriteBody(&body, sources(run), report.Options{Requests: 1000}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".golden.html")
		if *update {
			if err := os.WriteFile(path, body.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), body.String()); diff != "" {
			t.Errorf("%s: run with -update if this change is intended: (-want +got)\n%s", name, diff)
		}
	}
}

// Foreign strings must not end a script or begin markup. Only the template does.
func TestWriteEscapesForeignStrings(t *testing.T) {
	text := page(t, hostile(t), hostile(t))
	if got, want := strings.Count(text, "</script"), strings.Count(page(t, empty("bench")), "</script"); got != want {
		t.Errorf("%d end tags of scripts, want %d", got, want)
	}
	for _, bad := range []string{"<img", `onerror="`, "\u2028"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

func TestWriteEmbedsDataAsJSON(t *testing.T) {
	_, after, _ := strings.Cut(page(t, hostile(t), sweep(t, "pool")), `<script type="application/json" id="data">`)
	text, _, _ := strings.Cut(after, "</script>")
	var data struct{ Lines []struct{ Name string } }
	if err := json.Unmarshal([]byte(text), &data); err != nil {
		t.Fatal(err)
	}
	if len(data.Lines) != 6 || !strings.Contains(data.Lines[0].Name, "</script><img src=x") {
		t.Errorf("%d lines, the first %q; want 6, and its complete name", len(data.Lines), data.Lines)
	}
}

func TestWriteShowsEveryWarning(t *testing.T) {
	run := bench(t)
	run.Warnings = []results.Warning{{Text: "the machine was busy"}}
	text := page(t, run)
	for _, want := range []string{"the machine was busy", "slots were full 91% of the time", "first error: read: connection reset by peer"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestWriteOrdersTrialsWithoutStartTimes(t *testing.T) {
	run := bench(t)
	for i := range run.Trials {
		run.Trials[i].Offset, run.Trials[i].Series = 0, nil
	}
	if text := page(t, run); !strings.Contains(text, "so the trials are shown in their order") || !strings.Contains(text, `"timed":false`) {
		t.Error("the page does not say that the start times of the trials are unknown")
	}
}

// The limit of an open loop at one rate is no place on an axis of limits.
func TestTheCurvesHaveNoOpenLoopAtOneRate(t *testing.T) {
	open := rates(t)
	open.Command, open.Optima = "bench", nil
	for i := range open.Trials {
		open.Trials[i].Rate = 0
	}
	text := page(t, sweep(t, "semaphore"), open)
	if strings.Contains(text, "9,936: goodput") || strings.Contains(text, "pool (B): goodput by") || !strings.Contains(text, "semaphore (A): goodput by limit") {
		t.Error("the tables of the curves have the open loop, or not the sweep")
	}
}

func TestWriteRefusesZeroRuns(t *testing.T) {
	var text bytes.Buffer
	if err := report.Write(&text, nil, report.Options{}); err == nil || text.Len() > 0 {
		t.Errorf("error %v, %d bytes", err, text.Len())
	}
}

func TestWritePlotWritesCompleteSVG(t *testing.T) {
	all := sources(sweep(t, "semaphore", "fasthttp"), bench(t), hostile(t), rates(t))
	for _, plot := range report.Plots() {
		var drawing bytes.Buffer
		if err := report.WritePlot(&drawing, plot.Name, "svg", all, 0); err != nil {
			t.Fatal(err)
		}
		decoder := xml.NewDecoder(&drawing)
		var err error
		for err == nil {
			_, err = decoder.Token()
		}
		if err != io.EOF {
			t.Errorf("%s: %v", plot.Name, err)
		}
	}
}

func TestWritePlotDrawsLinesInPNG(t *testing.T) {
	var picture bytes.Buffer
	if err := report.WritePlot(&picture, "throughput", "png", sources(sweep(t, "semaphore")), 0); err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(&picture)
	if err != nil {
		t.Fatal(err)
	}
	colours := map[any]bool{}
	for x := range decoded.Bounds().Dx() {
		colours[decoded.At(x, decoded.Bounds().Dy()/2)] = true
	}
	if len(colours) < 3 {
		t.Errorf("%d colours across the middle, want at least 3: background, grid and lines", len(colours))
	}
}

func TestWritePlotRefusesRunsWithoutData(t *testing.T) {
	healthy := sweep(t, "semaphore")
	for name, run := range map[string]*results.Run{
		"throughput": bench(t), "latency": bench(t), "time": empty("sweep"), "ranking": healthy, "percentiles": healthy, "errors": healthy, "trials": empty("bench"),
		"rates": healthy, "responses": healthy, "waits": healthy,
	} {
		var text bytes.Buffer
		err := report.WritePlot(&text, name, "png", sources(run), 0)
		if !errors.Is(err, report.ErrNothing) || text.Len() > 0 {
			t.Errorf("%s: error %v, %d bytes", name, err, text.Len())
		}
	}
	for _, c := range [][2]string{{"pie", "png"}, {"trials", "gif"}} {
		if err := report.WritePlot(io.Discard, c[0], c[1], sources(healthy), 0); err == nil || errors.Is(err, report.ErrNothing) {
			t.Errorf("%v: error %v", c, err)
		}
	}
}

// Trials without any success have neither rate nor latency, so a logarithmic axis has no values.
func TestWritePlotDrawsRunsWithoutSuccesses(t *testing.T) {
	run := sweep(t, "semaphore", "pool")
	for i := range run.Trials {
		trial := &run.Trials[i]
		trial.Failed, trial.Succeeded = map[string]int64{"refused": trial.Started}, 0
		trial.PerSecond, trial.Latency, trial.Histogram = 0, results.Latency{}, ""
	}
	run.Optima, run.Strategies = nil, results.Summarise(run.Trials)
	page(t, run)
	for _, name := range []string{"throughput", "latency", "time", "trials", "errors"} {
		if err := report.WritePlot(io.Discard, name, "svg", sources(run), 0); err != nil && !errors.Is(err, report.ErrNothing) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkWriteTenThousandTrials(b *testing.B) {
	all := sources(long(b))
	for b.Loop() {
		if err := report.Write(io.Discard, all, report.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
}

func TestWriteShowsStrategiesAtTheirCommonLimit(t *testing.T) {
	run := sweep(t, "semaphore", "fasthttp")
	const caption = "The same strategies, all at one common limit"
	if strings.Contains(page(t, run), caption) {
		t.Error("the page has a table for a common limit that the run does not have")
	}
	run.AtCommon = results.Summarise(atLimit(run.Trials, 45))
	if _, table, found := strings.Cut(page(t, run), caption); !found || !strings.Contains(table[:strings.Index(table, "</table>")], "<td>45</td>") {
		t.Errorf("the page has no table of the common limit:\n%.600s", table)
	}
}

func TestWriteListsRunsAndTargetsSideBySide(t *testing.T) {
	against := bench(t)
	against.Targets = []results.Target{{URL: "http://old/"}, {URL: "http://new/"}}
	for i := range against.Trials {
		target := i % 2
		against.Trials[i].Target = &target
	}
	against.Strategies = results.Summarise(against.Trials)
	for _, c := range []struct {
		name string
		runs []*results.Run
		want []string // at the start of its rows: the run and the target
	}{
		{"one run", []*results.Run{sweep(t, "pool")}, nil},
		{"two runs", []*results.Run{sweep(t, "pool"), empty("bench")}, []string{"A sweep|the bundled server, profile classic", "B bench|http://127.0.0.1:8080/"}},
		{"two targets", []*results.Run{against}, []string{"bench|0: http://old/", "bench|1: http://new/"}},
	} {
		_, table, found := strings.Cut(page(t, c.runs...), "<caption>Side by side</caption>")
		table, _, _ = strings.Cut(table, "</table>")
		if found != (c.want != nil) || strings.Count(table, "<tr>") != len(c.want)+1 && found {
			t.Errorf("%s: got %q, want %d rows", c.name, table, len(c.want))
		}
		for _, row := range c.want {
			run, target, _ := strings.Cut(row, "|")
			if !strings.Contains(table, `<th scope="row" class="word">`+run+`</th><td class="word">`+target+"</td>") {
				t.Errorf("%s: %q is not in\n%s", c.name, row, table)
			}
		}
	}
}
