package optimum

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// student returns the value that Student's t with df degrees of freedom exceeds with probability alpha.
func student(alpha float64, df int) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: float64(df)}.Quantile(1 - alpha)
}

// survival returns the probability that an F statistic with d1 and d2 degrees of freedom exceeds f.
func survival(f float64, d1, d2 int) float64 {
	return distuv.F{D1: float64(d1), D2: float64(d2)}.Survival(f)
}

// fieller returns the interval of x/y from estimates of both, their variances and covariance, and the quantile t of
// the distribution of their errors: all r for which x - r y is within t standard errors of 0 (Fieller 1954). The
// interval is bounded, ok, only if y is certainly not 0.
func fieller(x, y, xx, xy, yy, t float64) (low, high float64, ok bool) {
	a := y*y - t*t*yy
	b := x*y - t*t*xy
	c := x*x - t*t*xx
	root := math.Sqrt(b*b - a*c)
	if !(a > 0) || math.IsNaN(root) {
		return 0, 0, false
	}
	return (b - root) / a, (b + root) / a, true
}
