package optimum

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"sweetspot/results/stat"
)

// A law is one of a family of laws of how goodput depends on the limit. All are linear in the time that n requests in flight
// take,
//
//	n/X(n) = a + b n + c n^(1+q)   with a, c >= 0,
//
// and q is how goodput falls in the end: as n^-q. With q = 1 it is the universal scalability law (Gunther 2007). Other servers
// fall more slowly or faster, so no single law is trusted: see [laws].
type law struct {
	q          float64
	corner     float64       // of a law with one: see cornerLaws; 0 for none
	off        float64       // its misfit
	a, b, c    float64       // seconds
	cov        *mat.SymDense // of a, b, c
	parameters int           // of the three, that were fitted; the others are 0
	df         int
	p          float64 // probability of a misfit as large as this one if the law holds
}

// fitLaw fits a law to the limits of the fit, each weighing what its trials weigh. It returns nil if there are too few limits
// to notice that it does not hold.
func fitLaw(f *fit, q float64) *law {
	const enough = 5
	if f.df == 0 || len(f.limits) < enough {
		return nil
	}
	m := &law{q: q, df: f.df}
	fits := func(columns ...int) bool {
		m.parameters = len(columns)
		return m.iterate(f, columns) && m.a >= 0 && m.c >= 0
	}
	// A coefficient that would be negative is 0: the curve then falls from the start, or rises to the end.
	if !fits(0, 1, 2) && !fits(1, 2) && !fits(0, 1) {
		return nil
	}
	extra := len(f.limits) - m.parameters
	m.p = survival(m.misfit(f)/float64(extra)/f.sigma2, extra, f.df)
	return m
}

// misfit returns the weighted sum of the squares by which the fit's limits are off the law.
func (m *law) misfit(f *fit) float64 {
	misfit := 0.0
	for i, n := range f.limits {
		e := f.mu[i] - math.Log(m.perSecond(float64(n)))
		misfit += f.weight[i] * e * e
	}
	return misfit
}

// iterate fits the coefficients with these numbers, of a, b and c, and sets the others to 0. The noise is relative to what is
// fitted, so the weights depend on the fit; they converge within a few rounds. It reports whether there is a law that gives
// every limit a time above 0.
func (m *law) iterate(f *fit, columns []int) bool {
	took := make([]float64, len(f.limits))
	for i, n := range f.limits {
		took[i] = float64(n) / f.perSecond(i)
	}
	for range 3 {
		if !m.solve(f, took, columns) {
			return false
		}
		for i, n := range f.limits {
			if took[i] = m.took(float64(n)); took[i] <= 0 {
				return false
			}
		}
	}
	return true
}

// solve finds the coefficients by least squares of the errors of n/X relative to took, and reports whether they can be
// determined.
func (m *law) solve(f *fit, took []float64, columns []int) bool {
	k := len(columns)
	information := mat.NewSymDense(k, nil)
	right := mat.NewVecDense(k, nil)
	middle := math.Sqrt(float64(f.limits[0]) * float64(f.limits[f.last()])) // brings the columns to one size
	row := mat.NewVecDense(k, nil)
	scale := m.basis(1 / middle)
	for i, limit := range f.limits {
		basis := m.basis(float64(limit))
		for at, column := range columns {
			row.SetVec(at, basis[column]*scale[column]/took[i])
		}
		information.SymRankOne(information, f.weight[i], row)
		right.AddScaledVec(right, f.weight[i]*float64(limit)/f.perSecond(i)/took[i], row)
	}
	const singular = 1e12
	var factor mat.Cholesky
	if !factor.Factorize(information) || !(factor.Cond() < singular) {
		return false
	}
	var x mat.VecDense
	var cov mat.SymDense
	if factor.SolveVecTo(&x, right) != nil || factor.InverseTo(&cov) != nil {
		return false
	}
	var found [3]float64
	m.cov = mat.NewSymDense(3, nil)
	for i, column := range columns {
		found[column] = x.AtVec(i) * scale[column]
		for k := i; k < len(columns); k++ {
			m.cov.SetSym(column, columns[k], cov.At(i, k)*scale[column]*scale[columns[k]]*f.sigma2)
		}
	}
	m.a, m.b, m.c = found[0], found[1], found[2]
	return true
}

// basis returns what a, b and c are multiplied by at a limit.
func (m *law) basis(n float64) [3]float64 {
	basis := [3]float64{1, n, math.Pow(n, 1+m.q)}
	if m.corner > 0 {
		basis[0], basis[1] = 0, math.Pow(math.Pow(m.corner, sharpness)+math.Pow(n, sharpness), 1.0/sharpness)
	}
	return basis
}

// took returns n/X(n): how many seconds a request takes with n in flight.
func (m *law) took(n float64) float64 {
	basis := m.basis(n)
	return m.a*basis[0] + m.b*basis[1] + m.c*basis[2]
}

// perSecond returns X(n).
func (m *law) perSecond(n float64) float64 { return n / m.took(n) }

// usual returns the law by its usual parameters, if its q is 1, from n/X(n) = ((1-sigma) + (sigma-kappa) n + kappa n^2) /
// lambda.
func (m *law) usual() Law {
	lambda := 1 / (m.a + m.b + m.c)
	return Law{Lambda: lambda, Sigma: 1 - m.a*lambda, Kappa: m.c * lambda}
}

// peak returns where from least to most the law is highest: where a/n + b + c n^q is smallest, which is at
// (a/(qc))^(1/(1+q)) if that is within.
func (m *law) peak(least, most int) float64 {
	if m.corner > 0 {
		return m.cornerPeak(least, most)
	}
	at := math.Inf(1)
	if m.c > 0 {
		at = math.Pow(m.a/(m.q*m.c), 1/(1+m.q))
	}
	return min(max(at, float64(least)), float64(most))
}

// peakInterval returns Fieller's interval of the peak's place, each side erring with probability alpha. It is
// unbounded, and ok false, if c is not certainly above 0.
func (m *law) peakInterval(alpha float64) (low, high float64, ok bool) {
	if m.parameters < 3 {
		return 0, 0, false
	}
	low, high, ok = stat.Fieller(m.a, m.c, m.cov.At(0, 0), m.cov.At(0, 2), m.cov.At(2, 2), student(alpha, m.df))
	place := func(ratio float64) float64 { return math.Pow(max(0, ratio)/m.q, 1/(1+m.q)) }
	return place(low), place(high), ok
}

// bracket returns the interval (low, high] of the smallest limit from least to most that gives share of the law's peak there,
// each side erring with probability alpha; high is most if no limit certainly gives that. A limit n left of the peak m gives
// exactly share where
//
//	g(n) = a/n + b + c n^q - (a/m + b + c m^q) / share
//
// is 0. So n is certainly too small where g is more than t standard errors above 0, and certainly enough where it is
// as many below: Fieller's argument, for a function that is not quite linear in a and c. That m depends on them too makes no
// difference, because the slope at the peak is 0.
func (m *law) bracket(share, alpha float64, least, most int) (low, high int) {
	low = least - 1
	t := student(alpha, m.df)
	at := m.peak(least, most)
	top := m.basis(at)
	for n := least; n <= min(most, int(math.Ceil(at))); n = max(n+1, int(bracketStep*float64(n))) {
		slope := m.basis(float64(n))
		for i := range slope {
			slope[i] = slope[i]/float64(n) - top[i]/(at*share)
		}
		g, variance := m.a*slope[0]+m.b*slope[1]+m.c*slope[2], 0.0
		for i, d := range slope {
			for k, e := range slope {
				variance += d * e * m.cov.At(i, k)
			}
		}
		se := math.Sqrt(max(0, variance))
		if g < -t*se {
			return low, n
		}
		if g > t*se {
			low = n
		}
	}
	return low, most
}

// bracketStep is the ratio by which a bracket is rounded outwards.
const bracketStep = 1.01
