package cli_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/results"
	"sweetspot/server"
)

// A fetched line is what the tests read of an output.
type fetchedLine struct {
	Index int64
	URL   string
	Final bool
	Error *struct{ Class, Message string }
}

// fetchedLines returns the lines of an output, and fails the test if an index is there twice or a line is not whole.
func fetchedLines(t *testing.T, r io.Reader) map[int64]fetchedLine {
	t.Helper()
	all := map[int64]fetchedLine{}
	lines := bufio.NewReader(r)
	for {
		text, err := lines.ReadString('\n')
		if err == io.EOF && text == "" {
			return all
		}
		var l fetchedLine
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatalf("%v in %.100q", err, text)
		}
		if _, twice := all[l.Index]; twice || !l.Final {
			t.Fatalf("index %d is there twice, or not final", l.Index)
		}
		all[l.Index] = l
	}
}

func fetchedFile(t *testing.T, path string) map[int64]fetchedLine {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	return fetchedLines(t, file)
}

func TestFetchWritesALinePerURL(t *testing.T) {
	srv := startServer(t, server.Config{})
	dir := t.TempDir()
	output, runs := filepath.Join(dir, "out.jsonl"), filepath.Join(dir, "runs")
	args := []string{"fetch", "-c", "8", "-o", output, "--out", runs, srv.URL() + "{0..9}{0-9a-e:2}"}
	for i := range 2 {
		got := sweetspot(t.Context(), args...)
		if got.status != 0 || !strings.Contains(got.stdout, "2,250 URLs: ") || strings.Contains(got.stderr, "saved to") != (i == 0) {
			t.Fatalf("exit status %d:\n%s\n%s", got.status, got.stdout, got.stderr)
		}
		if again := "2,250 URLs: all were done before"; strings.Contains(got.stdout, again) != (i == 1) || strings.Contains(got.stdout, "Limit: 8, as given.") != (i == 0) {
			t.Errorf("call %d printed\n%s", i+1, got.stdout)
		}
		if n := len(fetchedFile(t, output)); n != 2250 || srv.Stats().Requests != 2250 {
			t.Errorf("after call %d: %d lines and %d requests, want 2250", i+1, n, srv.Stats().Requests)
		}
	}
	saved, err := filepath.Glob(filepath.Join(runs, "*-fetch*.jsonl"))
	if err != nil || len(saved) != 1 { // the second call has made no request
		t.Fatal(saved, err)
	}
	run, err := results.Load(saved[0])
	if err != nil || run.Command != "fetch" || run.Trials[0].Succeeded != 2250 || len(run.Warnings) > 0 {
		t.Errorf("%v, %+v: want the trial of 2250 requests", err, run)
	}
	for _, view := range [][]string{{"show", saved[0]}, {"report", saved[0], "-o", filepath.Join(dir, "report.html")}, {"compare", saved[0], saved[0]}} {
		if got := sweetspot(t.Context(), view...); got.status != 0 {
			t.Errorf("%v: exit status %d: %s", view, got.status, got.stderr)
		}
	}
}

func TestFetchWarnsThatCredentialsGoToSeveralHosts(t *testing.T) {
	srv := startServer(t, server.Config{})
	urls := filepath.Join(t.TempDir(), "urls.txt")
	if err := os.WriteFile(urls, []byte(srv.URL()+"\n"+strings.Replace(srv.URL(), "127.0.0.1", "localhost", 1)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]bool{"Cookie: a=b": true, "Accept: a/b": false} {
		got := sweetspot(t.Context(), "fetch", "-c", "2", "--format", "json", "-H", header, "--urls", urls, "-o", urls+".out"+header[:3])
		const words = "the header Cookie goes to 2 hosts: send it to one host by --header-for HOST HEADER"
		if got.status != 0 || strings.Contains(got.stderr, words) != want || strings.Contains(got.stdout, words) != want {
			t.Errorf("%s: exit status %d, want the warning: %t\n%s%s", header, got.status, want, got.stdout, got.stderr)
		}
	}
}

func TestFetchToAPipe(t *testing.T) {
	srv := startServer(t, server.Config{})
	got := sweetspot(t.Context(), "fetch", "-c", "2", srv.URL()+"{1..7}")
	if n := len(fetchedLines(t, strings.NewReader(got.stdout))); got.status != 0 || n != 7 || !strings.Contains(got.stderr, "7 URLs: ") {
		t.Errorf("exit status %d, %d lines, want 0 and 7, and the table on stderr:\n%s", got.status, n, got.stderr)
	}
}

func TestFetchPrintsEveryFormat(t *testing.T) {
	srv := startServer(t, server.Config{})
	for format, want := range map[string]string{
		"json": `"urls": 3`, "csv": "host,succeeded", "markdown": "| host", "benchfmt": "Benchmark", "table": "3 URLs: 3 succeeded",
	} {
		output := filepath.Join(t.TempDir(), "out.jsonl")
		if got := sweetspot(t.Context(), "fetch", "-c", "2", "--format", format, "-o", output, srv.URL()+"{1..3}"); got.status != 0 || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: exit status %d, want %s:\n%s%s", format, got.status, want, got.stdout, got.stderr)
		}
	}
}

func TestFetchOfWhatFailsForGood(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	output := filepath.Join(t.TempDir(), "out.jsonl")
	got := sweetspot(t.Context(), "fetch", "-c", "2", "-o", output, srv.URL+"/{1..3}")
	if got.status != 4 || !strings.Contains(got.stderr, "3 of 3 URLs failed for good (status 3): --retry-failed") || len(fetchedFile(t, output)) != 3 {
		t.Errorf("exit status %d, want 4:\n%s", got.status, got.stderr)
	}
}

func TestFetchRefusesInOneLine(t *testing.T) {
	dir := t.TempDir()
	urls := filepath.Join(dir, "urls.txt")
	if err := os.WriteFile(urls, []byte("http://127.0.0.1:9/\nnothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"no URL: want one":                       {},
		"line 2: \"nothing\" is not an http URL": {"--urls", urls, "-o", filepath.Join(dir, "a")},
		"want one of the two":                    {"--urls", urls, "--skip-bad", "http://a/"},
		"--retries -1: want at least 0":          {"--retries", "-1", "http://a/"},
		"need an output that is a file":          {"--bodies", dir, "http://a/"},
		"--limit many: no such file":             {"-c", "many", "-o", filepath.Join(dir, "b"), "http://a/"},
		"--limit 0: want 1 to":                   {"-c", "0", "-o", filepath.Join(dir, "c"), "http://a/"},
		"no-such-folder":                         {"-o", filepath.Join(dir, "no-such-folder", "out"), "http://a/"},
		"--output " + dir + ": want a file":      {"-o", dir, "http://a/"},
		"no other process can call":              {"-s", "python-requests", "-o", filepath.Join(dir, "d"), "http://a/"},
	} {
		got := sweetspot(t.Context(), append([]string{"fetch", "-q"}, args...)...)
		if (got.status != 1 && got.status != 2) || !strings.Contains(got.stderr, want) || strings.Count(strings.TrimSpace(got.stderr), "\n") > 0 {
			t.Errorf("%v: exit status %d and %q, want one line with %q", args, got.status, got.stderr, want)
		}
	}
}

func TestFetchTakesTheLimitOfASweep(t *testing.T) {
	srv := startServer(t, server.Config{})
	dir := t.TempDir()
	run := (&results.Run{Version: results.Version, Command: "sweep", Started: "2026-11-27T10:00:00Z", Optima: []results.Optimum{
		{Strategy: "pool", Limit: 3, Low: 1, High: 4, PerSecond: 100}, {Strategy: "fasthttp", Limit: 2, Low: 1, High: 2, PerSecond: 300},
		{Strategy: "eventloop", Over: results.OverRate, Limit: 500, PerSecond: 500}, // whose limit is a rate
	}}).NonNull()
	file, err := results.Create(dir, run)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(file.Finish(run), file.Close()); err != nil {
		t.Fatal(err)
	}
	for strategy, limit := range map[string]int{"": 2, "fasthttp": 2, "pool": 3} {
		got := sweetspot(t.Context(), "fetch", "-c", file.Path(), "-s", strategy, "--format", "json", "-o", filepath.Join(dir, "out"+strategy), srv.URL()+"{1..20}")
		used := strategy
		if used == "" {
			used = "fasthttp" // whose optimum has the most goodput
		}
		if got.status != 0 || !strings.Contains(got.stdout, fmt.Sprintf(`"strategy": %q`, used)) || !strings.Contains(got.stdout, fmt.Sprintf(`"limit": %d`, limit)) {
			t.Errorf("exit status %d, want %s at limit %d:\n%s%s", got.status, used, limit, got.stdout, got.stderr)
		}
	}
	if got := sweetspot(t.Context(), "fetch", "-c", file.Path(), "-s", "eventloop", "-o", filepath.Join(dir, "x"), srv.URL()); got.status != 2 || !strings.Contains(got.stderr, "names no limit for eventloop") {
		t.Errorf("exit status %d: %s", got.status, got.stderr)
	}
}

// An interrupted fetch says how to go on, and does.
func TestFetchGoesOnAfterAnInterrupt(t *testing.T) {
	var asked atomic.Int64
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 500 {
			interrupt()
			<-r.Context().Done() // it is cut off
		}
	}))
	defer srv.Close()
	output := filepath.Join(t.TempDir(), "out.jsonl")
	args := []string{"fetch", "-c", "4", "-o", output, srv.URL + "/{1..1000}"}
	got := sweetspot(ctx, args...)
	before := len(fetchedFile(t, output))
	if got.status != 130 || before == 0 || before >= 1000 ||
		!strings.Contains(got.stderr, fmt.Sprintf("interrupted: %d of 1,000 URLs are done and have a line in %s: go on with the same command", before, output)) {
		t.Fatalf("exit status %d and %d lines, want 130 and some:\n%s", got.status, before, got.stderr)
	}
	asked.Store(1000)
	if got := sweetspot(t.Context(), args...); got.status != 0 || len(fetchedFile(t, output)) != 1000 || asked.Load() != int64(2000-before) {
		t.Errorf("exit status %d and %d lines, want 0 and 1000:\n%s", got.status, len(fetchedFile(t, output)), got.stderr)
	}
}

var fetchKills = flag.Int("fetch-kills", 4, "kill a fetch so many times before it may end")

// A fetch that is killed at any moment goes on with the same command, and has every index once in the end.
func TestFetchSurvivesKills(t *testing.T) {
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		time.Sleep(time.Millisecond)
		fmt.Fprint(w, strings.Repeat(r.URL.Path, 50))
	}))
	defer srv.Close()
	const limit = 16
	urls := 2000 * max(1, *fetchKills/4)
	output := filepath.Join(t.TempDir(), "out.jsonl")
	args := []string{"fetch", "-q", "-c", fmt.Sprint(limit), "-o", output, fmt.Sprintf("%s/{1..%d}", srv.URL, urls)}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for range *fetchKills {
		moment := asked.Load() + random.Int64N(int64(urls / *fetchKills))
		command := exec.Command(program, args...)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { defer close(ended); _ = command.Wait() }()
		for over := false; !over && asked.Load() < moment; {
			select {
			case <-ended:
				over = true
			case <-time.After(time.Millisecond):
			}
		}
		if command.Process.Kill() == nil {
			killed++
		}
		<-ended
	}
	if got := sweetspot(t.Context(), args...); got.status != 0 {
		t.Fatalf("exit status %d: %s", got.status, got.stderr)
	}
	all := fetchedFile(t, output)
	for i := range int64(urls) {
		if want := fmt.Sprintf("%s/%d", srv.URL, i+1); all[i].URL != want || all[i].Error != nil {
			t.Fatalf("line %d is %+v, want %s", i, all[i], want)
		}
	}
	t.Logf("%d kills; %d URLs in %d requests", killed, urls, asked.Load())
}

// Two processes cannot write to one output: the second says so in a line.
func TestFetchIntoAnOutputThatIsInUse(t *testing.T) {
	began, end := make(chan struct{}), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(began); <-end }))
	defer srv.Close()
	output := filepath.Join(t.TempDir(), "out.jsonl")
	args := []string{"fetch", "-q", "-c", "1", "-o", output, srv.URL}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, args...)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	<-began
	got := sweetspot(t.Context(), args...)
	if got.status != 1 || !strings.Contains(got.stderr, output+": another process has locked it") {
		t.Errorf("exit status %d, want 1 and that another process has it:\n%s", got.status, got.stderr)
	}
	close(end)
	if err := command.Wait(); err != nil {
		t.Error(err)
	}
	if n := len(fetchedFile(t, output)); n != 1 {
		t.Errorf("%d lines, want 1", n)
	}
}

func TestFetchShowsItselfLive(t *testing.T) {
	hold := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/9" {
			<-hold
		}
	}))
	defer srv.Close()
	defer close(hold)
	output := filepath.Join(t.TempDir(), "out.jsonl")
	page, _ := watched(t, "fetch", "-s", "pool", "-c", "2", "--live", "0", "-o", output, srv.URL+"/{1..20}")
	for _, want := range []string{`sweetspot_urls{state="succeeded"} 19`, `sweetspot_requests_succeeded_total{strategy="pool",target=""} 19`} {
		for deadline := time.Now().Add(time.Minute); !strings.Contains(fetch(t, page+"metrics"), want); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("want %s in the metrics:\n%s", want, fetch(t, page+"metrics"))
			}
		}
	}
	if text := fetch(t, page); !strings.Contains(text, "19 of 20") {
		t.Error("the page does not say how many are done")
	}
}
