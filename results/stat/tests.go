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

// Beyond is what two samples cannot show about the difference between their means.
type Beyond struct {
	Allowance float64 // by how much the means may differ for reasons that are not tested, such as drift
	Variance  float64 // of the difference, in addition to what the values show, such as that between runs
	DF        float64 // degrees of freedom of the estimate of Variance; 0 if Variance is no estimate
}

// A Component is a part of the variance of a figure that its repeats within a run do not show, as it was measured from many
// runs. Its zero value is none.
type Component struct {
	Deviation float64 `json:"deviation"`          // standard deviation of ln(goodput)
	DF        float64 `json:"degrees_of_freedom"` // of Deviation; 0 if it was not measured
}

// Twice returns what the component adds to the difference of two figures, each of which has it for itself.
func (c Component) Twice() Beyond { return Beyond{Variance: 2 * c.Deviation * c.Deviation, DF: c.DF} }

// Welch tests the mean of the second sample less that of the first. Both have at least two values, in order of time;
// neither their sizes nor their variances need be equal (Welch 1947). If the means are equal to the last bit, P is 1.
func Welch(first, second []float64, beyond Beyond) Test {
	return difference(Describe(second).Mean-Describe(first).Mean, beyond,
		variance{varianceOfMean(first), float64(len(first) - 1)}, variance{varianceOfMean(second), float64(len(second) - 1)})
}

// Paired tests the mean of the differences x[i] - y[i] of two samples of the same size, of at least two values each.
func Paired(x, y []float64, beyond Beyond) Test {
	differences := make([]float64, len(x))
	for i := range x {
		differences[i] = x[i] - y[i]
	}
	d := Describe(differences)
	return difference(d.Mean, beyond, variance{d.Deviation * d.Deviation / d.N, d.N - 1})
}

// Means tests the mean of the second sample less that of the first, whose values are independent, such as the means of runs.
// At least one of the samples has two values or more. Samples of the same size are taken to have the same variance (Student
// 1908), which is robust if they have not; so is a sample of one value, whose variance is not known. Else it is Welch's test.
func Means(first, second []float64) Test {
	a, b := Describe(first), Describe(second)
	within := func(s Sample) variance { return variance{s.Deviation * s.Deviation / s.N, s.N - 1} }
	if a.N != b.N && a.N > 1 && b.N > 1 {
		return difference(b.Mean-a.Mean, Beyond{}, within(a), within(b))
	}
	df := a.N + b.N - 2
	common := ((a.N-1)*a.Deviation*a.Deviation + (b.N-1)*b.Deviation*b.Deviation) / df
	return difference(b.Mean-a.Mean, Beyond{}, variance{common * (1/a.N + 1/b.N), df})
}

// A variance is an estimate of a variance with its degrees of freedom.
type variance struct{ value, df float64 }

// difference tests a difference whose variance is the sum of the parts and of what is beyond them. The degrees of freedom are
// those of Satterthwaite (1946). If the parts do not vary at all any number is correct, since the error is 0.
func difference(mean float64, beyond Beyond, parts ...variance) Test {
	t := Test{Mean: mean, allowance: beyond.Allowance, P: 1}
	sum, squares := beyond.Variance, 0.0
	if beyond.DF > 0 {
		squares = sum * sum / beyond.DF
	}
	for _, part := range parts {
		sum, squares, t.DF = sum+part.value, squares+part.value*part.value/part.df, t.DF+part.df
	}
	if squares > 0 {
		t.DF = sum * sum / squares
	}
	t.SE = math.Sqrt(sum)
	if least := math.Abs(t.Mean) - t.allowance; least > 0 {
		t.P = 2 * student(t.DF).CDF(-least/t.SE)
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
