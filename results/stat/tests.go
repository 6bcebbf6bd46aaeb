package stat

import (
	"cmp"
	"math"
	"slices"
)

// A Test is the result of a t test of the difference between the means of two samples.
type Test struct {
	Mean float64 // the difference
	SE   float64 // its standard error
	DF   float64 // degrees of freedom
	P    float64 // two-sided probability of a difference at least as large if there is none; [Holm] adjusts it
	Half float64 // half the width of the interval of the difference; only [Holm] sets it

	allowance float64 // by how much the means may differ for reasons that are not tested
}

// Welch tests the mean of the second sample less that of the first. Both have at least two values, in order of time;
// neither their sizes nor their variances need be equal (Welch 1947). The means may differ by allowance for reasons that
// are not tested, such as drift. If the means are equal to the last bit, P is 1.
func Welch(first, second []float64, allowance float64) Test {
	a, b := varianceOfMean(first), varianceOfMean(second)
	t := Test{Mean: Describe(second).Mean - Describe(first).Mean, SE: math.Sqrt(a + b), allowance: allowance, P: 1}
	// Welch and Satterthwaite. If neither sample varies, any number is correct, since the error is 0.
	t.DF = float64(len(first) + len(second) - 2)
	if a+b > 0 {
		t.DF = (a + b) * (a + b) / (a*a/float64(len(first)-1) + b*b/float64(len(second)-1))
	}
	if beyond := math.Abs(t.Mean) - allowance; beyond > 0 {
		t.P = 2 * student(t.DF).CDF(-beyond/t.SE)
	}
	return t
}

// mostCorrelation is the largest correlation between neighbours that is used: near 1 the factor has no bound.
const mostCorrelation = 0.9

// varianceOfMean returns the variance of the mean of the values, which are in order of time. On a machine that drifts,
// neighbours in time are alike, so that n of them have less information than n independent values: the variance is larger by
// the factor (1+r)/(1-r) if each value has the correlation r with the one before (a first-order autoregression). The estimate
// of r from n independent values is too small by 1/n on average, which is added. An r below 0 is taken as 0.
func varianceOfMean(values []float64) float64 {
	n := float64(len(values))
	mean := Describe(values).Mean
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
	r := min(max(0, products/squares+1/n), mostCorrelation)
	return squares / (n - 1) / n * (1 + r) / (1 - r)
}

// Paired tests the mean of the differences x[i] - y[i] of two samples of the same size, of at least two values each.
func Paired(x, y []float64) Test {
	differences := make([]float64, len(x))
	for i := range x {
		differences[i] = x[i] - y[i]
	}
	d := Describe(differences)
	t := Test{Mean: d.Mean, SE: d.Deviation / math.Sqrt(d.N), DF: d.N - 1, P: 1}
	if t.Mean != 0 { // else equal to the last bit, and 0/0 if SE is 0 as well
		t.P = 2 * student(t.DF).CDF(-math.Abs(t.Mean)/t.SE)
	}
	return t
}

// Holm adjusts the tests for their number, so that the probability that any of them finds a difference where there is none
// is at most 1 - [Confidence] (Holm 1979): the r-th smallest P of m is multiplied by m-r+1, and is at least the one before
// it. The intervals have the levels that the procedure uses, up to the first test that fails, so that an interval excludes 0
// if P is at most 0.05.
func Holm(tests []*Test) {
	tests = slices.SortedStableFunc(slices.Values(tests), func(a, b *Test) int { return cmp.Compare(a.P, b.P) })
	least, level := 0.0, 0.0
	for r, t := range tests {
		left := float64(len(tests) - r)
		if least <= 1-Confidence {
			level = (1 - Confidence) / left
		}
		least = max(least, min(1, left*t.P))
		t.P = least
		t.Half = Student(level/2, t.DF)*t.SE + t.allowance
	}
}
