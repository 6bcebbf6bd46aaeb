package capacity

import (
	"math"
	"time"
)

// Throughput returns the exact goodput, in completions a second, of a closed system: so many callers, each of
// which spends delay outside the server, then waits for it to answer, and begins anew.
//
// For a server that shares its rate among those inside (every model but the three below) it is the product
// form of Baskett, Chandy, Muntz and Palacios (1975), with Z for the delay and mu(n) for Rate(n):
//
//	X(N) = G(N-1)/G(N)   where   G(N) = sum over n = 0..N of  Z^(N-n)/(N-n)!  x  1/(mu(1)...mu(n))
//
// which does not depend on how the delays and the requirements are distributed. None, Shaper and Reject take no time
// while they are not full, so X(N) = min(N/Z, rate); for a shaper the delay must be constant, for both the bucket
// must be deep enough (see [Reject.Depth]). Without a delay all callers are inside and X(N) = mu(N).
func Throughput(m Model, callers int, delay time.Duration) float64 {
	if callers < 1 {
		return 0
	}
	if delay <= 0 {
		return m.Rate(callers)
	}
	if instant(m) {
		return instantly(m, callers, delay)
	}
	w := weigh(m, callers, delay)
	return math.Exp(w.norm(callers-1) - w.norm(callers))
}

// Closed returns the throughput for every number of callers from 1 to most. It takes a time that grows with
// the square of most, which must be at least 1: a fifth of a second for 10,000.
func Closed(m Model, most int, delay time.Duration) Truth {
	truth := make(Truth, most)
	if delay <= 0 || instant(m) {
		for i := range truth {
			truth[i] = Throughput(m, i+1, delay)
		}
		return truth
	}
	w := weigh(m, most, delay)
	before := w.norm(0)
	for i := range truth {
		norm := w.norm(i + 1)
		truth[i] = math.Exp(before - norm)
		before = norm
	}
	return truth
}

// A Truth is the exact throughput, in completions a second, of 1, 2, 3, ... callers.
type Truth []float64

// Peak returns the smallest number of callers that reaches the highest throughput. Throughputs that differ by
// less than one part in a billion count as equal, so that the peak of a plateau is its left edge.
func (t Truth) Peak() Point {
	highest := 0.0
	for _, x := range t {
		highest = max(highest, x)
	}
	n := t.first(highest)
	return Point{N: n, PerSecond: t[n-1]}
}

// Smallest returns the smallest number of callers that gives the share (0 to 1) of the peak.
func (t Truth) Smallest(share float64) int {
	return t.first(share * t.Peak().PerSecond)
}

func (t Truth) first(enough float64) int {
	const rounding = 1e-9
	for i, x := range t {
		if x >= enough*(1-rounding) {
			return i + 1
		}
	}
	return len(t)
}

// instant tells the models that take no time while they are not full.
func instant(m Model) bool {
	switch m.(type) {
	case None, Shaper, Reject:
		return true
	}
	return false
}

func instantly(m Model, callers int, delay time.Duration) float64 {
	return min(float64(callers)/delay.Seconds(), m.Rate(callers))
}

// weights are the two factors of the product form, as logarithms: at 10,000 callers the factors themselves
// are far outside what a float64 holds.
type weights struct {
	outside []float64 // ln Z^n/n!
	inside  []float64 // ln 1/(mu(1)...mu(n))
}

func weigh(m Model, callers int, delay time.Duration) weights {
	w := weights{outside: make([]float64, callers+1), inside: make([]float64, callers+1)}
	z := math.Log(delay.Seconds())
	for n := 1; n <= callers; n++ {
		w.outside[n] = w.outside[n-1] + z - math.Log(float64(n))
		w.inside[n] = w.inside[n-1] - math.Log(m.Rate(n))
	}
	return w
}

// norm returns ln G(callers), summed around the largest term.
func (w weights) norm(callers int) float64 {
	largest := math.Inf(-1)
	for n := range callers + 1 {
		largest = max(largest, w.outside[callers-n]+w.inside[n])
	}
	const negligible = -45 // e^-45 of the largest term: lost in the rounding even 10,000 times over
	sum := 0.0
	for n := range callers + 1 {
		if x := w.outside[callers-n] + w.inside[n] - largest; x > negligible {
			sum += math.Exp(x)
		}
	}
	return largest + math.Log(sum)
}
