// Package stat has the statistics with which runs are summarised and compared: Student's, Welch's and Fieller's intervals,
// quantiles of the F distribution, and Holm's correction. It knows only samples of numbers.
package stat

import (
	"math"

	"github.com/montanaflynn/stats"
	"gonum.org/v1/gonum/stat/distuv"
)

// Confidence is the confidence of every interval that is shown, and of every statement that is made.
const Confidence = 0.95

// Negligible is a difference of goodput, as a share, that is no reason to choose a strategy. Strategies that are measured
// beside one another may differ by this much for reasons that the repeats do not show, such as the sockets that a strategy
// happens to have: their intervals are wider by it.
const Negligible = 0.02

// Student returns the value that Student's t with df degrees of freedom exceeds with probability alpha.
func Student(alpha, df float64) float64 { return student(df).Quantile(1 - alpha) }

func student(df float64) distuv.StudentsT { return distuv.StudentsT{Sigma: 1, Nu: df} }

// F returns the value that an F statistic with d1 and d2 degrees of freedom exceeds with probability alpha.
func F(alpha, d1, d2 float64) float64 { return distuv.F{D1: d1, D2: d2}.Quantile(1 - alpha) }

// FSurvival returns the probability that an F statistic with d1 and d2 degrees of freedom exceeds f.
func FSurvival(f, d1, d2 float64) float64 { return distuv.F{D1: d1, D2: d2}.Survival(f) }

// A Sample describes values that were measured alike.
type Sample struct {
	N         float64
	Mean      float64
	Deviation float64 // standard deviation with n-1 in the denominator; 0 of fewer than two values
}

// Describe returns the mean and the standard deviation of the values, which must be at least one.
func Describe(values []float64) Sample {
	s := Sample{N: float64(len(values))}
	s.Mean, _ = stats.Mean(values) // fails on no data only
	if len(values) > 1 {
		s.Deviation, _ = stats.StandardDeviationSample(values)
	}
	return s
}

// HalfWidth returns half the width of the interval that contains the true mean with probability 1 - alpha, by Student's t.
// The sample must have at least two values.
func (s Sample) HalfWidth(alpha float64) float64 {
	return Student(alpha/2, s.N-1) * s.Deviation / math.Sqrt(s.N)
}

// Fieller returns the interval of x/y. Its arguments are estimates of x and y, the variance of x, their covariance, the
// variance of y, and the quantile t of the distribution of the errors. The interval has all r for which x - r y is within t
// standard errors of 0 (Fieller 1954). It is bounded only if y is certainly not 0; if it is not, ok is false.
func Fieller(x, y, xx, xy, yy, t float64) (low, high float64, ok bool) {
	a := y*y - t*t*yy
	b := x*y - t*t*xy
	c := x*x - t*t*xx
	root := math.Sqrt(b*b - a*c)
	if !(a > 0) || math.IsNaN(root) {
		return 0, 0, false
	}
	return (b - root) / a, (b + root) / a, true
}

// Ratio returns a/b, or 0 where that is not a finite number, which JSON cannot hold.
func Ratio(a, b float64) float64 {
	ratio := a / b
	if math.IsNaN(ratio) || math.IsInf(ratio, 0) {
		return 0
	}
	return ratio
}
