package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"sweetspot/bench/cli"
	"sweetspot/bench/cli/signals"
	"sweetspot/results"
	"sweetspot/server"
)

// asProgram makes the test binary, when it is started again, run as the program: the bundled server is started that way.
const asProgram = "SWEETSPOT_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == asExternal {
		speak(os.Args[2])
	}
	if len(os.Args) > 2 && os.Args[1] == asForwarder {
		forwardAll(os.Args[2:])
	}
	if os.Getenv(asProgram) != "" && !strings.HasPrefix(os.Args[1], "-test.") { // as a process that fuzzes has it
		note(os.Getenv(startsFile), strings.Join(os.Args[1:], " "))
		os.Exit(cli.Run(signals.Context(), os.Args[1:], os.Stdout, os.Stderr))
	}
	_ = os.Setenv(asProgram, "1")
	os.Exit(withoutFloor(m.Run))
}

// withoutFloor runs the tests with an empty folder for the user's settings: or else the floor of this machine would count.
func withoutFloor(run func() int) int {
	settings, err := os.MkdirTemp("", "sweetspot")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(settings)
	_ = os.Setenv("XDG_CONFIG_HOME", settings)
	return run()
}

// startsFile is the environment variable with the file in which every process that is the program notes its arguments.
const startsFile = "SWEETSPOT_TEST_STARTS"

// note appends a line to the file; an empty path is no file.
func note(path, line string) {
	if path == "" {
		return
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	fmt.Fprintln(file, line)
}

// ran is what a call of the program left behind.
type ran struct {
	status         int
	stdout, stderr string
}

func sweetspot(ctx context.Context, args ...string) ran {
	var stdout, stderr bytes.Buffer
	status := cli.Run(ctx, args, &stdout, &stderr)
	return ran{status, stdout.String(), stderr.String()}
}

// run returns the run that the call printed as JSON.
func (r ran) run(t testing.TB) results.Run {
	t.Helper()
	var run results.Run
	decoder := json.NewDecoder(strings.NewReader(r.stdout))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&run); err != nil {
		t.Fatalf("exit status %d, %v in:\n%s\n%s", r.status, err, r.stdout, r.stderr)
	}
	return run
}

func startServer(t *testing.T, config server.Config) *server.Server {
	t.Helper()
	s, err := server.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// requests returns how many requests a run says it made.
func requests(run results.Run) (n int64) {
	for _, t := range run.Trials {
		n += t.WarmupRequests + t.Started
	}
	return n
}

func TestHelpHasExamplesAndGoesToStdout(t *testing.T) {
	for _, command := range []string{"", "bench", "sweep", "compare", "show", "article", "serve", "strategies"} {
		got := sweetspot(t.Context(), strings.Fields(command+" --help")...)
		if got.status != 0 || !strings.Contains(got.stdout, "Examples:\n  sweetspot") || got.stderr != "" {
			t.Errorf("%s --help: exit status %d, stderr %q, stdout:\n%s", command, got.status, got.stderr, got.stdout)
		}
	}
}

func TestStrategiesListsNamesAndPairs(t *testing.T) {
	got := sweetspot(t.Context(), "strategies")
	for _, name := range []string{"sequential", "pool", "semaphore", "unbounded", "fasthttp", "pool+fasthttp", "semaphore+net/http"} {
		if !strings.Contains(got.stdout, "\n"+name+" ") && !strings.HasPrefix(got.stdout, name+" ") {
			t.Errorf("%s is not listed in:\n%s", name, got.stdout)
		}
	}
}

// Every fault is reported at once, each in one line that names the flag and what would do, before any request.
func TestRunReportsEveryFaultOfItsArguments(t *testing.T) {
	srv := startServer(t, server.Config{})
	file := t.TempDir() + "/urls"
	if err := os.WriteFile(file, []byte("http://127.0.0.1/\nnonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args string
		want []string
	}{
		{"bench " + srv.URL() + " -c 0 --repeats 0 --profile plateau -s pol -H nocolon --decode xml --timeout 0s --rate -1 --format yaml -X G/T --warmup -2s", []string{
			`--limit 0: want at least 1`,
			`--repeats 0: want at least 1`,
			`--strategy: no strategy "pol": did you mean pool?`,
			`--header: "xxxxx": want one such as 'Accept: application/json'`,
			`--decode xml: want json`,
			`--timeout 0s: want at least 1ms`,
			`--rate -1: want more than 0`,
			`--profile plateau beside a URL: want one of the two`,
			`--format "yaml": want one of`,
			`--method "G/T": want a word such as GET`,
			`--warmup -2s: want at least 0s`,
		}},
		{"bench --streams -1 " + srv.URL(), []string{`--streams -1: want at least 1, or 0 for as many as the server allows`}},
		{"bench -n 0 " + srv.URL(), []string{`--requests 0: want at least 1`}},
		{"bench -n 5 -d 1s " + srv.URL(), []string{`--requests beside --duration`}},
		{"bench ftp://x/", []string{`URL ftp://x/: "ftp://x/" is not an http URL: want one such as http://127.0.0.1:8080/`}},
		{"bench 127.0.0.1:8080/x", []string{`"127.0.0.1:8080/x" is not an http URL: want one such as http://127.0.0.1:8080/x`}},
		{"fetch " + file, []string{file + `: a file: want a URL, or --urls ` + file}},
		{"bench --agents two " + srv.URL(), []string{`--agents two: want a whole number`}},
		{"bench --streams 1,x " + srv.URL(), []string{`--streams 1,x: want whole numbers, separated by commas`}},
		{"bench --rate fast --spawn=maybe " + srv.URL(), []string{`--rate fast: want a number`}},
		{"bench -d 5 " + srv.URL(), []string{`--duration 5: want a number with a unit, such as 500ms, 5s or 2m`}},
		{"bench -z 5s " + srv.URL(), []string{`did you mean --duration?`}},
		{"serve --port 8080", []string{`did you mean --addr?`}},
		{"bench http://127.0.0.1:99999/", []string{`port 99999: want 1 to 65535`}},
		{"bench http://127.0.0.1/ä", []string{`want spaces and other than ASCII characters escaped, such as %20`}},
		{"bench --expect status= --expect nothing --expect status==200 " + srv.URL(), []string{
			`--expect: "status=": column 7: unexpected token Operator("=")`, `--expect: "nothing": column 1: unknown name nothing`,
		}},
		{"bench --arrivals steady --rate 5 " + srv.URL(), []string{`--arrivals "steady": want constant or poisson`}},
		{"bench --arrivals poisson " + srv.URL(), []string{`--arrivals poisson without --rate: want the requests that are due per second, such as --rate 100`}},
		{"bench --rate NaN " + srv.URL(), []string{`--rate NaN: want more than 0`}},
		{"sweep --max 10000000 " + srv.URL(), []string{`--max 10000000: `}},
		{"bench http://127.0.0.1/{5..1}", []string{`{5..1}: 5 comes after 1: want {1..5}`}},
		{"bench --urls " + file, []string{`line 2: "nonsense" is not an http URL`}},
		{"bench --urls " + file + " " + srv.URL(), []string{`want one of the two`}},
		{"bench --urls /nowhere", []string{`--urls /nowhere: no such file`}},
		{"bench --body @/nowhere " + srv.URL(), []string{`--body: /nowhere: no such file`}},
		{"bench --out /dev/null/x " + srv.URL(), []string{`--out /dev/null/x: `, `want a folder that can be written to`}},
		{"bench --profile nonesuch", []string{`--profile "nonesuch": want one of article, `}},
		{"bench -c 10000000 " + srv.URL(), []string{`--limit 10000000: `, `the limit on open files is`}},
		{"sweep --min 9 --max 3 --share 1 --budget 0s -s sequential " + srv.URL(), []string{
			`--min 9 --max 3: want 1 <= min <= max`, `--share 1: want a share between 0 and 1`,
			`--budget 0s: want more than 0s`, `--strategy sequential: has one request in flight`,
		}},
		{"sweep --slo p97=1s " + srv.URL(), []string{`--slo p97=1s: want mean, p50, p90, p95, p99, p999 or max and a duration, such as p99=200ms`}},
		{"sweep --limits 1,4 --max 8 " + srv.URL(), []string{`--limits beside --min or --max`}},
		{"sweep --limits 0,4 " + srv.URL(), []string{`--limits 0: want each at least 1`}},
		{"bench -s pool, " + srv.URL(), []string{`--strategy: an empty name`}},
		{"bench -s pool, fasthttp " + srv.URL(), []string{`2 arguments, ["fasthttp" "` + srv.URL() + `"]: want one URL at most, and --urls FILE for more`}},
		{"help frobnicate", []string{`unknown command "frobnicate": want one of agent, article, bench, `}},
		{"benhc", []string{`unknown command "benhc": did you mean bench?`}},
		{"frobnicate", []string{`unknown command "frobnicate": want one of agent, article, bench, `}},
		{"strategies x", []string{`"x": sweetspot strategies takes flags only, see 'sweetspot strategies --help'`}},
		{"bench --limt 5", []string{`unknown flag: --limt: did you mean --limit or --live?`}},
		{"bench --concurrency 5", []string{`unknown flag: --concurrency: did you mean --limit?`}},
		{"bench --connections=5", []string{`unknown flag: --connections: did you mean --limit?`}},
		{"sweep -c 5", []string{`unknown shorthand flag: 'c' in -c: sweep seeks the limit: want --limits for certain ones, or 'bench -c N' for a single one`}},
		{"sweep --concurrency 5", []string{`unknown flag: --concurrency: did you mean --limits?`}},
		{"sweep --limit 5", []string{`unknown flag: --limit: did you mean --limits?`}},
		{"bench -k", []string{`unknown shorthand flag: 'k' in -k: did you mean --insecure?`}},
		{"bench -limit 5", []string{`unknown shorthand flag: 'l' in -limit: did you mean --limit?`}},
		{"bench -y", []string{`unknown shorthand flag: 'y' in -y: see 'sweetspot bench --help'`}},
		{"bench -y", []string{`unknown shorthand flag: 'y' in -y: see 'sweetspot bench --help'`}},
		{"serve --limits 1,2", []string{`--limits without --truth: want both`}},
		{"bench --color sometimes --max-error-rate 100% -s pool --require limit(pool)>5 --require p99(pol)<1s --require p99 " + srv.URL(), []string{
			`--color "sometimes": want auto, always or never`,
			`--max-error-rate "100%": want a share such as 1% or 0.01`,
			`--require "limit(pool)>5": column 1: limit(pool) is for a sweep`,
			`--require "p99(pol)<1s": column 1: p99(pol) is not to be run: want one of pool`,
			`--require "p99": column 4: want (STRATEGY) after p99 at the end`,
		}},
		{"sweep -s pool --require per_second(sequential)>1 " + srv.URL(), []string{`per_second(sequential) is not to be run: want one of pool`}},
		{"article --repeats 0 --budget 0s --out /dev/null/x -o /dev/null/y/z", []string{
			`--repeats 0: want at least 1`, `--budget 0s: want more than 0s`, `--out /dev/null/x: `, `--output /dev/null/y: `,
		}},
		{"article -o /tmp", []string{`--output /tmp: is a folder: want a file, such as results/ARTICLE.md`}},
		{"article --quick --repeats 3", []string{`--quick beside --repeats or --budget: want one or the other`}},
	} {
		got := sweetspot(t.Context(), strings.Fields(test.args)...)
		if got.status != 2 || got.stdout != "" {
			t.Errorf("%s: exit status %d, stdout %q; want 2 and nothing", test.args, got.status, got.stdout)
		}
		for _, want := range test.want {
			if !strings.Contains(got.stderr, want) {
				t.Errorf("%s: want %q in:\n%s", test.args, want, got.stderr)
			}
		}
	}
	if got := srv.Stats().Requests; got > 0 {
		t.Errorf("%d requests were made, want none before the input is right", got)
	}
}

func TestBenchOfAnUnreachableTargetFailsInOneLine(t *testing.T) {
	got := sweetspot(t.Context(), "bench", "http://127.0.0.1:1/")
	if got.status != 1 || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, "connection refused") {
		t.Errorf("exit status %d, stdout %q, stderr %q", got.status, got.stdout, got.stderr)
	}
}

func TestBenchAndSweepOfATargetThatOnlyFailsSayWhy(t *testing.T) {
	for _, command := range []string{"bench", "sweep"} {
		srv := startServer(t, server.Config{Fail: server.Failures{Status500: 1}})
		got := sweetspot(t.Context(), command, "-s", "pool", "-d", "50ms", srv.URL())
		if got.status != 1 || got.stdout != "" || !strings.Contains(got.stderr, "no request succeeded: pool: HTTP status 500") {
			t.Errorf("%s: exit status %d, stdout %q, stderr %q", command, got.status, got.stdout, got.stderr)
		}
	}
}

func TestBenchOfBatchesIsExactAndAgreesWithTheServer(t *testing.T) {
	srv := startServer(t, server.Config{Delay: 2 * time.Millisecond})
	got := sweetspot(t.Context(), "bench", "-s", "pool,semaphore,fasthttp,eventloop", "-n", "103", "-c", "10", "--repeats", "3",
		"--format", "json", "--seed", "7", srv.URL())
	run := got.run(t)
	if got.status != 0 || len(run.Trials) != 12 || run.Seed != 7 {
		t.Fatalf("exit status %d, %d trials, seed %d: want 0, 12 and 7\n%s", got.status, len(run.Trials), run.Seed, got.stderr)
	}
	for _, trial := range run.Trials {
		if trial.Started != 103 || trial.Succeeded != 103 || trial.Limit != 10 || trial.Connections > 10 {
			t.Errorf("trial %+v, want 103 requests over at most 10 connections", trial)
		}
	}
	if stats := srv.Stats(); stats.Requests != 12*103 || stats.PeakInFlight != 10 || stats.Connections <= 40 || stats.Connections > 120 {
		t.Errorf("the server saw %+v, want %d requests, 10 at once, and connections of its own for each batch", stats, 12*103)
	}
}

func TestBenchAndSweepAgreeWithTheServer(t *testing.T) {
	srv := startServer(t, server.Config{Delay: 2 * time.Millisecond, Seed: 3, Fail: server.Failures{Status500: 0.1}})
	for _, args := range [][]string{
		{"bench", "-s", "sequential,pool,fasthttp", "-d", "100ms", "-c", "7", "--repeats", "2"},
		{"sweep", "-s", "pool", "-d", "50ms", "--limits", "1,2,4", "--budget", "3s"},
	} {
		srv.Reset()
		got := sweetspot(t.Context(), append(args, "--format", "json", srv.URL())...)
		run := got.run(t)
		if got.status != 0 && !undecided(run) {
			t.Errorf("%v: exit status %d: %s", args, got.status, got.stderr)
		}
		if made, saw := requests(run), srv.Stats().Requests; made != saw {
			t.Errorf("%v: says it made %d requests, the server saw %d", args, made, saw)
		}
	}
}

func TestBenchWithoutURLUsesTheBundledServer(t *testing.T) {
	got := sweetspot(t.Context(), "bench", "-s", "pool", "-d", "50ms", "-c", "4", "--repeats", "2", "--profile", "plateau", "--format", "csv")
	if got.status != 0 || strings.Count(got.stdout, "\npool,4,") != 2 || strings.Contains(got.stderr, "the server saw") {
		t.Errorf("exit status %d, stdout:\n%s\nstderr:\n%s", got.status, got.stdout, got.stderr)
	}
}

func TestBenchOfAPathUsesTheBundledServer(t *testing.T) {
	run := sweetspot(t.Context(), "bench", "-s", "fasthttp", "-n", "36", "--repeats", "1", "--profile", "instant", "--format", "json", "/{0-9a-z}").run(t)
	if trial := run.Trials[0]; trial.Succeeded != 36 || !strings.HasSuffix(run.Target, "/{0-9a-z}") || run.PeakMemory == 0 {
		t.Errorf("target %q, %d bytes of memory, trial %+v", run.Target, run.PeakMemory, trial)
	}
}

func TestBenchRequestsTheURLsOfAFileInTurn(t *testing.T) {
	srv := startServer(t, server.Config{})
	file := t.TempDir() + "/urls"
	list := fmt.Sprintf("# two\n%slogin\n\n%sprivate\n", srv.URL(), srv.URL())
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	run := sweetspot(t.Context(), "bench", "-s", "sequential", "-n", "10", "--repeats", "1", "--urls", file, "--format", "json").run(t)
	if trial := run.Trials[0]; trial.Succeeded != 10 || run.Target != file {
		t.Errorf("target %q, trial %+v: want 10 of 10, the session's cookie kept", run.Target, trial)
	}
}
