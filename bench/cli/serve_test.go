package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/server"
)

// serveWith runs serve to its end and returns what it printed.
func serveWith(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	var out bytes.Buffer
	cmd := newServeCommand()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	err = cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func TestServeTruthIsTheContractsJSON(t *testing.T) {
	got, err := serveWith(t, "--truth", "--capacity", "workers:n=4,service=8ms", "--limits", "1,2,8")
	const want = `{"limits":[{"limit":1,"per_second":125},{"limit":2,"per_second":250},{"limit":8,"per_second":500}],` +
		`"peak":{"limit":4,"per_second":500},"smallest":{"0.95":4,"0.97":4,"0.99":4}}` + "\n"
	if err != nil || got != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestServeTruthOfProfilesAndTheirChanges(t *testing.T) {
	for _, c := range []struct {
		args string
		peak int
		n97  int
	}{
		{"--profile article", 62, 32},
		{"--profile article --delay 0s", 49, 19},
		{"--profile ratelimited", 40, 39},
		{"--profile contended", 1, 1},
		{"--profile humps", 126, 122},
		{"--profile cliff --capacity usl:rate=20,sigma=0,kappa=0.000278", 60, 47},
		{"--capacity usl:rate=20,sigma=0,kappa=0.000277778 --delay 5ms --jitter 10ms", 66, 53},
		{"--delay 100ms --limits 5000", 5000, 4850},
		{"--capacity reject:rate=500,burst=1000 --delay 80ms", 40, 39},
		{"--capacity shaper:rate=500,burst=5000 --delay 80ms", 40, 39},
		{"--capacity usl:rate=20,sigma=0,kappa=0.000277778 --warming f=0.3,tau=8s", 60, 47},
		{"--capacity usl:rate=20,sigma=0,kappa=0.000277778 --scar at=256,to=usl:rate=20,sigma=0,kappa=0.0025", 60, 47},
		{"--capacity usl:rate=20,sigma=0,kappa=0.000277778 --scar at=30,to=usl:rate=20,sigma=0,kappa=0.0025", 29, 28},
	} {
		out, err := serveWith(t, append([]string{"--truth"}, strings.Fields(c.args)...)...)
		if err != nil {
			t.Errorf("%s: %v", c.args, err)
			continue
		}
		var got struct {
			Peak     struct{ Limit int }
			Smallest map[string]int
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil || got.Peak.Limit != c.peak || got.Smallest["0.97"] != c.n97 {
			t.Errorf("%s: got %+v, %v; want the peak at %d and 97%% at %d", c.args, got, err, c.peak, c.n97)
		}
	}
}

func TestServeReportsEveryFaultBeforeItListens(t *testing.T) {
	out, err := serveWith(t, "--addr", "here", "--profile", "articel", "--capacity", "usl:rate=0,sigma=0,kappa=0", "--delay", "-1s",
		"--body", "1", "--fail", "reset=2", "--service-time", "random", "--backlog", "-1", "--limits", "0,20000", "--format", "csv",
		"--warming", "f=0.3", "--scar", "at=0,to=workers:n=1,service=1s")
	if !errors.As(err, new(usageError)) || out != "" {
		t.Fatalf("got %v and output %q, want a usage error and none", err, out)
	}
	lines := strings.Split(err.Error(), "\n")
	for _, want := range []string{`--addr "here": want`, `--profile "articel": want one of article,`, "rate 0: want", "--delay -1s: want",
		"--body 1: want", `reset "2": want`, `--service-time "random": want`, "--backlog -1: want", "--limits 0: want",
		"--limits 20000: want", `--warming "f=0.3": tau is missing`, `--scar "at=0,to=workers:n=1,service=1s": at 0: want`, `--format "csv": want json`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is missing from\n%v", want, err)
		}
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, "--") {
			t.Errorf("%q names no flag", line)
		}
	}
}

func TestServeTruthIsRefusedWhereThereIsNone(t *testing.T) {
	for _, args := range []string{"", "--capacity none", "--profile article --fail reset=1%"} {
		out, err := serveWith(t, append([]string{"--truth"}, strings.Fields(args)...)...)
		if !errors.As(err, new(usageError)) || out != "" {
			t.Errorf("%s: got %v and %q, want a usage error", args, err, out)
		}
	}
}

// It prints its URL and nothing else, answers, and ends with status 0 when it is stopped or when its parent ends.
func TestServeServesUntilItIsStopped(t *testing.T) {
	for _, byParent := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		stdin, parent := io.Pipe()
		stdout, out := io.Pipe()
		cmd := newServeCommand()
		cmd.SetArgs([]string{"--delay", "1ms"})
		if byParent {
			cmd.SetArgs([]string{"--with-parent"})
		}
		cmd.SetIn(stdin)
		cmd.SetOut(out)
		ended := make(chan error, 1)
		go func() {
			ended <- cmd.ExecuteContext(ctx)
			out.Close()
		}()
		lines := bufio.NewReader(stdout)
		url, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.Get(strings.TrimSpace(url) + "-/stats")
		if err != nil {
			t.Fatal(err)
		}
		var stats server.Stats
		if err := json.NewDecoder(response.Body).Decode(&stats); err != nil {
			t.Error(err)
		}
		response.Body.Close()
		if diff := cmp.Diff(server.Stats{Status: map[int]int64{}}, stats); diff != "" {
			t.Error(diff)
		}
		if byParent {
			parent.Close()
		} else {
			cancel()
		}
		if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
			t.Errorf("got more output: %q, %v", rest, err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		cancel()
		parent.Close()
	}
	http.DefaultClient.CloseIdleConnections()
}
