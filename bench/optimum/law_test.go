package optimum

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"sweetspot/server/capacity"
)

// measured fits exact throughputs with a little noise, in a number of complete blocks.
func measured(t *testing.T, spec string, delay time.Duration, limits []int, noise float64, blocks int, seed uint64) *fit {
	t.Helper()
	model, err := capacity.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(seed, 3))
	var points []point
	for b := range blocks {
		for _, limit := range limits {
			y := math.Log(capacity.Throughput(model, limit, delay)) + noise*random.NormFloat64()
			points = append(points, point{limit: limit, block: b, y: y, weight: 1})
		}
	}
	return newFit(points)
}

var octave = []int{1, 2, 4, 8, 16, 32, 64, 128, 256, 512}

const sixty = "usl:rate=20,sigma=0.1,kappa=0.00025" // peak at sqrt(0.9/0.00025) = 60

func TestFitLawRecoversTheLaw(t *testing.T) {
	m := fitLaw(measured(t, sixty, 0, octave, 1e-6, 3, 1), 1)
	if m == nil {
		t.Fatal("no law fits its own curve")
	}
	// n/X = (1 + sigma (n-1) + kappa n (n-1)) / rate
	for _, c := range []struct {
		name      string
		got, want float64
	}{{"a", m.a, 0.9 / 20}, {"b", m.b, (0.1 - 0.00025) / 20}, {"c", m.c, 0.00025 / 20}} {
		if !near(c.got/c.want, 1, 1e-4) {
			t.Errorf("%s = %v, want %v", c.name, c.got, c.want)
		}
	}
	if law := m.usual(); !near(law.Lambda/20, 1, 1e-4) || !near(law.Sigma/0.1, 1, 1e-3) || !near(law.Kappa/0.00025, 1, 1e-4) {
		t.Errorf("law %+v, want %s", law, sixty)
	}
	if at := m.peak(1, 512); !near(at, 60, 0.01) || !near(m.perSecond(at), 154.14, 0.01) {
		t.Errorf("peak of %v at %v, want 154.14 at 60", m.perSecond(at), at)
	}
	model, _ := capacity.Parse(sixty)
	enough := capacity.Closed(model, 512, 0).Smallest(0.97)
	if low, high := m.bracket(0.97, 0.025, 1, 512); low != enough-1 || high != enough {
		t.Errorf("bracket (%d, %d], want (%d, %d]", low, high, enough-1, enough)
	}
}

func TestLawIsRefusedWhereItDoesNotHold(t *testing.T) {
	for name, f := range map[string]*fit{
		"a pool of workers": measured(t, "workers:n=32,service=10ms", 20*time.Millisecond, octave, 0.03, 3, 1),
		"a cliff":           measured(t, "cliff:n=32,service=10ms,at=80,factor=0.4", 0, octave, 0.03, 3, 1),
		"two humps":         measured(t, "curve:1=90,10=850,40=560,70=600,126=995,256=700,512=300", 0, octave, 0.03, 3, 1),
		"a delay alone":     measured(t, "none", 100*time.Millisecond, octave, 0.03, 3, 1),
	} {
		if m := newJudge(f, 0.97, alpha).usl(); m != nil {
			t.Errorf("%s passes for %+v", name, m)
		}
	}
}

func TestLawIntervalsHoldTheTruthAsOftenAsTheySay(t *testing.T) {
	const runs, error = 400, 0.025
	peaks, brackets, passes := 0, 0, 0
	model, _ := capacity.Parse(sixty)
	enough := capacity.Closed(model, 512, 0).Smallest(0.97)
	for seed := range uint64(runs) {
		m := fitLaw(measured(t, sixty, 0, octave, 0.03, 4, seed), 1)
		if m == nil {
			t.Fatalf("seed %d: no law", seed)
		}
		if m.p > likely {
			passes++
		}
		if low, high, ok := m.peakInterval(error); ok && low <= 60 && 60 <= high {
			peaks++
		}
		if low, high := m.bracket(0.97, error, 1, 512); low < enough && enough <= high {
			brackets++
		}
	}
	// 95%, 95% and 90%, give or take three standard errors of 400 runs.
	for _, c := range []struct {
		name        string
		got         int
		least, most float64
	}{{"Fieller's interval", peaks, 0.917, 0.983}, {"the bracket", brackets, 0.917, 1}, {"the test of fit", passes, 0.855, 0.945}} {
		if got := float64(c.got) / runs; got < c.least || got > c.most {
			t.Errorf("%s is right in %.3f of the runs, want %v to %v", c.name, got, c.least, c.most)
		}
	}
}

func TestRooflineFitsItselfExactly(t *testing.T) {
	var points []point
	for _, n := range octave {
		points = append(points, point{limit: n, y: math.Log(min(float64(n)/0.08, 500)), weight: 1})
	}
	if misfit := newFit(points).roofline(); misfit > 1e-20 {
		t.Errorf("misfit %v, want 0", misfit)
	}
}
