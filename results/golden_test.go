package results_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"sweetspot/results"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	flag.Parse()
	twwidth.SetEastAsian(false) // else the golden files would depend on the locale
	os.Exit(m.Run())
}

// written returns the run or the comparison as it is written.
func written(t testing.TB, document results.Document, format results.Format, width int) string {
	t.Helper()
	var text bytes.Buffer
	if err := results.Write(&text, document, format, results.Screen{Columns: width}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// views are the runs that golden files show, each with everything that its tables can say.
func views(t testing.TB) map[string]*results.Run {
	return map[string]*results.Run{
		"bench":       compared(t, 3),
		"once":        once(t),
		"warned":      warned(t),
		"failed":      failed(t),
		"sweep":       swept(t),
		"sweeps":      sweptTwice(t),
		"interrupted": interrupted(t),
		"hostile":     hostile(t),
		"nothing":     empty("bench"),
	}
}

// once returns a comparison of single trials with settings that are not the usual ones.
func once(t testing.TB) *results.Run {
	run := compared(t, 1)
	run.Settings = results.Settings{
		Method: "POST", Requests: 20000, TimeoutSeconds: 0.5, DialSeconds: 1, DNSSeconds: 300, Rate: 1234.5, Decode: "json",
		Insecure: true, Redirects: true, Decompression: true, Retries: 2, HTTP: "HTTP/1.1",
	}
	return run
}

// warned returns a comparison with failures and warnings of all kinds.
func warned(t testing.TB) *results.Run {
	run := compared(t, 3)
	fail(&run.Trials[1], "timeout", 3, "read tcp 127.0.0.1:41234: i/o timeout")
	fail(&run.Trials[7], "status", 12, "503 Service Unavailable")
	run.Trials[2].Warn(results.Warning{Text: "slots were full 91% of the time: raise --duration, or the client is the bottleneck"})
	run.Trials[8].Warn(results.Warning{Text: "slots were full 92% of the time: raise --duration, or the client is the bottleneck"})
	run.Trials[4].Warn(results.Warning{Text: "dialled 75 times for 60 slots"})
	conclude(run)
	run.Warnings = []results.Warning{{Text: "python-aiohttp is left out: install it with pip install aiohttp"}}
	return run
}

// failed returns a comparison in which no request succeeded.
func failed(t testing.TB) *results.Run {
	run := compared(t, 2)
	for i := range run.Trials {
		trial := &run.Trials[i]
		succeed(t, nil, trial, 0)
		fail(trial, "connect", 10, "dial tcp 127.0.0.1:41234: connect: connection refused")
	}
	conclude(run)
	return run
}

// sweptTwice returns a sweep of two strategies of which one is still rising.
func sweptTwice(t testing.TB) *results.Run {
	run := swept(t)
	last := len(run.Trials)
	for _, trial := range run.Trials[:last:last] {
		if trial.Strategy = "pool"; trial.Limit > 44 {
			continue
		}
		trial.Warn(results.Warning{Text: fmt.Sprintf("throughput x mean latency is %d%% off the mean in flight", trial.Limit)})
		run.Trials = append(run.Trials, trial)
	}
	run.Optima = append(run.Optima, results.Optimum{
		Strategy: "pool", Verdict: results.NoKnee, Limit: 44, Low: 32, High: 44, Certain: true, Share: 0.97, PerSecond: 573,
		Peak: results.PeakLimit{Limit: 44, Low: 44, High: 44, PerSecond: 573}, Explored: [2]int{1, 44}, Trials: 21, Requests: 9876,
		Elapsed: 61.5, Warnings: []results.Warning{{Text: "the budget ended before the peak was bracketed: raise --budget"}},
	})
	at := func(pool, semaphore int) []results.Summary {
		compared := *run
		compared.Trials = slices.DeleteFunc(slices.Clone(run.Trials), func(trial results.Trial) bool {
			return trial.Limit != map[string]int{"pool": pool, "semaphore": semaphore}[trial.Strategy]
		})
		conclude(&compared)
		return compared.Strategies
	}
	run.Strategies, run.AtCommon = at(44, 52), at(44, 44)
	return run
}

// interrupted returns a sweep that ended before its conclusion.
func interrupted(t testing.TB) *results.Run {
	run := swept(t)
	run.Trials, run.Optima = run.Trials[:4], nil
	return run
}

// hostile returns a comparison in which every string from outside tries to break the table.
func hostile(t testing.TB) *results.Run {
	run := compared(t, 1)
	run.Target = "http://evil/\n| a | b |\x1b[2J"
	run.Trials[0].Strategy = "two\nlines | and a [link](javascript:1)"
	run.Trials[1].Strategy = "\x1b[31mred\x07 \u202ebackwards \xff"
	fail(&run.Trials[2], "status\n|", 1, "<script>alert(1)</script>\r\n| `code` | **bold** |\x00")
	run.Trials[2].Warn(results.Warning{Text: "```\n# heading\n```"})
	conclude(run)
	return run
}

func TestWhatIsWrittenLooksAsBefore(t *testing.T) {
	runs := views(t)
	for _, c := range []struct {
		run    string
		format results.Format
		width  int
	}{
		{"bench", results.Table, 0}, {"bench", results.Table, 120}, {"bench", results.Table, 80}, {"bench", results.Table, 40},
		{"bench", results.Markdown, 0}, {"bench", results.CSV, 0},
		{"once", results.Table, 100}, {"once", results.JSON, 0},
		{"warned", results.Table, 120}, {"warned", results.Table, 60}, {"warned", results.Markdown, 0}, {"warned", results.CSV, 0},
		{"failed", results.Table, 100}, {"failed", results.Markdown, 0},
		{"sweep", results.Table, 100}, {"sweep", results.Table, 60}, {"sweep", results.Table, 40}, {"sweep", results.Markdown, 0},
		{"sweeps", results.Table, 80}, {"interrupted", results.Table, 80},
		{"hostile", results.Table, 80}, {"hostile", results.Markdown, 0}, {"hostile", results.CSV, 0},
		{"nothing", results.Table, 80}, {"nothing", results.JSON, 0},
	} {
		name := fmt.Sprintf("%s-%s-%d.golden", c.run, c.format, c.width)
		t.Run(name, func(t *testing.T) {
			golden(t, filepath.Join("testdata", name), written(t, runs[c.run], c.format, c.width))
		})
	}
}

// golden holds a text to a file, or writes the file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("run with -update if this is meant: (-want +got)\n%s", diff)
	}
}

func TestTablesFitTheTerminal(t *testing.T) {
	for name, run := range views(t) {
		for _, width := range []int{40, 55, 80, 100, 130} {
			for line := range strings.Lines(written(t, run, results.Table, width)) {
				if got := twwidth.Width(strings.TrimSuffix(line, "\n")); got > width {
					t.Errorf("%s at %d: %d columns: %s", name, width, got, line)
				}
			}
		}
	}
}

func TestNoControlCharacterReachesTheTerminal(t *testing.T) {
	for _, format := range []results.Format{results.Table, results.Markdown, results.CSV} {
		for _, r := range written(t, hostile(t), format, 80) {
			if (r < ' ' && r != '\n') || r == '\u202e' {
				t.Errorf("%s holds %q", format, r)
			}
		}
	}
}
