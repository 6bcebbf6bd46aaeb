package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sweetspot/results"
	"sweetspot/results/compare"
	"sweetspot/results/render"
)

// savedRun writes a run of two strategies, ten trials each, into a file and returns its path. Changes may be made to the
// run before.
func savedRun(t *testing.T, perSecond map[string]float64, changes ...func(*results.Run)) string {
	t.Helper()
	run := &results.Run{
		Version: results.Version, Command: "bench", Target: "http://127.0.0.1:8080/", Started: "2026-11-22T07:44:52Z",
		Settings: results.Settings{Method: "GET", DurationSeconds: 1, TimeoutSeconds: 10},
	}
	for block := range 10 {
		for _, name := range []string{"pool", "fasthttp"} {
			n := int64(perSecond[name]) + int64(block*7%10) // a spread of about 3 in 1,000
			run.Trials = append(run.Trials, results.Trial{
				Strategy: name, Limit: 60, Block: block, Started: n, Succeeded: n, Elapsed: 1, PerSecond: float64(n),
			})
		}
	}
	for _, change := range changes {
		change(run)
	}
	file, err := results.Create(t.TempDir(), run)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, trial := range run.Trials {
		if err := file.Append(trial); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Finish(run); err != nil {
		t.Fatal(err)
	}
	return file.Path()
}

func TestCompareFailsOnlyBeyondTheThreshold(t *testing.T) {
	old := savedRun(t, map[string]float64{"pool": 1000, "fasthttp": 2000})
	slower := savedRun(t, map[string]float64{"pool": 1000, "fasthttp": 1600})
	for _, c := range []struct {
		args   []string
		status int
		stderr string
	}{
		{[]string{old, slower}, 0, ""},
		{[]string{old, slower, "--threshold", "25%"}, 0, ""},
		{[]string{old, slower, "--threshold", "5%"}, 3, "sweetspot: fasthttp at limit 60: goodput fell by "},
		{[]string{old, slower, "--threshold=0.05", "--format", "json"}, 3, "warning: goodput: a change of 5% cannot be seen: the interval of pool at limit 60 is "},
		{[]string{old, slower, "--threshold=0.05", "--threshold", "per_second=25%", "--floor", "0.1%", "--format", "csv"}, 3, "sweetspot: fasthttp at limit 60: goodput fell by "},
		{[]string{slower, old, "--threshold", "0"}, 0, ""},
		{[]string{old, old, "--threshold", "0%"}, 0, ""},
	} {
		got := sweetspot(t.Context(), append([]string{"compare"}, c.args...)...)
		if got.status != c.status || !strings.HasPrefix(got.stderr, c.stderr) || (c.stderr == "") != (got.stderr == "") ||
			strings.Count(got.stderr, "sweetspot: ") > 1 || !strings.Contains(got.stdout, "fasthttp") {
			t.Errorf("%q: exit status %d, want %d, stderr %q, stdout:\n%s", c.args, got.status, c.status, got.stderr, got.stdout)
		}
	}
}

func TestCompareTakesBadInputInOneLineEach(t *testing.T) {
	run := savedRun(t, map[string]float64{"pool": 1000, "fasthttp": 2000})
	post := savedRun(t, map[string]float64{"pool": 1000, "fasthttp": 2000}, func(r *results.Run) { r.Settings.Method = "POST" })
	other := savedRun(t, map[string]float64{"pool": 1000, "fasthttp": 2000}, func(r *results.Run) {
		for i := range r.Trials {
			r.Trials[i].Limit = 7
		}
	})
	torn := filepath.Join(t.TempDir(), "torn")
	future := filepath.Join(t.TempDir(), "future")
	for path, text := range map[string]string{torn: `{"version":1,"comm`, future: `{"version":2,"new":true}` + "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args   []string
		status int
		stderr string
	}{
		{[]string{"compare"}, 2, "0 arguments: want two run files, OLD and NEW, as --out saves them, or several with -- between the sides"},
		{[]string{"compare", run}, 2, "1 arguments: want two run files, OLD and NEW, as --out saves them, or several with -- between the sides"},
		{[]string{"compare", run, run, "--threshold", "5"}, 2, `--threshold: "5": want a share below 100%, such as 5% or 0.05`},
		{[]string{"compare", run, run, "--threshold", "-1%"}, 2, `--threshold: "-1%": want a share`},
		{[]string{"compare", run, run, "--threshold", "NaN"}, 2, `--threshold: "NaN": want a share`},
		{[]string{"compare", run, run, "--format", "yaml"}, 2, `--format "yaml": want one of table, `},
		{[]string{"compare", run, post}, 2, run + " and " + post + " made different requests (method GET and POST): --anyway compares them"},
		{[]string{"compare", run, "/nowhere"}, 1, "/nowhere: no such file or directory"},
		{[]string{"compare", torn, run}, 1, torn + ":1: ends within its first line"},
		{[]string{"compare", run, future}, 1, future + ":1: version 2: written by a newer sweetspot"},
		{[]string{"compare", run, other}, 1, run + " and " + other + ": nothing in common: old has pool at limit 60, fasthttp at limit 60; new has pool at limit 7"},
		{[]string{"compare", run, "--"}, 2, "1 run files before -- and 0 after it: want at least one on each side"},
		{[]string{"compare", "--", run, run}, 2, "0 run files before -- and 2 after it: want at least one on each side"},
		{[]string{"compare", run, other, run, "--", post}, 2, run + " is given twice: want a file for each run"},
		{[]string{"compare", run, run, "--floor", "/nowhere"}, 2, "--floor: open /nowhere: no such file or directory"},
		{[]string{"compare", run, run, "--floor", run}, 2, "--floor: " + run + ": not a floor: "},
		{[]string{"floor", run}, 1, "1 run: want at least 10 of the same strategies, such as 40"},
		{[]string{"floor", run, run}, 2, run + " is given twice: want a file for each run"},
		{[]string{"show"}, 2, "0 arguments: want one run file, as --out saves them"},
		{[]string{"show", run, "--format", "xml"}, 2, `--format "xml": want one of table, `},
		{[]string{"show", os.Args[0]}, 1, os.Args[0] + ":1: not a run file: column 1: invalid character"},
		{[]string{"show", run, "--snippet", "perl"}, 2, "--snippet perl: want python, go, curl, xargs or fetch"},
		{[]string{"show", run, "--snippet", "go"}, 1, "--snippet: the run names no limit to use: want a sweep that does"},
		{[]string{"show", t.TempDir()}, 1, "a folder: want a file"},
	} {
		got := sweetspot(t.Context(), c.args...)
		if got.status != c.status || got.stdout != "" || !strings.Contains(got.stderr, c.stderr) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%q: exit status %d, want %d\nstderr %q\nwant   %q\nstdout %q", c.args, got.status, c.status, got.stderr, c.stderr, got.stdout)
		}
	}
	got := sweetspot(t.Context(), "compare", run, post, "--anyway", "--format", "json")
	var comparison compare.Comparison
	if err := json.Unmarshal([]byte(got.stdout), &comparison); err != nil || got.status != 0 || len(comparison.Rows) != 2 {
		t.Errorf("exit status %d, %v: %+v", got.status, err, comparison)
	}
	if want := "warning: different loads: method GET and POST\n"; got.stderr != want {
		t.Errorf("stderr %q, want %q", got.stderr, want)
	}
}

func TestShowPrintsARunAgain(t *testing.T) {
	dir := t.TempDir()
	for _, format := range render.Names(render.Formats()) {
		out := filepath.Join(dir, format)
		first := sweetspot(t.Context(), "bench", "-s", "pool", "-d", "50ms", "-c", "4", "--repeats", "2", "--profile", "instant",
			"--format", format, "--out", out)
		files, err := filepath.Glob(out + "/*.jsonl")
		if err != nil || len(files) != 1 {
			t.Fatalf("files %q, want one (%v)", files, err)
		}
		again := sweetspot(t.Context(), "show", "--format", format, files[0])
		if want := first.stderr[:strings.Index(first.stderr, "saved to")]; again.status != 0 || again.stdout != first.stdout || again.stderr != want {
			t.Errorf("%s: exit status %d\nfirst %s\n%s\nagain %s\n%s", format, again.status, first.stdout, first.stderr, again.stdout, again.stderr)
		}
	}
}

func TestShowPrintsTheAnswerAsAProgram(t *testing.T) {
	const example = "../../results/EXAMPLE/sweep.jsonl"
	run, err := results.Load(example)
	if err != nil {
		t.Fatal(err)
	}
	got := sweetspot(t.Context(), "show", "--snippet", "python", example)
	want := fmt.Sprintf("\nLIMIT = %d  # measured with %s: use %[1]d", run.Headline().Limit, run.Headline().At)
	if got.status != 0 || got.stderr != "" || !strings.Contains(got.stdout, want) || !strings.HasPrefix(got.stdout, "# Fetches") {
		t.Errorf("exit status %d, want a program with %q:\n%s%s", got.status, want, got.stdout, got.stderr)
	}
}

// The program for sweetspot itself is one that a shell runs as it is.
func TestTheFetchProgramFetchesWhatItIsGiven(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	program, dir := filepath.Join(t.TempDir(), "fetch.sh"), t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "sweetspot")); err != nil {
		t.Fatal(err)
	}
	text := sweetspot(t.Context(), "show", "--snippet", "fetch", "../../results/EXAMPLE/sweep.jsonl").stdout
	if err := os.WriteFile(program, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(srv.Close)
	script := exec.CommandContext(t.Context(), shell, program)
	script.Dir, script.Env = dir, append(os.Environ(), "PATH="+dir)
	script.Stdin = strings.NewReader(srv.URL + "/1\n" + srv.URL + "/2\n")
	if output, err := script.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if lines := fetchedFile(t, filepath.Join(dir, "answers.jsonl")); len(lines) != 2 {
		t.Errorf("%d lines, want one for each URL", len(lines))
	}
}

func TestRunFileHasTheArgumentsAndTheMachine(t *testing.T) {
	run := sweetspot(t.Context(), "bench", "-s", "pool", "-n", "5", "--repeats", "1", "--profile", "instant", "--format", "json",
		"-H", "Authorization: secret").run(t)
	want := `["bench" "--format=json" "--header=Authorization: xxxxx" "--profile=instant" "--repeats=1" "--requests=5" "--strategy=pool"]`
	if got := fmt.Sprintf("%q", run.Arguments); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if run.Trials[0].Offset <= 0 {
		t.Errorf("offset %g, want when the first trial began", run.Trials[0].Offset)
	}
}

// Two runs a side that differ by 4% among themselves do not show a difference of 5%, with which one a side would be wrong.
func TestCompareTakesSeveralRunsASide(t *testing.T) {
	rates := func(share float64) map[string]float64 {
		return map[string]float64{"pool": 1000 * share, "fasthttp": 2000 * share}
	}
	old1, old2 := savedRun(t, rates(1)), savedRun(t, rates(1.04))
	new1, new2 := savedRun(t, rates(0.95)), savedRun(t, rates(0.99))
	for _, c := range []struct {
		args  []string
		named bool
		floor string
	}{
		{[]string{old1, new1, "--floor", "0.1%"}, true, "a standard deviation of 0.1%: it was assumed"},
		{[]string{old1, new1}, false, "a standard deviation of 2.0%: it was assumed"},
		{[]string{old1, old2, "--", new1, new2}, false, "the intervals are those of the means of runs"},
		{[]string{old1, "--", new1, new2}, false, "the intervals are those of the means of runs"},
	} {
		got := sweetspot(t.Context(), append([]string{"compare", "--threshold", "0%"}, c.args...)...)
		stdout := strings.Join(strings.Fields(got.stdout), " ")
		if named := got.status == 3; named != c.named || !named && got.status != 0 || !strings.Contains(stdout, c.floor) {
			t.Errorf("%q: exit status %d, stderr %q, stdout:\n%s", c.args, got.status, got.stderr, got.stdout)
		}
	}
}

// The floor is measured once and then taken by every comparison on the machine.
func TestFloorIsTakenByCompare(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "floor.json")
	t.Setenv("SWEETSPOT_FLOOR", path)
	args := []string{"floor"}
	for i := range 12 {
		share := 1 + 0.1*float64(i%2) // a deviation of 5%
		args = append(args, savedRun(t, map[string]float64{"pool": 1000 * share, "fasthttp": 2000 * share}))
	}
	if got := sweetspot(t.Context(), "compare", args[1], args[2]); got.status != 2 || !strings.Contains(got.stderr, "no such file") {
		t.Errorf("a file that is named and missing: exit status %d, stderr %q", got.status, got.stderr)
	}
	if got := sweetspot(t.Context(), args...); got.status != 0 || !strings.Contains(got.stdout, "5.0% from run to run, and of 0.0% by what each strategy has of its own: 12 runs") {
		t.Errorf("exit status %d, stdout %q, stderr %q", got.status, got.stdout, got.stderr)
	}
	got := sweetspot(t.Context(), "compare", "--format", "json", args[1], args[2])
	var comparison compare.Comparison
	if err := json.Unmarshal([]byte(got.stdout), &comparison); err != nil {
		t.Fatal(err)
	}
	if f := comparison.Floor; f == nil || f.Runs != 12 || f.Deviation < 0.045 || f.Deviation > 0.055 || f.DF < 10 {
		t.Errorf("floor %+v", f)
	}
	if row := comparison.Rows[0]; row.Verdict != compare.Indistinguishable || *row.Low > 0.95 {
		t.Errorf("10%% apart where runs differ by 5%%: %s, from %g to %g", row.Verdict, *row.Low, *row.High)
	}
}

// bench takes the floor too, and its run says so.
func TestBenchSaysWhichFloorItsIntervalsInclude(t *testing.T) {
	got := sweetspot(t.Context(), "bench", "-s", "pool,sequential", "-n", "4", "-c", "4", "--repeats", "2", "--profile", "instant", "-q",
		"--floor", "3%", "--format", "json")
	if run := got.run(t); run.Floor == nil || run.Floor.Deviation != 0.03 {
		t.Errorf("floor %+v", run.Floor)
	}
}
