package fleet_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sweetspot/bench/fleet"
	"sweetspot/strategies"
	_ "sweetspot/strategies/all"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const version = "v1"

// listen starts a coordinator that is closed when the test ends.
func fleetOf(n int) fleet.Options { return fleet.Options{Agents: n} }

func listen(t *testing.T, o fleet.Options) *fleet.Fleet {
	t.Helper()
	o.Version = version
	if o.Lease == 0 {
		o.Lease = 10 * time.Second // however busy the machine is
	}
	f, err := fleet.Listen(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// An agent is one that serves.
type agent struct {
	stop context.CancelFunc
	err  chan error // gets the error of Serve
}

// serve starts an agent that is stopped when the test ends.
func serve(t *testing.T, f *fleet.Fleet, name string, change ...func(*fleet.AgentOptions)) *agent {
	t.Helper()
	o := fleet.AgentOptions{Join: f.Address(), Token: f.Token(), Name: name, Version: version, Strategies: strategies.Get, Patience: 10 * time.Second}
	for _, c := range change {
		c(&o)
	}
	ctx, stop := context.WithCancel(context.Background())
	a := &agent{stop, make(chan error, 1)}
	var done sync.WaitGroup
	done.Go(func() { a.err <- fleet.Serve(ctx, o) })
	t.Cleanup(func() { stop(); done.Wait() })
	return a
}

func TestAgentsJoinAndAreKnownByTheirNames(t *testing.T) {
	f := listen(t, fleet.Options{Agents: 3})
	for _, name := range []string{"c", "a", "b"} {
		serve(t, f, name, func(o *fleet.AgentOptions) { o.Machine.CPUs = 7 })
	}
	if err := f.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range f.Members() {
		names = append(names, m.Name)
		if m.Version != version || m.Machine.CPUs != 7 || m.Lost {
			t.Errorf("%+v", m)
		}
	}
	if got := strings.Join(names, " "); got != "a b c" {
		t.Errorf("members %s, want a b c", got)
	}
}

func TestAgentsEndWithTheirCoordinator(t *testing.T) {
	f := listen(t, fleet.Options{Agents: 1})
	a := serve(t, f, "a")
	if err := f.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := <-a.err; err != nil {
		t.Errorf("it ends with %v", err)
	}
}

// A beat that crosses the farewell of the coordinator does not make the agent take itself for lost.
func TestAnAgentThatAnswersAClosingCoordinatorEndsWithIt(t *testing.T) {
	t.Parallel()
	f := listen(t, fleet.Options{Agents: 1})
	var log said
	a := serve(t, f, "a", func(o *fleet.AgentOptions) { o.Log = log.say })
	if err := f.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.EndAgents()
	for from := f.Beats(); f.Beats() < from+3; { // the agent answers at least one of them
		time.Sleep(10 * time.Millisecond)
	}
	f.Close()
	if err := <-a.err; err != nil || log.has("taken the agent for lost") {
		t.Errorf("it ends with %v, and says %q", err, log.lines)
	}
}

func TestWhoCannotJoinIsToldWhyAtBothEnds(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fleet.AgentOptions)
		is     error
		agent  string
		at     string
	}{
		"token":   {func(o *fleet.AgentOptions) { o.Token = "nonsense" }, fleet.ErrToken, "wrong token: the coordinator at nats://127.0.0.1:", "127.0.0.1 (wrong token)"},
		"version": {func(o *fleet.AgentOptions) { o.Version = "v2" }, fleet.ErrVersion, "wrong version: agent b has v2, and the coordinator v1: want the same", "agent b (wrong version: it has v2, and this is v1)"},
	} {
		t.Run(name, func(t *testing.T) {
			f := listen(t, fleet.Options{Agents: 2, JoinTimeout: 500 * time.Millisecond})
			serve(t, f, "a")
			b := serve(t, f, "b", c.change)
			if err := <-b.err; !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.agent) {
				t.Errorf("the agent ends with %v, want %q", err, c.agent)
			}
			err := f.Join(t.Context())
			if !errors.Is(err, fleet.ErrTooFew) || !strings.Contains(err.Error(), "1 of 2 agents have joined within 500ms: a; refused: "+c.at) {
				t.Errorf("the coordinator ends with %v", err)
			}
		})
	}
}
