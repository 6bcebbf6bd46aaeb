package capacity_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"sweetspot/server/capacity"
)

func TestWarmingGrowsFromItsShareToAll(t *testing.T) {
	w, err := capacity.ParseWarming("f=0.3,tau=8s")
	if err != nil || w != (capacity.Warming{From: 0.3, Tau: 8 * time.Second}) {
		t.Fatalf("%+v, %v", w, err)
	}
	for seconds, want := range map[float64]float64{0: 0.3, 8: 1 - 0.7/math.E, 1000: 1} {
		if got := w.Share(seconds); !near(got, want, 1e-9) {
			t.Errorf("after %v s: a share of %v, want %v", seconds, got, want)
		}
	}
	// The work done is the integral of the share, and When its inverse.
	sum := 0.0
	const step = 1e-3
	for i := range 20_000 {
		sum += step * w.Share((float64(i)+0.5)*step)
	}
	if got := w.Worked(20); !near(got, sum, 1e-6) {
		t.Errorf("worked %v s in 20 s, want %v", got, sum)
	}
	for _, seconds := range []float64{0, 0.001, 1, 8, 100, 1e5} {
		if got := w.When(w.Worked(seconds)); math.Abs(got-seconds) > 1e-6*(1+seconds) {
			t.Errorf("when(worked(%v)) is %v", seconds, got)
		}
	}
	if none := (capacity.Warming{}); none.Share(3) != 1 || none.Worked(3) != 3 || none.When(3) != 3 {
		t.Error("the zero Warming is not warm from the start")
	}
}

func TestScarChangesTheTruthFromItsLimitOn(t *testing.T) {
	s, err := capacity.ParseScar("at=256,to=cliff:n=32,service=10ms,at=80,factor=0.4")
	if err != nil || s.At != 256 || s.To != cliff {
		t.Fatalf("%+v, %v", s, err)
	}
	truth := capacity.ClosedScarred(quadratic, s, 300, 0)
	if truth[254] != quadratic.Rate(255) || truth[255] != cliff.Rate(256) {
		t.Errorf("%v at 255 and %v at 256, want %v and %v", truth[254], truth[255], quadratic.Rate(255), cliff.Rate(256))
	}
	if peak := truth.Peak(); peak.N != 256 {
		t.Errorf("peak at %d, want 256, where the scarred server gives more", peak.N)
	}
}

func TestWarmingAndScarSayWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"f=0.3":            "tau is missing",
		"f=2,tau=8s":       "f 2: want a number from 0.01 to 1",
		"f=0.3,tau=0s":     "tau 0s: want a duration",
		"f=0.3,tau=8s,g=1": `unknown or repeated field "g"`,
	} {
		if _, err := capacity.ParseWarming(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("warming %q: %v, want one line with %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"at=256":                         "no such model",
		"at=0,to=workers:n=1,service=1s": "at 0: want",
		"at=9,to=none":                   "want a capacity that the requests inside share",
		"at=9,to=usl:rate=1":             "sigma is missing",
		"to=workers:n=1,service=1s":      "at is missing",
	} {
		if _, err := capacity.ParseScar(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("scar %q: %v, want one line with %q", text, err, want)
		}
	}
}
