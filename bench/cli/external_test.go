package cli_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"sweetspot/server"
)

// asExternal makes the test binary, when it is its first argument, be a program that speaks the protocol of external
// strategies. The second argument says how honest it is.
const asExternal = "as-external"

// speak makes requests one after the other, and exits.
func speak(manner string) {
	began := time.Now()
	now := func() int64 { return int64(time.Since(began)) }
	say := func(format string, args ...any) { fmt.Printf(format+"\n", args...) }
	if manner == "broken" {
		fmt.Fprintln(os.Stderr, "no module named x")
		os.Exit(1)
	}
	most := 1
	if manner == "crashing" {
		most = 0 // so that it may be swept
	}
	version := "speaker 1.2"
	if manner == "telling" {
		version += obeyed + strings.Join(os.Args[3:], " ")
	}
	hello, _ := json.Marshal(version)
	say(`{"hello":{"protocol":1,"version":%s,"most":%d}}`, hello, most)
	made := 0
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if manner == "telling" { // all that it is told, as a program that logs what it does
			fmt.Fprintln(os.Stderr, obeyed, os.Args, lines.Text())
		}
		var message struct {
			Open, Stop, Close *struct{}
			Start             *struct {
				First int64
				URLs  []string
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &message); err != nil || message.Close != nil {
			os.Exit(0)
		}
		switch {
		case manner == "telling" && message.Start != nil:
			reason, _ := json.Marshal(fmt.Sprint(obeyed, "no answer from ", message.Start.URLs[0], os.Args[3:]))
			say(`{"error":%s}`, reason)
		case message.Open != nil:
			say(`{"opened":{}}`)
		case message.Start != nil:
			for i, url := range message.Start.URLs {
				start := now()
				for range map[string]int{"honest": 1, "crashing": 1, "twice": 2}[manner] {
					get(url)
				}
				if made++; manner == "crashing" && made == 30 {
					fmt.Fprintln(os.Stderr, "ValueError: thirty")
					os.Exit(4)
				}
				say(`{"done":{"now":%d,"outcomes":[[%d,%d,%d,200,1]]}}`, now(), message.Start.First+int64(i), start, max(1, now()-start))
			}
		case message.Stop != nil:
			say(`{"stopped":{"connections":1}}`)
		}
	}
	os.Exit(0)
}

func get(url string) {
	response, err := http.Get(url)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
}

// external is the flag that adds the speaker under a name.
func external(name, manner string) string {
	return fmt.Sprintf("--external=%s='%s' %s %s", name, os.Args[0], asExternal, manner)
}

func TestExternalProgramRunsBesideTheOthers(t *testing.T) {
	srv := startServer(t, server.Config{Delay: time.Millisecond})
	got := sweetspot(t.Context(), "bench", external("mine", "honest"), "-s", "mine,sequential", "-d", "100ms", "-c", "4", "--repeats", "2",
		"--format", "json", srv.URL())
	run := got.run(t)
	if got.status != 0 || len(run.Strategies) != 2 || run.Versions["mine"] != "speaker 1.2" {
		t.Fatalf("exit status %d, versions %v, %d rows\n%s", got.status, run.Versions, len(run.Strategies), got.stderr)
	}
	for _, trial := range run.Trials {
		if trial.Limit != 1 || trial.Succeeded == 0 || trial.Strategy == "mine" && (trial.Memory == 0 || trial.CPU == 0) {
			t.Errorf("trial %+v, want requests one at a time, and what the program used", trial)
		}
	}
	if made, saw := requests(run), srv.Stats().Requests; made != saw {
		t.Errorf("the run says that it made %d requests, the server saw %d", made, saw)
	}
}

func TestExternalProgramIsAmongAllWithoutBeingNamed(t *testing.T) {
	srv := startServer(t, server.Config{})
	got := sweetspot(t.Context(), "bench", external("mine", "honest"), "-n", "5", "--repeats", "1", "--format", "csv", srv.URL())
	for _, row := range []string{"\nmine,1,", "\npool,60,"} {
		if got.status != 0 || !strings.Contains(got.stdout, row) {
			t.Errorf("exit status %d, want a row %q in:\n%s%s", got.status, row, got.stdout, got.stderr)
		}
	}
}

// One that crashes in its first trials is dropped, and its row says why. The others go on.
func TestExternalProgramThatCrashesIsAnErrorOnItsRow(t *testing.T) {
	got := sweetspot(t.Context(), "bench", external("mine", "crashing"), "-s", "mine,pool", "-n", "20", "--warmup", "1ns", "--repeats", "3", "-c", "2",
		"--profile", "instant", "--format", "json")
	run := got.run(t)
	trials := map[string]int{}
	for _, trial := range run.Trials {
		trials[trial.Strategy]++
	}
	if got.status != 0 || trials["pool"] != 3 || trials["mine"] < 1 || trials["mine"] > 2 { // the warm-up may take a few of its requests
		t.Errorf("exit status %d, trials %v, want 3 of pool and 1 or 2 of mine\n%s", got.status, trials, got.stderr)
	}
	for _, s := range run.Strategies {
		want := map[string]string{"mine": "it ended with exit status 4; standard error: ValueError: thirty"}[s.Strategy]
		if s.Error != want || (s.PerSecond > 0) != (want == "") {
			t.Errorf("%s: error %q, goodput %g, want %q", s.Strategy, s.Error, s.PerSecond, want)
		}
	}
}

func TestExternalProgramThatCrashesEndsOnlyItsSearch(t *testing.T) {
	for _, n := range []string{"40", "20"} { // it crashes in the first trial, or the second
		got := sweetspot(t.Context(), "sweep", external("mine", "crashing"), "-s", "mine,pool", "-n", n, "--limits", "1,2", "--profile", "instant")
		for _, want := range []string{
			" broke down: it ended with exit status 4; standard error: ValueError: thirty",
			"mine: no limit can be named: it broke down: it ended with exit status 4",
			"\npool: ",
		} {
			if got.status != 1 || !strings.Contains(got.stdout, want) {
				t.Errorf("exit status %d, want 1 and %q in:\n%s\n%s", got.status, want, got.stdout, got.stderr)
			}
		}
	}
	got := sweetspot(t.Context(), "sweep", external("mine", "crashing"), "-s", "mine", "-n", "40", "--limits", "1,2", "--profile", "instant")
	if want := "no request succeeded: mine: it ended with exit status 4"; got.status != 1 || !strings.Contains(got.stderr, want) {
		t.Errorf("exit status %d, stderr %q, want 1 and %q", got.status, got.stderr, want)
	}
}

func TestExternalProgramThatCrashesAloneIsAFailure(t *testing.T) {
	got := sweetspot(t.Context(), "bench", external("mine", "crashing"), "-s", "mine", "-n", "40", "--profile", "instant")
	if want := "sweetspot: no request succeeded: mine: it ended with exit status 4; standard error: ValueError: thirty\n"; got.status != 1 || got.stderr != want {
		t.Errorf("exit status %d, stderr %q, want 1 and %q", got.status, got.stderr, want)
	}
	got = sweetspot(t.Context(), "bench", external("mine", "crashing"), "-s", "mine", "-n", "20", "-c", "2", "--warmup", "1ns", "--profile", "instant")
	if want := "mine: it ended with exit status 4"; got.status != 1 || !strings.Contains(got.stderr, want) {
		t.Errorf("exit status %d, stderr %q, want 1 and %q", got.status, got.stderr, want)
	}
}

// The bundled server's counts expose a program that reports requests that it has not made, or makes requests that it does
// not report.
func TestExternalProgramThatMiscountsIsAnErrorOnItsRow(t *testing.T) {
	for manner, saw := range map[string]int{"lying": 0, "twice": 40} {
		run := sweetspot(t.Context(), "bench", external("mine", manner), "-s", "mine,pool", "-n", "20", "--repeats", "2", "-c", "1",
			"--profile", "instant", "--format", "json").run(t)
		for _, s := range run.Strategies {
			want := ""
			if s.Strategy == "mine" {
				want = fmt.Sprintf("it says that it made 20 requests, the server saw %d", saw)
			}
			if !strings.HasPrefix(s.Error, want) || (s.Error == "") != (want == "") || (s.PerSecond == 0) != (want != "") {
				t.Errorf("%s: %s: error %q at %g/s, want %q", manner, s.Strategy, s.Error, s.PerSecond, want)
			}
		}
	}
}

func TestExternalProgramThatCannotRunIsReportedFirst(t *testing.T) {
	srv := startServer(t, server.Config{})
	for _, test := range []struct {
		flag   string
		status int
		want   string
	}{
		{"mine", 2, "--external mine: want NAME=COMMAND, such as 'mine=python3 client.py'"},
		{"mine=", 2, "--external mine=: an empty command: want a program and its arguments"},
		{"mine=''", 2, "an empty command"},
		{"mine='x", 2, "a quote is not closed, or a backslash ends the command"},
		{"Mine=true", 2, `--external Mine=true: name "Mine": want lower case letters, digits and + - _ .`},
		{"a,b=true", 2, `name "a,b"`},
		{"pool=true", 2, "--external pool=true: the name pool is taken"},
		{"mine=sweetspot-nonesuch -v", 2, `exec: "sweetspot-nonesuch": executable file not found in $PATH`},
		{"mine=/dev/null", 2, `exec: "/dev/null": permission denied`},
		{"mine=true", 1, "--external mine: it ended with exit status 0"},
		{"mine='" + os.Args[0] + "' " + asExternal + " broken", 1, "--external mine: it ended with exit status 1; standard error: no module named x"},
	} {
		got := sweetspot(t.Context(), "bench", "--external", test.flag, srv.URL())
		if got.status != test.status || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, test.want) || got.stdout != "" {
			t.Errorf("%s: exit status %d, stdout %q, want %d and in one line %q:\n%s", test.flag, got.status, got.stdout, test.status, test.want, got.stderr)
		}
	}
	got := sweetspot(t.Context(), "sweep", external("mine", "honest"), "-s", "mine", srv.URL())
	if got.status != 2 || !strings.Contains(got.stderr, "--strategy mine: has one request in flight whatever the limit") {
		t.Errorf("a sweep of one that has one request in flight: exit status %d: %s", got.status, got.stderr)
	}
}
