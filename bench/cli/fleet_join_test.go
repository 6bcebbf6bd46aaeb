package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sweetspot/bench/cli"
	"sweetspot/bench/fleet"
	"sweetspot/server"
	"sweetspot/strategies"
)

// A coordinator is a run under way that has the program's agents make its requests.
type coordinator struct {
	join   []string // the command line of its agents
	mu     sync.Mutex
	lines  []string // on stderr
	stdout bytes.Buffer
	ended  chan struct{}
	status int
}

// coordinate begins a run, which must have --agents among its arguments and not --spawn, and returns when it waits for them.
func coordinate(t *testing.T, ctx context.Context, args ...string) *coordinator {
	t.Helper()
	c := &coordinator{ended: make(chan struct{})}
	reader, writer := io.Pipe()
	go func() {
		defer close(c.ended)
		c.status = cli.Run(ctx, args, &c.stdout, writer)
		_ = writer.Close()
	}()
	t.Cleanup(func() { <-c.ended })
	joins := make(chan []string, 1)
	go func() {
		for lines := bufio.NewScanner(reader); lines.Scan(); {
			c.mu.Lock()
			c.lines = append(c.lines, lines.Text())
			c.mu.Unlock()
			if words := strings.Fields(lines.Text()); len(words) > 1 && words[0] == "sweetspot" && words[1] == "agent" {
				joins <- words[1:]
			}
		}
	}()
	select {
	case c.join = <-joins:
	case <-c.ended:
		t.Fatalf("exit status %d: %s", c.status, c.said())
	}
	return c
}

// said returns what the coordinator has printed on stderr so far.
func (c *coordinator) said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.lines, "\n")
}

// late reports whether an agent was late for a window, as on a busy machine, so that a trial is void.
func (c *coordinator) late() bool { return strings.Contains(c.said(), "is void") }

// token returns the path of the file with the token.
func (c *coordinator) token() string { return c.join[4] }

func TestCoordinatorWaitsAndSaysWhoHasNotCome(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	url := startServer(t, server.Config{}).URL()
	c := coordinate(t, ctx, "bench", "--agents", "2", "--join-timeout", "300ms", url)
	<-c.ended
	if c.status != 1 || !strings.HasSuffix(c.said(), "sweetspot: too few agents: 0 of 2 agents have joined within 300ms") {
		t.Errorf("exit status %d: %s", c.status, c.said())
	}
	if _, err := os.Stat(c.token()); !os.IsNotExist(err) {
		t.Errorf("the file of the token is left behind: %v", err)
	}
	c = coordinate(t, ctx, "sweep", "--agents", "2", url)
	cancel()
	<-c.ended
	if c.status != 130 || !strings.HasSuffix(c.said(), "sweetspot: interrupted") {
		t.Errorf("interrupted: exit status %d: %s", c.status, c.said())
	}
}

func TestAgentWithAnotherTokenIsRefusedInOneLine(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := coordinate(t, ctx, "bench", "--agents", "1", startServer(t, server.Config{}).URL())
	address := c.join[2]
	wrong := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(wrong, []byte("0123456789abcdef\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := sweetspot(t.Context(), "agent", "--join", address, "--token-file", wrong)
	if got.status != 1 || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, "wrong token: the coordinator at "+address) {
		t.Errorf("exit status %d, want 1 and one line: %s", got.status, got.stderr)
	}
	await(t, "line of the coordinator", func() bool { return strings.Contains(c.said(), "refused 127.0.0.1: wrong token") })
}

func TestAgentOfAnotherVersionIsRefusedInOneLine(t *testing.T) {
	f, err := fleet.Listen(t.Context(), fleet.Options{Agents: 1, Version: "v0", Token: "0123456789abcdef"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(f.Token()), 0o600); err != nil {
		t.Fatal(err)
	}
	got := sweetspot(t.Context(), "agent", "--join", f.Address(), "--token-file", token)
	if got.status != 1 || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, "and the coordinator v0: want the same") {
		t.Errorf("exit status %d: %s", got.status, got.stderr)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := coordinate(t, ctx, "bench", "--agents", "1", "--token-file", token, startServer(t, server.Config{}).URL())
	err = fleet.Serve(ctx, fleet.AgentOptions{Join: c.join[2], Token: f.Token(), Name: "old", Version: "v0", Strategies: strategies.Get})
	if err == nil {
		t.Error("the agent was not refused")
	}
	await(t, "line of the coordinator", func() bool { return strings.Contains(c.said(), "refused agent old: wrong version: it has v0") })
}

func TestAgentSaysThatNoCoordinatorIsThere(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("0123456789abcdef\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := sweetspot(t.Context(), "agent", "--join", "nats://127.0.0.1:1", "--token-file", token, "--patience", "100ms")
	last := got.stderr[strings.LastIndex(strings.TrimSuffix(got.stderr, "\n"), "\n")+1:]
	if got.status != 1 || !strings.HasPrefix(last, "sweetspot: no coordinator within 100ms: nats://127.0.0.1:1: ") {
		t.Errorf("exit status %d: %s", got.status, got.stderr)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got := sweetspot(ctx, "agent", "--join", "nats://127.0.0.1:1", "--token-file", token); got.status != 130 && got.status != 1 {
		t.Errorf("interrupted: exit status %d: %s", got.status, got.stderr)
	}
}

// Faults of the flags are reported with all others, before anybody is waited for.
func TestRunWithAgentsReportsEveryFaultBeforeItWaits(t *testing.T) {
	for args, want := range map[string][]string{
		"bench --spawn -c 0":                                {"--spawn without --agents", "--limit 0"},
		"sweep --agents 0 --budget 0s":                      {"--agents 0: want from 1 to 1000", "--budget 0s"},
		"bench --agents 2 --listen 0.0.0.0:0":               {"--agents without a URL: want one that every agent reaches, since the bundled server is on this machine"},
		"bench --agents 2 --listen 0.0.0.0:0 /{1..9}":       {"--agents without a URL"},
		"bench --agents 2 --token-file / http://127.0.0.1/": {"--token-file /: a folder: want a file"},
		"agent --join x --token-file /none --external x":    {"--join: want the URL of a NATS server", "--token-file /none", "--external x: want NAME=COMMAND"},
	} {
		got := sweetspot(t.Context(), strings.Fields(args)...)
		if got.status != 2 || got.stdout != "" {
			t.Errorf("%s: exit status %d, stdout %q; want 2 and nothing", args, got.status, got.stdout)
		}
		for _, one := range want {
			if !strings.Contains(got.stderr, one) {
				t.Errorf("%s: want %q in:\n%s", args, one, got.stderr)
			}
		}
	}
}

// A coordinator that cannot begin says by its flag why.
func TestCoordinatorSaysWhyItCannotBegin(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	f, err := fleet.Listen(t.Context(), fleet.Options{Agents: 1, Version: "v0"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	url := startServer(t, server.Config{}).URL()
	for flags, want := range map[string]string{
		"--listen " + taken.Addr().String():                                     "sweetspot: --listen " + taken.Addr().String() + ": NATS server: it cannot listen on ",
		"--nats nats://127.0.0.1:1":                                             "sweetspot: --nats: nats://127.0.0.1:1: ",
		"--nats " + strings.Replace(f.Address(), "://", "://me:secretword@", 1): "sweetspot: --nats: the server does not accept the login",
	} {
		got := sweetspot(t.Context(), strings.Fields("bench --agents 1 "+flags+" "+url)...)
		if got.status != 1 || strings.Count(got.stderr, "\n") != 1 || !strings.HasPrefix(got.stderr, want) || strings.Contains(got.stderr, "secretword") {
			t.Errorf("%s: exit status %d, want %q: %s", flags, got.status, want, got.stderr)
		}
	}
}
