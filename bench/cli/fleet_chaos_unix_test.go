//go:build unix

package cli_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sweetspot/results"
	"sweetspot/server"
)

// fleetChaos is how many seeded runs there are of each fault of an agent.
var fleetChaos = flag.Int("fleet-chaos", 0, "let each fault happen to an agent in so many runs, each at moments drawn by its number; 0 is one run of one fault")

// A hurt is an agent that something happens to, and the network between it and its coordinator.
type hurt struct {
	random *rand.Rand
	agent  *process
	again  func() *process // starts it again
	link   *forwarder
	over   <-chan struct{} // closed when the run is over
}

// wait waits for that long, or until the run is over, and reports whether it is not.
func (h *hurt) wait(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-h.over:
		return false
	}
}

// within returns a random time up to d.
func (h *hurt) within(d time.Duration) time.Duration { return time.Duration(h.random.Int64N(int64(d))) }

// The faults, with what is done to an agent.
var hurts = map[string]func(h *hurt){
	"killed for good": func(h *hurt) { _ = h.agent.Process.Kill() },
	"killed and started again": func(h *hurt) {
		_ = h.agent.Process.Kill()
		if h.wait(h.within(time.Second)) {
			h.agent = h.again()
		}
	},
	"stopped for 5 s": func(h *hurt) {
		_ = h.agent.Process.Signal(syscall.SIGSTOP)
		h.wait(5 * time.Second)
		_ = h.agent.Process.Signal(syscall.SIGCONT)
	},
	"cut off": func(h *hurt) {
		h.link.sever(true)
		if h.wait(time.Second + h.within(8*time.Second)) {
			h.link.sever(false)
		}
	},
	"slow by half": func(h *hurt) {
		for half := 20*time.Millisecond + h.within(300*time.Millisecond); ; {
			_ = h.agent.Process.Signal(syscall.SIGSTOP)
			again := h.wait(half)
			_ = h.agent.Process.Signal(syscall.SIGCONT)
			if !again || !h.wait(half) {
				return
			}
		}
	},
	"with a clock that is an hour ahead": nil, // from its start on
}

// The goodput of the target: a request takes at least a fixed time.
const (
	chaosDelay = 20 * time.Millisecond
	chaosLimit = 12
	tolerance  = 0.4 // the share by which agents may differ on a machine that is busy: a warning says so of a third
)

// Whatever happens to an agent, a run ends, and no figure without a warning is wrong.
func TestFleetNeverGivesAWrongFigureWithoutAWarning(t *testing.T) {
	t.Parallel()
	happening, repeats := hurts, 8
	if *fleetChaos == 0 {
		const one = "killed and started again"
		happening, repeats = map[string]func(*hurt){one: hurts[one]}, 2
	}
	for what, hurt := range happening {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			for seed := range max(1, *fleetChaos) {
				ran := chaos(t, uint64(seed), repeats, hurt, strings.Contains(what, "clock"))
				if !judge(t, ran) {
					t.Errorf("with seed %d: exit status %d\n%s", seed, ran.status, ran.stderr)
				}
			}
		})
	}
}

// chaos runs a comparison with three agents, to one of which something happens, and returns what it left behind.
func chaos(t *testing.T, seed uint64, repeats int, happen func(*hurt), skewed bool) ran {
	srv := startServer(t, server.Config{Delay: chaosDelay})
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, os.Args[0], "bench", "--agents", "3", "--listen", address, "--join-timeout", "20s",
		"-s", "pool,eventloop", "-d", "400ms", "-c", fmt.Sprint(chaosLimit), "--repeats", fmt.Sprint(repeats), "--format", "json", srv.URL())
	var stdout, stderr strings.Builder
	run.Stdout = &stdout
	pipe, err := run.StderrPipe()
	if err == nil {
		err = run.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	h := &hurt{random: rand.New(rand.NewPCG(seed, 1)), link: forwarded(t, address, 0)}
	lines := bufio.NewScanner(pipe)
	token := ""
	for token == "" && lines.Scan() {
		fmt.Fprintln(&stderr, lines.Text())
		_, token, _ = strings.Cut(lines.Text(), "--token-file ")
	}
	lend := func(name, to string, before ...string) *process {
		p := prepare("agent", "--join", "nats://"+to, "--token-file", token, "--name", name, "--patience", "30s")
		if len(before) > 0 {
			p.Path, p.Args = before[0], append(before, p.Args...)
		}
		p.begin(t)
		return p
	}
	others := []*process{lend("one", address), lend("two", address)}
	h.again = func() *process { return lend("hurt", h.link.address()) }
	if skewed {
		h.agent = lend("hurt", h.link.address(), timeNamespace(t)...)
	} else {
		h.agent = h.again()
	}
	over := make(chan struct{})
	h.over = over
	var hurting sync.WaitGroup
	hurting.Go(func() {
		if happen != nil && h.wait(time.Second+h.within(time.Duration(repeats)*500*time.Millisecond)) {
			happen(h)
		}
	})
	for lines.Scan() {
		fmt.Fprintln(&stderr, lines.Text())
	}
	_ = run.Wait() // its status says what became of it
	close(over)
	hurting.Wait()
	if ctx.Err() != nil {
		t.Fatalf("seed %d: it hangs:\n%s", seed, &stderr)
	}
	for _, p := range append(others, h.agent) {
		_ = p.Process.Kill()
		_ = p.Wait()
	}
	return ran{run.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// timeNamespace returns a command that runs another with a clock that is an hour ahead, and skips the test if there is none.
func timeNamespace(t *testing.T) []string {
	command := []string{"unshare", "--time", "--monotonic", "3600", "--boottime", "3600", "--"}
	if path, err := exec.LookPath(command[0]); err == nil {
		command[0] = path
	}
	if out, err := exec.Command(command[0], append(command[1:], "true")...).CombinedOutput(); err != nil {
		if os.Getenv("SWEETSPOT_REQUIRE") != "" {
			t.Fatalf("clocks of their own are required: %v: %s", err, out)
		}
		t.Skipf("no clock of its own for an agent, which needs root and time namespaces: %v: %s", err, out)
	}
	return command
}

// judge checks the run: it has ended by itself and says why if it has no result, and each figure without a warning is right. A machine
// that is busy makes all agents slower alike, so that each agent is the measure of the others.
func judge(t *testing.T, r ran) bool {
	if r.status != 0 && !strings.Contains(r.stderr, "sweetspot: ") {
		t.Error("it ended without a word")
		return false
	}
	if r.stdout == "" {
		return r.status != 0
	}
	var run results.Run
	if err := json.Unmarshal([]byte(r.stdout), &run); err != nil {
		t.Error(err)
		return false
	}
	right := true
	for _, trial := range run.Trials {
		if trial.Error != "" {
			t.Errorf("%s of block %d broke down, though only an agent was hurt: %s", trial.Strategy, trial.Block, trial.Error)
			right = false
		}
		if !trial.MeasuresStrategy() || trial.Error != "" {
			continue
		}
		if wrong := wrongFigure(trial); wrong != "" && len(trial.Warnings) == 0 {
			t.Errorf("%s of block %d, without a warning: %s", trial.Strategy, trial.Block, wrong)
			right = false
		}
	}
	return right
}

// wrongFigure says what is wrong with the figures of a trial, which warnings should say; empty if nothing is.
func wrongFigure(trial results.Trial) string {
	if n := len(trial.Agents); n != 3 {
		return fmt.Sprintf("%d agents, want the 3 of the run", n)
	}
	if most := chaosLimit / chaosDelay.Seconds(); trial.PerSecond > most*(1+tolerance) {
		return fmt.Sprintf("%.0f/s, and the limit allows %.0f/s", trial.PerSecond, most)
	}
	least, most := trial.Succeeded, int64(0)
	for _, a := range trial.Agents {
		least, most = min(least, a.Succeeded), max(most, a.Succeeded)
	}
	if float64(least) < (1-tolerance)*float64(most) {
		return fmt.Sprintf("one agent has made %d requests, another %d", most, least)
	}
	return ""
}
