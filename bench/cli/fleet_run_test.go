package cli_test

import (
	"slices"
	"strings"
	"testing"

	"sweetspot/results"
	"sweetspot/server"
)

// attempts is how often a run is made in which no agent may be late for a window, as one is now and then on a busy machine.
const attempts = 10

// punctual runs the program until no agent is late for a window: such a trial is void. It calls reset before each attempt.
func punctual(t *testing.T, reset func(), args ...string) ran {
	t.Helper()
	for range attempts {
		reset()
		if got := sweetspot(t.Context(), args...); !strings.Contains(got.stderr+got.stdout, "is void") {
			return got
		}
	}
	t.Fatalf("an agent was late in each of %d runs", attempts)
	return ran{}
}

// addUp checks that every trial that counts is the sum of what its agents did.
func addUp(t *testing.T, run results.Run, agents int) {
	t.Helper()
	if len(run.Agents) != agents {
		t.Errorf("the run has %d agents, want %d", len(run.Agents), agents)
	}
	for _, trial := range run.Trials {
		var started, succeeded int64
		limit := 0
		for _, a := range trial.Agents {
			started, succeeded, limit = started+a.Started, succeeded+a.Succeeded, limit+a.Limit
			if !slices.ContainsFunc(run.Agents, func(m results.Member) bool { return m.Name == a.Name }) {
				t.Errorf("agent %s is none of the run's", a.Name)
			}
		}
		if started != trial.Started || succeeded != trial.Succeeded || limit != trial.Limit || len(trial.Agents) != min(agents, trial.Limit) {
			t.Errorf("%s at limit %d: %d started, %d succeeded: its agents %+v", trial.Strategy, trial.Limit, trial.Started, trial.Succeeded, trial.Agents)
		}
	}
}

func TestAgentsMakeExactlyTheRequestsThatNginxLogs(t *testing.T) {
	address, logged := nginx(t, "")
	tries := 0 // of which only the last counts every request
	got := punctual(t, func() { tries++ }, "bench", "--agents", "2", "--spawn", "-s", "pool,fasthttp,eventloop", "-n", "401", "-c", "5", "--repeats", "2",
		"--format", "json", address)
	run := got.run(t)
	addUp(t, run, 2)
	for _, trial := range run.Trials {
		if trial.Succeeded != 401 {
			t.Errorf("%s: %d of 401 succeeded: %s", trial.Strategy, trial.Succeeded, trial.FirstError)
		}
	}
	if saw := logged(); got.status != 0 || len(run.Trials) != 6 || saw < 6*401 || tries == 1 && saw > 6*401 {
		t.Errorf("exit status %d, %d trials, nginx logged %d requests: %s", got.status, len(run.Trials), saw, got.stderr)
	}
}

// What is global stays so: each URL of a list is requested as often as with one client, the rate is that of all agents, and a limit
// below their number leaves some of them idle.
func TestAgentsShareListRateAndLimit(t *testing.T) {
	srv := startServer(t, server.Config{})
	for _, c := range []struct {
		args   string
		number int64 // of requests, exactly or at most
		atMost bool
	}{
		{"bench -n 90 -c 9 --repeats 1", 90, false},
		{"bench -n 2 -c 9 --repeats 1", 2, false},
		{"bench -n 90 -c 2 --repeats 1", 90, false},
		{"bench -n 60 -c 9 --repeats 1 --rate 300", 60, false},
		{"bench -n 60 --repeats 1 --rate 300 --arrivals poisson", 60, false},
		{"bench -d 300ms --repeats 1 -c 30 --rate 100 --arrivals constant", 60, true}, // thrice the rate is more
	} {
		got := punctual(t, srv.Reset, append(strings.Fields(c.args), "--agents", "3", "--spawn", "-s", "pool", "--format", "json", srv.URL())...)
		run := got.run(t)
		if got.status != 0 || len(run.Trials) != 1 {
			t.Errorf("%s: exit status %d, %d trials: %s", c.args, got.status, len(run.Trials), got.stderr)
			continue
		}
		trial := run.Trials[0]
		if n := trial.Started; n != c.number && !c.atMost || n > c.number {
			t.Errorf("%s: %d requests, want %d", c.args, n, c.number)
		}
		if saw := srv.Stats().Requests; saw != trial.Started+trial.WarmupRequests {
			t.Errorf("%s: %d requests and %d before, the server saw %d", c.args, trial.Started, trial.WarmupRequests, saw)
		}
		if len(trial.Agents) != int(min(3, trial.Started, int64(trial.Limit))) {
			t.Errorf("%s: made by %+v", c.args, trial.Agents)
		}
	}
}

func TestSweepWithAgentsUsesTheBundledServerAsItsWitness(t *testing.T) {
	got := punctual(t, func() {}, "sweep", "--agents", "3", "--spawn", "-s", "pool", "-d", "100ms", "--limits", "1,3,9", "--budget", "5s", "--profile", "plateau", "--format", "json")
	run := got.run(t)
	if got.status != 0 && !undecided(run) {
		t.Errorf("exit status %d: %s", got.status, got.stderr)
	}
	addUp(t, run, 3)
	for _, trial := range run.Trials {
		fewer := slices.ContainsFunc(trial.Codes, func(c results.WarningCode) bool { return c.Code == results.FewerAgents })
		if !trial.Witnessed || fewer != (trial.Limit == 1) {
			t.Errorf("limit %d: agrees with the server %v, warnings %q", trial.Limit, trial.Witnessed, trial.Warnings)
		}
	}
}

func TestAgentThatCannotReachTheTargetSaysSoInOneLine(t *testing.T) {
	got := sweetspot(t.Context(), "bench", "--agents", "2", "--spawn", "http://127.0.0.1:1/")
	var said []string
	for line := range strings.Lines(got.stderr) {
		if strings.HasPrefix(line, "sweetspot: ") {
			said = append(said, line)
		}
	}
	if got.status != 1 || got.stdout != "" || len(said) != 2 || !strings.Contains(said[0], "agent-1: the target is out of reach: 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused") {
		t.Errorf("exit status %d, stdout %q, stderr:\n%s", got.status, got.stdout, got.stderr)
	}
}

// Programs are strategies on the agents too.
func TestAgentsRunExternalPrograms(t *testing.T) {
	srv := startServer(t, server.Config{}) // which the program only claims to ask
	got := punctual(t, func() {}, "bench", "--agents", "2", "--spawn", external("mine", "honest"), "-s", "mine", "-n", "40", "-c", "4", "--repeats", "1", "--format", "json", srv.URL())
	run := got.run(t)
	if got.status != 0 || len(run.Trials) != 1 || run.Trials[0].Succeeded != 40 || run.Versions["mine"] != "speaker 1.2" {
		t.Errorf("exit status %d, %+v, %v: %s", got.status, run.Trials, run.Versions, got.stderr)
	}
	addUp(t, run, 2)
}
