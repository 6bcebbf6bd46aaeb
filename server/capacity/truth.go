package capacity

import (
	"math"
	"time"
)

// Throughput returns the exact goodput, in completions per second, of a closed system with N callers: each of them spends
// delay outside the server, then waits for the server's answer, then begins again. m must be valid: see [Model]. It returns
// 0 for fewer than one caller.
//
// A server that shares its rate among the requests inside (every model but the three below) has the product form of
// Baskett, Chandy, Muntz and Palacios ("Open, Closed, and Mixed Networks of Queues with Different Classes of Customers",
// Journal of the ACM, 1975). With Z for the delay in seconds and mu(n) for Rate(n):
//
//	X(N) = G(N-1)/G(N)   where   G(N) = sum over n = 0..N of  Z^(N-n)/(N-n)!  x  1/(mu(1)...mu(n))
//
// It holds for every distribution of the delays and of the work. [None], [Shaper] and [Reject] have a service time of 0
// below their rate, so X(N) = min(N/Z, rate). That is exact if the bucket is deep enough (see [Reject.Depth]) and, for
// a Shaper, the delay is constant. Without a delay all callers are inside, and X(N) = mu(N).
func Throughput(m Model, callers int, delay time.Duration) float64 {
	if callers < 1 {
		return 0
	}
	if delay <= 0 {
		return m.Rate(callers)
	}
	if zeroService(m) {
		return zeroServiceThroughput(m, callers, delay)
	}
	w := newWeights(m, callers, delay)
	return math.Exp(w.logG(callers-1) - w.logG(callers))
}

// Closed returns the [Throughput] of the closed system for every number of callers from 1 to maxCallers, which must be at
// least 1. Its running time grows with the square of maxCallers: about 0.2 s for 10,000.
func Closed(m Model, maxCallers int, delay time.Duration) Truth {
	truth := make(Truth, maxCallers)
	if delay <= 0 || zeroService(m) {
		for i := range truth {
			truth[i] = Throughput(m, i+1, delay)
		}
		return truth
	}
	w := newWeights(m, maxCallers, delay)
	before := w.logG(0)
	for i := range truth {
		norm := w.logG(i + 1)
		truth[i] = math.Exp(before - norm)
		before = norm
	}
	return truth
}

// A Truth is the exact throughput of a closed system, in completions per second, by the number of callers: index 0 is for
// one caller. It is the ground truth that measurements are compared with.
type Truth []float64

// Peak returns the smallest number of callers that reaches the highest throughput. Throughputs that differ by less than
// one part in a billion are taken as equal, so that the peak of a plateau is its left edge. The Truth must not be empty.
func (t Truth) Peak() Point {
	highest := 0.0
	for _, x := range t {
		highest = max(highest, x)
	}
	n := t.first(highest)
	return Point{N: n, PerSecond: t[n-1]}
}

// Smallest returns the smallest number of callers whose throughput is at least share (0 to 1) of the peak's.
func (t Truth) Smallest(share float64) int {
	return t.first(share * t.Peak().PerSecond)
}

// first returns the smallest number of callers that reaches the target, in completions per second.
func (t Truth) first(target float64) int {
	const rounding = 1e-9
	for i, x := range t {
		if x >= target*(1-rounding) {
			return i + 1
		}
	}
	return len(t)
}

// zeroService reports whether the model's service time is 0 below its rate.
func zeroService(m Model) bool {
	switch m.(type) {
	case None, Shaper, Reject:
		return true
	}
	return false
}

func zeroServiceThroughput(m Model, callers int, delay time.Duration) float64 {
	return min(float64(callers)/delay.Seconds(), m.Rate(callers))
}

// weights are the two factors of the product form, by n, as logarithms: at 10,000 callers the factors themselves are far
// outside the range of a float64.
type weights struct {
	outside []float64 // ln(Z^n/n!)
	inside  []float64 // ln(1/(mu(1)...mu(n)))
}

func newWeights(m Model, callers int, delay time.Duration) weights {
	w := weights{outside: make([]float64, callers+1), inside: make([]float64, callers+1)}
	z := math.Log(delay.Seconds())
	for n := 1; n <= callers; n++ {
		w.outside[n] = w.outside[n-1] + z - math.Log(float64(n))
		w.inside[n] = w.inside[n-1] - math.Log(m.Rate(n))
	}
	return w
}

// logG returns ln G(callers). Terms are divided by the largest one before they are summed, so that none overflows.
func (w weights) logG(callers int) float64 {
	largest := math.Inf(-1)
	for n := range callers + 1 {
		largest = max(largest, w.outside[callers-n]+w.inside[n])
	}
	const negligible = -45 // e^-45 of the largest term: even 10,000 of them are less than its rounding error
	sum := 0.0
	for n := range callers + 1 {
		if x := w.outside[callers-n] + w.inside[n] - largest; x > negligible {
			sum += math.Exp(x)
		}
	}
	return largest + math.Log(sum)
}
