package results

import (
	"cmp"
	"math"
	"slices"

	"github.com/montanaflynn/stats"
	"gonum.org/v1/gonum/stat/distuv"
)

// A difference is what Welch's t test says of the means of two samples: they need have neither the size nor the variance
// in common.
type difference struct {
	mean float64 // of the second less that of the first
	se   float64 // standard error of it
	df   float64 // degrees of freedom
	p    float64 // two-sided, of a difference as large as this by chance
	half float64 // half the width of the mean's interval, which holm sets

	allowance float64 // for what does not count
}

// welch tests two samples of at least two values each, both in order of time, that may differ by allowance for reasons
// that do not count. Equality to the last bit is none by chance.
func welch(first, second []float64, allowance float64) difference {
	meanOfFirst, _ := stats.Mean(first) // fails on no data only
	meanOfSecond, _ := stats.Mean(second)
	a, b := uncertainty(first), uncertainty(second)
	d := difference{mean: meanOfSecond - meanOfFirst, se: math.Sqrt(a + b), allowance: allowance, p: 1}
	// Welch and Satterthwaite. Where neither sample varies any number will do, since the error is 0.
	d.df = float64(len(first) + len(second) - 2)
	if a+b > 0 {
		d.df = (a + b) * (a + b) / (a*a/float64(len(first)-1) + b*b/float64(len(second)-1))
	}
	if beyond := math.Abs(d.mean) - allowance; beyond > 0 {
		d.p = 2 * student(d.df).CDF(-beyond/d.se)
	}
	return d
}

// uncertainty returns the variance of the mean of the values, which are in order of time. Neighbours in time are alike on
// a machine that drifts, so that n of them tell less than n that know nothing of one another: by (1+r)/(1-r) if each is
// correlated by r with the one before (a first-order autoregression). As little as n values tell of r, on average they
// show 1/n too little of it; none below 0 is believed, and none above stiff, near which a factor bounds nothing.
func uncertainty(values []float64) float64 {
	const stiff = 0.9
	n := float64(len(values))
	mean, _ := stats.Mean(values)
	var squares, products float64
	for i, x := range values {
		squares += (x - mean) * (x - mean)
		if i > 0 {
			products += (x - mean) * (values[i-1] - mean)
		}
	}
	if squares == 0 {
		return 0
	}
	r := min(max(0, products/squares+1/n), stiff)
	return squares / (n - 1) / n * (1 + r) / (1 - r)
}

// holm adjusts the tests for their number, so that all together name a difference where there is none at most once in
// twenty (Holm 1979): the r-th smallest p of m is multiplied by m-r+1 and is at least the one before it. The intervals
// have the levels that the procedure compares with, up to its first test that fails, so that p and interval agree.
func holm(tests []*difference) {
	tests = slices.SortedStableFunc(slices.Values(tests), func(a, b *difference) int { return cmp.Compare(a.p, b.p) })
	least, level := 0.0, 0.0
	for r, t := range tests {
		left := float64(len(tests) - r)
		if least <= 1-confidence {
			level = (1 - confidence) / left
		}
		least = max(least, min(1, left*t.p))
		t.p = least
		t.half = student(t.df).Quantile(1-level/2)*t.se + t.allowance
	}
}

func student(df float64) distuv.StudentsT { return distuv.StudentsT{Sigma: 1, Nu: df} }
