package fleet_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sweetspot/bench"
)

// seeds is how many runs there are of each fault. Each takes a second or two, most of it waiting.
var seeds = flag.Int("fleet-faults", 1, "runs of each fault that may befall an agent")

// A fault befalls the second agent of a pair at some time of a trial.
type fault struct {
	strike func(p *pair, random *rand.Rand)
	mend   func(t *testing.T, p *pair)
}

var faults = map[string]fault{
	"ended":  {func(p *pair, _ *rand.Rand) { p.b.stop() }, func(t *testing.T, p *pair) { p.serveAgain(t) }},
	"killed": {func(p *pair, _ *rand.Rand) { p.cable.hold(true) }, func(t *testing.T, p *pair) { p.b.stop(); p.cable.cut(); p.cable.hold(false); p.serveAgain(t) }},
	"cut":    {func(p *pair, _ *rand.Rand) { p.cable.cut() }, func(*testing.T, *pair) {}},
	"stopped": {func(p *pair, random *rand.Rand) {
		p.cable.hold(true)
		time.AfterFunc(time.Duration(random.IntN(1000))*time.Millisecond, func() { p.cable.hold(false) })
	}, func(*testing.T, *pair) {}},
}

// Whatever befalls an agent, and when: the figure is right, or the trial is void and says who is the reason, or the session is broken.
// It never hangs, and it is well again when the agent is back.
func TestNoFaultOfAnAgentGivesAWrongFigure(t *testing.T) {
	for name, f := range faults {
		for seed := range *seeds {
			t.Run(fmt.Sprint(name, " ", seed), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(uint64(seed), 0))
				srv := newCounting(t, after(5*time.Millisecond))
				p := newPair(t, time.Second)
				load := bench.Load{URLs: bench.List{srv.URL}, Duration: 300 * time.Millisecond, Warmup: 100 * time.Millisecond}
				s := open(t, p.Fleet, load, 4)
				struck := make(chan struct{})
				time.AfterFunc(time.Duration(random.IntN(1000))*time.Millisecond, func() { f.strike(p, random); close(struck) })
				valid(t, s, load, srv)
				<-struck
				f.mend(t, p)
				for tries := 1; ; tries++ {
					if err := s.Restore(t.Context()); err != nil {
						t.Fatal(err)
					}
					if valid(t, s, load, srv) {
						break
					}
					if tries == 20 { // on a busy machine an agent may be late, or the lease too short
						t.Fatal("it does not get well")
					}
				}
			})
		}
	}
}

// valid makes a trial and reports whether it counts. One that does must have made the requests that the server saw.
func valid(t *testing.T, s bench.Remote, load bench.Load, srv *counting) bool {
	t.Helper()
	before := srv.requests.Load()
	m, err := s.Measure(t.Context(), bench.Order{Load: load, Limit: 4}, nothing)
	if busy(err) || errors.Is(err, bench.ErrVoid) && strings.Contains(err.Error(), "agent b was lost: ") {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	trial, err := m.Report()
	if err != nil {
		t.Fatal(err)
	}
	if made, seen := trial.WarmupRequests+trial.Started, srv.requests.Load()-before; made != seen || len(trial.Agents) != 2 {
		t.Errorf("%d requests made by %d agents, the server saw %d", made, len(trial.Agents), seen)
	}
	return true
}
