package optimum_test

import (
	"math"
	"slices"
	"testing"

	"sweetspot/bench/optimum"
)

// warning returns the conclusion's warning with that code, or nil.
func warning(c optimum.Conclusion, code optimum.Code) *optimum.Warning {
	i := slices.IndexFunc(c.Warnings, func(w optimum.Warning) bool { return w.Code == code })
	if i < 0 {
		return nil
	}
	return &c.Warnings[i]
}

func TestSearchMeasuresTheRampAgainInRandomOrder(t *testing.T) {
	trials, _ := play(optimum.Settings{Max: 64}, newSite(t, named("1"), 4096).exactly)
	var again []int
	for _, trial := range trials {
		if trial.Block == 1 {
			again = append(again, trial.Limit)
		}
	}
	if slices.IsSorted(again) {
		t.Errorf("the second time in the order %v", again)
	}
	if slices.Sort(again); !slices.Equal(again, ramp(trials)) {
		t.Errorf("the second time %v, want every limit of the ramp", again)
	}
}

// What the ramp measured of a server that warms up would make small limits look bad.
func TestSearchConcludesNothingFromTheRampOnceItIsRepeated(t *testing.T) {
	site := newSite(t, named("4"), 512)
	conclude := func(cold float64) optimum.Conclusion {
		_, search := play(optimum.Settings{Max: 512}, func(trial optimum.Trial) optimum.Observation {
			o := site.exactly(trial)
			if trial.Stage == optimum.Ramp {
				o.PerSecond *= 1 - cold*math.Exp(-float64(trial.Limit)/100)
			}
			return o
		})
		return search.Conclude()
	}
	warm, cold := conclude(0), conclude(0.1)
	if warm.Limit != cold.Limit || warm.Low != cold.Low || warm.High != cold.High {
		t.Errorf("use %d of (%d, %d], want %d of (%d, %d] as of a server that was warm", cold.Limit, cold.Low, cold.High, warm.Limit, warm.Low, warm.High)
	}
}

func TestSearchSeesADriftSinceTheRamp(t *testing.T) {
	m := newSite(t, named("1"), 4096).in(weather{noise: 0.005}, 1)
	_, search := play(optimum.Settings{}, func(trial optimum.Trial) optimum.Observation {
		o := m.measure(trial)
		if trial.Block == 0 {
			o.PerSecond *= 1.2
		}
		return o
	})
	if c := search.Conclude(); warning(c, optimum.Drift) == nil || c.Verdict != optimum.Unstable {
		t.Errorf("%s, warnings %v; want a drift, since all was 20%% faster at first", c.Verdict, c.Warnings)
	}
}

func TestSearchSaysWhatTheServerCouldDoBeforeItWasHarmed(t *testing.T) {
	site := newSite(t, named("scarred"), 4096)
	m := site.in(weather{noise: 0.01}, 1)
	c := m.drive(usual.search(site, 1), usual.seconds).Conclude()
	w := warning(c, optimum.Harmed)
	if w == nil || c.Verdict != optimum.Unstable {
		t.Fatalf("%s, warnings %v; want it unstable for the harm", c.Verdict, c.Warnings)
	}
	if w.Numbers["at"] != 256 || w.Numbers["best"] != 64 || w.Numbers["peak"] < 550 {
		t.Errorf("%v, want harm at 256, and a best of about 604/s at 64 before", w.Numbers)
	}
	if c.Low >= 47 || c.High < 47 {
		t.Errorf("(%d, %d], want an interval of the server before, with 47", c.Low, c.High)
	}
}

func TestSearchSaysWhatLastsWhenABurstIsSpent(t *testing.T) {
	for _, name := range []string{"reject burst", "shaper burst"} {
		site := newSite(t, named(name), 4096)
		m := site.in(weather{noise: 0.01}, 1)
		c := m.drive(usual.search(site, 1), usual.seconds).Conclude()
		w := warning(c, optimum.Burst)
		if w == nil {
			t.Errorf("%s: %s, warnings %v; want one of a burst", name, c.Verdict, c.Warnings)
			continue
		}
		if got := w.Numbers["sustained"]; got < 450 || got > 600 || c.Low >= 39 || c.High < 39 {
			t.Errorf("%s: %.0f/s last, and (%d, %d]; want about 500/s, and an interval with 39", name, got, c.Low, c.High)
		}
	}
}

func TestSearchSaysHowLongASlowServerTakes(t *testing.T) {
	site := newSite(t, named("slow"), 4096)
	m := site.in(weather{noise: 0.01}, 1)
	c := m.drive(usual.search(site, 1), usual.seconds).Conclude()
	w := warning(c, optimum.TooFewTrials)
	if w == nil || !c.Thin || c.High != 4096 {
		t.Fatalf("%+v, want too few trials for any statement", c)
	}
	missing := w.Numbers["seconds"]
	longer := site.in(weather{noise: 0.01}, 1)
	b := budget{"", usual.seconds + missing, 4096, false}
	if c := longer.drive(b.search(site, 1), b.seconds).Conclude(); c.Thin {
		t.Errorf("after the %.0f s more that it said: still %v", missing, c.Warnings)
	}
}

func TestPeakLiesAmongAllThatCannotBeToldFromTheBest(t *testing.T) {
	site := newSite(t, named("3"), 4096)
	m := site.in(weather{noise: 0.03}, 3)
	c := m.drive(usual.search(site, 3), usual.seconds).Conclude()
	if c.Peak.Low >= 45 || c.Peak.High <= 75 {
		t.Errorf("the peak from %d to %d, want room around 60: 45 and 75 give 99.9%% of it", c.Peak.Low, c.Peak.High)
	}
}
