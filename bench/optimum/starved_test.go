package optimum_test

import (
	"testing"

	"sweetspot/bench/optimum"
)

// sweepWith sweeps the server of that name, whose trials since the ramp are changed first, and returns the conclusion.
func sweepWith(t *testing.T, name string, change func(trial optimum.Trial, o *optimum.Observation)) optimum.Conclusion {
	m := newSite(t, named(name), 256).in(weather{noise: 0.01}, 1)
	_, search := play(optimum.Settings{Max: 256}, func(trial optimum.Trial) optimum.Observation {
		o := m.measure(trial)
		o.Early, o.Late = 0, 0
		if trial.Stage != optimum.Ramp {
			change(trial, &o)
		}
		return o
	})
	return search.Conclude()
}

func TestOnlyWhatTheClientDoesNotExplainIsHarm(t *testing.T) {
	half := func(o *optimum.Observation) { o.PerSecond /= 2 }
	for _, test := range []struct {
		name   string
		change func(trial optimum.Trial, o *optimum.Observation)
		harmed bool
	}{
		{"nothing explains it", func(_ optimum.Trial, o *optimum.Observation) { half(o) }, true},
		{"the client waited as little as before", func(_ optimum.Trial, o *optimum.Observation) { half(o); o.Ready = 0.99 }, true},
		{"the client waited for half of the time", func(_ optimum.Trial, o *optimum.Observation) { half(o); o.Ready = 0.5 }, false},
		{"half as many were in flight at the server", func(_ optimum.Trial, o *optimum.Observation) { half(o); o.AtServer = 0.5 }, false},
		{"it is more than the client explains", func(_ optimum.Trial, o *optimum.Observation) { o.PerSecond /= 4; o.Ready, o.AtServer = 0.7, 0.7 }, true},
		{"the server does it again later", func(trial optimum.Trial, o *optimum.Observation) {
			if trial.Block < 2 {
				half(o)
			}
		}, false},
	} {
		c := sweepWith(t, "1", test.change)
		if got := warning(c, optimum.Harmed) != nil; got != test.harmed {
			t.Errorf("%s: harmed %t, want %t; %s, %v", test.name, got, test.harmed, c.Verdict, c.Warnings)
		}
		if c.Verdict != optimum.Unstable {
			t.Errorf("%s: %s, want it unstable: all became slower", test.name, c.Verdict)
		}
	}
}

func TestOnlyWhatTheClientDoesNotExplainIsABurst(t *testing.T) {
	for ready, burst := range map[float64]bool{0: true, 1: true, 0.99: true, 0.8: false} {
		faded := false
		c := sweepWith(t, "4", func(trial optimum.Trial, o *optimum.Observation) {
			if trial.Block == 2 && !faded {
				faded = true
				o.Early, o.Late, o.Ready = 1.3*o.PerSecond, 0.7*o.PerSecond, ready
			}
		})
		if got := warning(c, optimum.Burst) != nil; got != burst {
			t.Errorf("ready for %.0f%% of the time: a burst %t, want %t", 100*ready, got, burst)
		}
	}
}

// A client that is starved now and then must not be taken for a server that the search has harmed, or that lets bursts pass.
func TestStarvedClientIsNoHarm(t *testing.T) {
	const seeds = 40
	starved := weather{noise: 0.03, gusts: 5, kept: 0.3}
	blind := starved
	blind.blind = true
	changed := func(name string, b budget, w weather) (n int) {
		site := newSite(t, named(name), b.max)
		for seed := range seeds {
			c := site.in(w, uint64(seed))
			found := c.drive(b.search(site, uint64(seed)), b.of(site)).Conclude()
			if warning(found, optimum.Harmed) != nil || warning(found, optimum.Burst) != nil {
				n++
			}
		}
		return n
	}
	atMost := seeds / 20
	for _, name := range []string{"1", "4", "9"} {
		if n := changed(name, brief, starved); n > atMost {
			t.Errorf("server %s: the server changed in %d of %d, want at most %d", name, n, seeds, atMost)
		}
	}
	if n := changed("1", usual, starved); n > atMost {
		t.Errorf("server 1, %s: the server changed in %d of %d, want at most %d", usual.name, n, seeds, atMost)
	}
	if n := changed("1", usual, blind); n <= atMost {
		t.Errorf("only in %d of %d if the client's waiting is not known, so that this test shows nothing", n, seeds)
	}
	if n := changed("scarred", usual, starved); n < seeds/3 {
		t.Errorf("a scarred server, and a client that is starved: said in %d of %d, want at least a third", n, seeds)
	}
}
