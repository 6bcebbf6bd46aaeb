package fleet_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/fleet"
)

// pair is a coordinator with two agents, the second of which is reached through a cable.
type pair struct {
	*fleet.Fleet
	a, b  *agent
	cable *cable
	at    string // by which the second reaches the coordinator
}

func newPair(t *testing.T, lease time.Duration) *pair {
	t.Helper()
	p := &pair{Fleet: listen(t, fleet.Options{Agents: 2, Lease: lease})}
	p.cable, p.at = lay(t, p.Address())
	p.a = serve(t, p.Fleet, "a")
	p.serveAgain(t)
	if err := p.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

// serveAgain starts the second agent.
func (p *pair) serveAgain(t *testing.T) {
	p.b = serve(t, p.Fleet, "b", func(o *fleet.AgentOptions) { o.Join = p.at })
}

// once returns a function of progress that does something once, within the window.
func once(do func()) func(float64) {
	did := false
	return func(share float64) {
		if share > 0 && !did {
			did = true
			do()
		}
	}
}

func TestAnAgentThatIsLostVoidsTheTrialUntilItIsBack(t *testing.T) {
	for name, c := range map[string]struct {
		lease time.Duration
		lose  func(*pair)
		back  func(*testing.T, *pair)
		why   string
	}{
		"ended": {time.Minute, func(p *pair) { p.b.stop() }, func(t *testing.T, p *pair) { p.serveAgain(t) }, "it was ended"},
		"silent": {time.Second, func(p *pair) { p.cable.hold(true) }, func(_ *testing.T, p *pair) { p.cable.hold(false) },
			"it has not been heard of for 1s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newCounting(t, after(5*time.Millisecond))
			p := newPair(t, c.lease)
			load := bench.Load{URLs: bench.List{srv.URL}, Duration: time.Minute}
			s := open(t, p.Fleet, load, 4)
			for tries := 1; ; tries++ {
				lost := false
				m, err := s.Measure(t.Context(), bench.Order{Load: load, Limit: 4}, once(func() { lost = true; c.lose(p) }))
				if lost {
					c.back(t, p)
				}
				if err := s.Restore(t.Context()); err != nil {
					t.Fatal(err)
				}
				said := errors.Is(err, bench.ErrVoid) && strings.Contains(err.Error(), "agent b was lost: "+c.why)
				if said && m != nil && len(m.Agents) == 1 && m.Agents[0].Name == "a" {
					break
				}
				if !busy(err) || tries == 10 {
					t.Fatalf("%v, with %+v: want a void trial, who was lost, and what the other agent measured", err, m)
				}
			}
			load.Duration, load.Completions = 50*time.Millisecond, 10
			if m := measured(t, s, bench.Order{Load: load, Limit: 4}, func() {}); len(m.Agents) != 2 {
				t.Errorf("afterwards there are the agents %+v", m.Agents)
			}
		})
	}
}

func TestACutThatIsMendedInTimeDoesNoHarm(t *testing.T) {
	t.Parallel()
	srv := newCounting(t, after(5*time.Millisecond))
	p := newPair(t, time.Minute)
	load := bench.Load{URLs: bench.List{srv.URL}, Duration: time.Second}
	s := open(t, p.Fleet, load, 4)
	m, err := s.Measure(t.Context(), bench.Order{Load: load, Limit: 4}, once(p.cable.cut))
	// On a busy machine the connection may be back too late for the end of the window.
	if err != nil && !busy(err) || err == nil && len(m.Agents) != 2 {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestALateAgentVoidsTheTrial(t *testing.T) {
	t.Parallel()
	srv := newCounting(t, after(5*time.Millisecond))
	for _, kind := range []string{"window", "shut"} {
		p := newPair(t, time.Minute)
		load := bench.Load{URLs: bench.List{srv.URL}, Duration: 50 * time.Millisecond}
		s := open(t, p.Fleet, load, 4)
		p.cable.holdAt(`"kind":"`+kind+`"`, 500*time.Millisecond)
		_, err := s.Measure(t.Context(), bench.Order{Load: load, Limit: 4}, nothing)
		if !errors.Is(err, bench.ErrVoid) || !strings.Contains(err.Error(), "b was late by ") {
			t.Errorf("%s: %v, want a void trial and who was late", kind, err)
		}
	}
}

func TestAClockThatIsAnHourOffDoesNoHarm(t *testing.T) {
	t.Parallel()
	srv := newCounting(t, after(5*time.Millisecond))
	f := listen(t, fleet.Options{Agents: 2})
	serve(t, f, "a")
	serve(t, f, "b", func(o *fleet.AgentOptions) { *o = o.WithEpoch(time.Now().Add(-time.Hour)) })
	if err := f.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	load := bench.Load{URLs: bench.List{srv.URL}, Duration: 100 * time.Millisecond}
	s := open(t, f, load, 4)
	m := measured(t, s, bench.Order{Load: load, Limit: 4}, func() {})
	for _, one := range f.Members() {
		if off := one.Offset > 30*time.Minute; off != (one.Name == "b") {
			t.Errorf("agent %s: its clock is off by %v", one.Name, one.Offset)
		}
	}
	for _, a := range m.Agents {
		if a.Succeeded == 0 || a.Skew > 1 {
			t.Errorf("%+v", a)
		}
	}
}

// An agent that the coordinator has not heard for too long, although it goes on, learns that it was lost, and comes back.
func TestAnAgentThatWasTakenForLostComesBack(t *testing.T) {
	t.Parallel()
	f, _ := joined(t, fleet.Options{}, "a")
	f.Lose("a")
	for f.Members()[0].Lost {
		time.Sleep(5 * time.Millisecond)
	}
}
