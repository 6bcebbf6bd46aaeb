package cli_test

import (
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sweetspot/server"
)

// fleetBudget is how long the sweeps of agents that are far away last, and the one of one client.
var fleetBudget = flag.Duration("fleet-budget", 0, "sweep for so long with agents that are far away, and with one client; 0 only compares their counts")

// distances are how long a round trip takes to each of the hosts that are far away.
var distances = []time.Duration{5 * time.Millisecond, 20 * time.Millisecond, 40 * time.Millisecond}

// The ports on which a far host finds the target and the coordinator: those of a forwarder on it.
const (
	farTarget      = "127.0.0.1:8080"
	farCoordinator = "127.0.0.1:4222"
)

// A farHost is a network namespace, whose only way out is an interface to this machine.
type farHost struct{ name, gateway string }

// newFarHost makes the i-th host, until the test ends. Making one needs root, else the test is skipped.
func newFarHost(t *testing.T, i int) farHost {
	t.Helper()
	h := farHost{fmt.Sprintf("sweetspot-%d-%d", os.Getpid(), i), fmt.Sprintf("10.213.%d.1", i)}
	inside, outside := fmt.Sprintf("ss%di%d", os.Getpid(), i), fmt.Sprintf("ss%do%d", os.Getpid(), i)
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", h.name).Run() }) // and its interface with it
	for _, line := range []string{
		"ip netns add " + h.name,
		"ip link add " + outside + " type veth peer name " + inside,
		"ip link set " + inside + " netns " + h.name,
		"ip addr add " + h.gateway + "/30 dev " + outside,
		"ip link set " + outside + " up",
		"ip -n " + h.name + " addr add 10.213." + fmt.Sprint(i) + ".2/30 dev " + inside,
		"ip -n " + h.name + " link set " + inside + " up",
		"ip -n " + h.name + " link set lo up",
	} {
		words := strings.Fields(line)
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			if os.Getenv("SWEETSPOT_REQUIRE") != "" {
				t.Fatalf("network namespaces are required: %s: %v: %s", line, err, out)
			}
			t.Skipf("no network namespaces, which need root and Debian's iproute2: %s: %v: %s", line, err, out)
		}
	}
	return h
}

// run starts the test binary on the host until the test ends.
func (h farHost) run(t *testing.T, args ...string) *process {
	t.Helper()
	p := prepare()
	p.Path, p.Args = "/usr/bin/env", append([]string{"env", "ip", "netns", "exec", h.name, os.Args[0]}, args...)
	if _, err := p.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	p.begin(t)
	t.Cleanup(func() { _ = p.Process.Kill(); _ = p.Wait() })
	return p
}

// farAway has agents on hosts that are far away join a coordinator, and forwards their requests to the target.
func farAway(t *testing.T, c *coordinator, target string) {
	t.Helper()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(c.join[2], "nats://"))
	_, targetPort, _ := net.SplitHostPort(target)
	for i, distance := range distances {
		h := newFarHost(t, i)
		way := fmt.Sprint(distance / 2)
		h.run(t, asForwarder, farTarget, h.gateway+":"+targetPort, way, farCoordinator, h.gateway+":"+port, way)
		h.run(t, "agent", "--join", "nats://"+farCoordinator, "--token-file", c.token(), "--name", fmt.Sprintf("far-%d", i+1))
	}
}

// farServer starts a server that every host reaches, and returns its address.
func farServer(t *testing.T, config server.Config) (*server.Server, string) {
	t.Helper()
	config.Addr = "0.0.0.0:0"
	srv := startServer(t, config)
	u, err := url.Parse(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	return srv, "127.0.0.1:" + u.Port()
}

// What agents count adds up to what the server has, however far away they are; and the one that is nearest makes the most requests. A
// trial in which an agent was late is void, and what was made of it is not known: then it is tried again.
func TestAgentsFarAwayCountEveryRequest(t *testing.T) {
	for attempt := range attempts {
		counted := false
		t.Run(fmt.Sprint("attempt ", attempt+1), func(t *testing.T) { counted = farAwayCount(t) })
		if counted || t.Failed() {
			return
		}
	}
	t.Errorf("an agent was late in each of %d runs", attempts)
}

// farAwayCount makes a run on hosts that are far away, and checks its counts unless an agent was late.
func farAwayCount(t *testing.T) (counted bool) {
	srv, target := farServer(t, server.Config{})
	c := coordinate(t, t.Context(), "bench", "--agents", "3", "--listen", "0.0.0.0:0", "-s", "pool,eventloop", "-d", "300ms", "-c", "12",
		"--repeats", "2", "--format", "json", "http://"+farTarget+"/")
	farAway(t, c, target)
	<-c.ended
	if c.late() {
		return false
	}
	run := ran{c.status, c.stdout.String(), c.said()}.run(t)
	addUp(t, run, len(distances))
	for _, trial := range run.Trials {
		made := map[string]int64{}
		for _, a := range trial.Agents {
			made[a.Name] = a.Started
		}
		if trial.Failures() > 0 || made["far-1"] <= made["far-3"] {
			t.Errorf("%s: %d failed (%s), made by %v", trial.Strategy, trial.Failures(), trial.FirstError, made)
		}
	}
	if made, saw := requests(run), srv.Stats().Requests; c.status != 0 || made != saw {
		t.Errorf("exit status %d: says it made %d requests, the server saw %d\n%s", c.status, made, saw, c.said())
	}
	return true
}

// Three agents that are 5, 20 and 40 ms away find what one client finds that is as far away as they are on average.
func TestAgentsFarAwayAgreeWithOneClient(t *testing.T) {
	if *fleetBudget == 0 {
		t.Skip("it takes minutes: see make fleet")
	}
	profile, err := server.FindProfile("article")
	if err != nil {
		t.Fatal(err)
	}
	_, target := farServer(t, server.Config{Capacity: profile.Capacity, Delay: profile.Delay})
	sweep := []string{"sweep", "-s", "eventloop", "--max", "1024", "--budget", fleetBudget.String(), "--no-brakes", "--format", "json"}
	c := coordinate(t, t.Context(), append(sweep, "--agents", "3", "--listen", "0.0.0.0:0", "http://"+farTarget+"/")...)
	farAway(t, c, target)
	<-c.ended
	agents := ran{c.status, c.stdout.String(), c.said()}.run(t)
	var mean time.Duration
	for _, distance := range distances {
		mean += distance / time.Duration(len(distances))
	}
	near := forwarded(t, target, mean/2)
	client := sweetspot(t.Context(), append(sweep, "http://"+near.address()+"/")...).run(t)
	a, b := agents.Optima[0], client.Optima[0]
	t.Logf("three agents: %s", a.Conclusion())
	t.Logf("one client:   %s", b.Conclusion())
	if a.Verdict != b.Verdict || a.Low >= b.High || b.Low >= a.High {
		t.Errorf("three agents: %s, (%d, %d]; one client: %s, (%d, %d]: want the same verdict and intervals that overlap",
			a.Verdict, a.Low, a.High, b.Verdict, b.Low, b.High)
	}
}
