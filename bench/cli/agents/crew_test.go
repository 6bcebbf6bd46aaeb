package agents

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sweetspot/bench/cli/child"
)

// asAgent makes the test binary, when it is started again, an agent that notes its start in a file and fails or stays.
const asAgent = "SWEETSPOT_TEST_AS_AGENT"

func TestMain(m *testing.M) {
	if len(os.Args) < 2 || os.Args[1] != "agent" {
		os.Exit(m.Run())
	}
	how, notes, _ := strings.Cut(os.Getenv(asAgent), " ")
	file, err := os.OpenFile(notes, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(file, strings.Join(os.Args[1:], " "))
	_ = file.Close()
	if how == "fail" {
		fmt.Fprintln(os.Stderr, "sweetspot: it cannot be done")
		os.Exit(1)
	}
	ctx, cancel := child.WithParent(context.Background(), os.Stdin)
	defer cancel()
	fmt.Fprint(os.Stderr, "it waits\nit waits yet\n")
	<-ctx.Done()
	os.Exit(0)
}

// A heard collects what a crew says.
type heard struct {
	mu    sync.Mutex
	lines []string
}

func (h *heard) tell(line string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lines = append(h.lines, line)
}

// begin starts a crew of agents that fail or stay, and returns how to read the command lines with which they were started.
func begin(t *testing.T, n int, how string, tell func(string), fail context.CancelCauseFunc) (*crew, func() []string) {
	t.Helper()
	notes := filepath.Join(t.TempDir(), "notes")
	t.Setenv(asAgent, how+" "+notes)
	c, err := startCrew(n, []string{"agent", "--join", "nats://127.0.0.1:1"}, tell, fail)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stop)
	return c, func() []string {
		text, _ := os.ReadFile(notes)
		return strings.Split(strings.TrimSpace(string(text)), "\n")
	}
}

func TestCrewHasANameForEachAgentAndEndsThem(t *testing.T) {
	c, started := begin(t, 2, "stay", func(line string) { t.Error(line) }, nil)
	c.complete()
	c.stop()
	for _, s := range c.agents {
		select {
		case <-s.process.Ended():
		default:
			t.Errorf("%s has not ended", s.name)
		}
	}
	lines := strings.Join(started(), "\n") // in any order; one that was stopped before it began has none
	for _, line := range strings.Split(lines, "\n") {
		if line != "" && !strings.HasPrefix(line, "agent --join nats://127.0.0.1:1 --name agent-") {
			t.Errorf("started by %q", line)
		}
	}
}

func TestCrewSaysWhatItsAgentsSaidLast(t *testing.T) {
	c, _ := begin(t, 2, "stay", func(line string) { t.Error(line) }, nil)
	const want = "\nagent-1: it waits yet\nagent-2: it waits yet"
	<-waitUntil(func() bool { return c.said() == want }, t.Context().Done())
}

func TestCrewFailsWithWhatAnAgentSaysThatCannotJoin(t *testing.T) {
	ctx, fail := context.WithCancelCause(t.Context())
	begin(t, 1, "fail", func(line string) { t.Error(line) }, fail)
	<-ctx.Done()
	want := "agent-1 has ended (exit status 1)\nagent-1: it cannot be done"
	if err := context.Cause(ctx); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestCrewStartsAnAgentAgainAFewTimes(t *testing.T) {
	var said heard
	over := make(chan struct{})
	c, started := begin(t, 1, "stay", func(line string) {
		said.tell(line)
		if strings.Contains(line, "is not started any more") {
			close(over)
		}
	}, nil)
	c.complete()
	for range mostStarts {
		c.mu.Lock()
		process := c.agents[0].process
		c.mu.Unlock()
		_ = process.Stop(0)
		select {
		case <-over:
		case <-waitUntil(func() bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.agents[0].process != process
		}, over):
		}
	}
	<-over
	if len(said.lines) != mostStarts || !strings.Contains(said.lines[0], "agent-1 has ended (signal: killed), and is started again") {
		t.Errorf("said %q", said.lines)
	}
	if n := len(started()); n > mostStarts {
		t.Errorf("started %d times, want at most %d", n, mostStarts)
	}
}

func TestTailKeepsTheLastLines(t *testing.T) {
	var tail tail
	for i := range 3 * tailLines {
		fmt.Fprintf(&tail, "line %d %s\n\n", i, strings.Repeat("x", mostTail/tailLines/2))
	}
	lines := strings.Split(strings.TrimPrefix(tail.lines("a"), "\n"), "\n")
	if len(lines) != tailLines || !strings.HasPrefix(lines[0], "a: line 20 ") || len(tail.text) > mostTail {
		t.Errorf("%d lines of %d bytes, the first %.20q", len(lines), len(tail.text), lines[0])
	}
}

// waitUntil returns a channel that is closed when the condition holds, or the other one is closed.
func waitUntil(holds func() bool, or <-chan struct{}) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for !holds() {
			select {
			case <-tick.C:
			case <-or:
				return
			}
		}
	}()
	return done
}
