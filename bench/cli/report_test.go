package cli_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sweetspot/server"
)

// measured returns the path of a run file with a sweep in it.
func measured(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	got := sweetspot(t.Context(), "sweep", "-s", "pool", "-d", "30ms", "--limits", "1,2,4", "--budget", "2s", "--out", dir,
		startServer(t, server.Config{}).URL())
	files, _ := filepath.Glob(dir + "/*.jsonl")
	if len(files) != 1 {
		t.Fatalf("files %v, exit status %d: %s", files, got.status, got.stderr)
	}
	return files[0]
}

func TestReportWritesAPageAndPictures(t *testing.T) {
	run, dir := measured(t), t.TempDir()
	got := sweetspot(t.Context(), "report", run, run, "-o", dir+"/page.html", "--png", dir+"/plot.png", "--svg", dir+"/plot.svg", "--plot", "latency")
	if got.status != 0 || got.stdout != "" || strings.Count(got.stderr, "written to") != 3 {
		t.Fatalf("exit status %d, stdout %q, stderr:\n%s", got.status, got.stdout, got.stderr)
	}
	page, err := os.ReadFile(dir + "/page.html")
	if err != nil || !bytes.Contains(page, []byte("pool (B)")) {
		t.Errorf("the page (%v) does not show the second run", err)
	}
	picture, err := os.ReadFile(dir + "/plot.png")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
		t.Error(err)
	}
	if drawing, err := os.ReadFile(dir + "/plot.svg"); err != nil || !bytes.Contains(drawing, []byte("<svg")) {
		t.Errorf("the drawing is none (%v)", err)
	}
}

func TestReportWritesOnlyThePictureThatIsAskedFor(t *testing.T) {
	run := measured(t)
	t.Chdir(t.TempDir())
	if got := sweetspot(t.Context(), "report", run, "--svg", "-"); got.status != 0 || !strings.Contains(got.stdout, "<svg") || got.stderr != "" {
		t.Errorf("exit status %d, stderr %q, stdout:\n%.200s", got.status, got.stderr, got.stdout)
	}
	if _, err := os.Stat("report.html"); err == nil {
		t.Error("a page was written that nobody asked for")
	}
	if got := sweetspot(t.Context(), "report", run); got.status != 0 {
		t.Errorf("exit status %d: %s", got.status, got.stderr)
	}
	if _, err := os.Stat("report.html"); err != nil {
		t.Error(err)
	}
}

func TestReportErrorsAreOneLine(t *testing.T) {
	run, dir := measured(t), t.TempDir()
	text := dir + "/notes.txt"
	if err := os.WriteFile(text, []byte("not a run\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{}, 2, "no run: want files that --out saved"},
		{[]string{run, "--png", "x.png", "--plot", "pie"}, 2, `--plot "pie": want one of throughput, rates, responses, ranking, latency, percentiles, waits, time, trials, errors`},
		{[]string{run, "--plot", "latency"}, 2, "--plot latency without --png or --svg"},
		{[]string{run, "-o", "nowhere/report.html"}, 2, "--output nowhere/report.html: there is no folder nowhere"},
		{[]string{run, "-o", "."}, 2, "--output .: a folder: want a file"},
		{[]string{run, "-o", ""}, 2, "--output : an empty name"},
		{[]string{run, "--png", "nowhere/x.png"}, 2, "--png nowhere/x.png: there is no folder nowhere"},
		{[]string{run, "-n", "0"}, 2, "--requests 0: want at least 1"},
		{[]string{run, "--png", "x.png", "--plot", "errors"}, 1, "plot errors: nothing to draw: no request failed"},
		{[]string{run, text}, 1, text + ":1: not a run file"},
		{[]string{run, dir + "/missing.jsonl"}, 1, "missing.jsonl: no such file"},
		{[]string{dir}, 1, dir},
	} {
		got := sweetspot(t.Context(), append([]string{"report"}, c.args...)...)
		if got.status != c.status || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, c.want) {
			t.Errorf("report %v: exit status %d, stderr %q; want %d and %q in one line", c.args, got.status, got.stderr, c.status, c.want)
		}
	}
	if left, _ := filepath.Glob("*.[hp][tn]*"); len(left) > 0 {
		t.Errorf("%v were written", left)
	}
}
