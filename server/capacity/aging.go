package capacity

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// A Warming is a server that is slow at first, like one whose caches are cold: t seconds after its first request it works
// at the share 1 - (1-From) e^(-t/Tau) of its capacity. The zero Warming is a server that is warm from the start.
type Warming struct {
	From float64       // the share at the first request, above 0 and at most 1
	Tau  time.Duration // after which 63% of what is missing has been gained
}

// ParseWarming reads a warming such as "f=0.3,tau=8s"; the empty text is the zero Warming. The error is one line.
func ParseWarming(text string) (Warming, error) {
	if text == "" {
		return Warming{}, nil
	}
	f := splitFields(text)
	w := Warming{From: f.number("f"), Tau: f.duration("tau")}
	err := f.err()
	if err == nil {
		err = w.Validate()
	}
	if err != nil {
		return Warming{}, fmt.Errorf("warming %q: %s, as in f=0.3,tau=8s", text, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return w, nil
}

// Validate returns an error with one line for every field that is out of range, or nil.
func (w Warming) Validate() error {
	if w == (Warming{}) {
		return nil
	}
	return errors.Join(checkRange("f", w.From, 0.01, 1), checkDuration("tau", w.Tau))
}

// Share returns the share of its capacity at which the server works t seconds after its first request.
func (w Warming) Share(t float64) float64 {
	if w.Tau == 0 {
		return 1
	}
	return 1 - (1-w.From)*math.Exp(-t/w.Tau.Seconds())
}

// Worked returns the integral of Share from 0 to t seconds: the seconds in which a warm server does as much.
func (w Warming) Worked(t float64) float64 {
	tau := w.Tau.Seconds()
	return t + (1-w.From)*tau*math.Expm1(-t/max(tau, math.SmallestNonzeroFloat64))
}

// When returns the inverse of Worked: how many seconds after the first request the server has worked as much as a warm
// server in that many seconds. Worked is convex, so Newton's method comes from above and does not overshoot.
func (w Warming) When(worked float64) float64 {
	if w.Tau == 0 || math.IsInf(worked, 1) {
		return worked
	}
	t := worked + (1-w.From)*w.Tau.Seconds()
	for range 60 {
		step := (w.Worked(t) - worked) / w.Share(t)
		t -= step
		if math.Abs(step) < 1e-12*(1+t) {
			break
		}
	}
	return t
}

// A Scar is damage that lasts: once At requests are inside at a time, the server follows another model for good, like one
// that begins to swap. The zero Scar is a server that cannot be harmed.
type Scar struct {
	At int   // requests inside that do the damage
	To Model // from then on
}

// ParseScar reads a scar such as "at=256,to=usl:rate=20,sigma=0,kappa=0.0025"; the empty text is the zero Scar. The error is
// one line.
func ParseScar(text string) (Scar, error) {
	if text == "" {
		return Scar{}, nil
	}
	before, spec, _ := strings.Cut(text, ",to=") // the model, which has commas of its own, comes last
	f := splitFields(before)
	s := Scar{At: f.count("at")}
	err := f.err()
	if err == nil {
		s.To, err = Parse(spec)
	}
	if err == nil {
		err = s.Validate()
	}
	if err != nil {
		return Scar{}, fmt.Errorf("scar %q: %s, as in at=256,to=usl:rate=20,sigma=0,kappa=0.0025", text, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return s, nil
}

// Validate returns an error with one line for every field that is out of range, or nil.
func (s Scar) Validate() error {
	if s == (Scar{}) {
		return nil
	}
	if s.To == nil || !Shared(s.To) {
		return fmt.Errorf("to %v: want a capacity that the requests inside share", s.To)
	}
	return errors.Join(checkCount("at", s.At), s.To.Validate())
}

// ClosedScarred returns the throughput of a server with a scar by the number of callers: that of the first model while there
// are fewer callers than it takes to do the damage, and then that of the second. It is exact without a delay, and with one from the
// moment when all callers have been inside at once.
func ClosedScarred(m Model, s Scar, maxCallers int, delay time.Duration) Truth {
	truth := Closed(m, maxCallers, delay)
	if s.At > 0 && s.At <= maxCallers {
		copy(truth[s.At-1:], Closed(s.To, maxCallers, delay)[s.At-1:])
	}
	return truth
}

// Shared reports whether the requests inside share the capacity of the model. Those of [None], [Shaper] and [Reject] do not:
// they have no capacity that could warm up or be harmed.
func Shared(m Model) bool { return m != nil && !zeroService(m) }
