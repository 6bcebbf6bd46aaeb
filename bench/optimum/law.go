package optimum

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"sweetspot/results/stat"
)

// A usl is the universal scalability law (Gunther 2007) fitted to a curve. The law is linear in the time that n
// requests in flight take: n/X(n) = a + b n + c n^2 with a, c >= 0.
type usl struct {
	a, b, c float64       // seconds
	cov     *mat.SymDense // of a, b, c
	df      int
	p       float64 // probability of a misfit as large as this one if the law holds
}

// fitUSL fits the law to the limits of the fit, each weighing what its trials weigh. It returns nil where the law would
// have no peak (c at 0), where it fits no better than a curve without a peak, and where there are too few limits to
// notice that it does not hold.
func fitUSL(f *fit) *usl {
	const enough = 5
	if f.df == 0 || len(f.limits) < enough {
		return nil
	}
	m := &usl{df: f.df}
	parameters := 3
	if !m.iterate(f, parameters) || m.a < 0 {
		parameters = 2
		if !m.iterate(f, parameters) {
			return nil
		}
	}
	misfit := 0.0
	for i, n := range f.limits {
		e := f.mu[i] - math.Log(float64(n)/m.took(n))
		misfit += f.weight[i] * e * e
	}
	if _, highest := m.peak(); m.c <= 0 || highest <= 0 || misfit > f.roofline() {
		return nil
	}
	extra := len(f.limits) - parameters
	m.p = survival(misfit/float64(extra)/f.sigma2, extra, f.df)
	return m
}

// iterate fits c, b and, as the third parameter, a. The noise is relative to what is fitted, so the weights depend on the
// fit; they converge within a few rounds. It reports whether there is a law that gives every limit a time above 0.
func (m *usl) iterate(f *fit, parameters int) bool {
	took := make([]float64, len(f.limits))
	for i, n := range f.limits {
		took[i] = float64(n) / f.perSecond(i)
	}
	for range 3 {
		if !m.solve(f, took, parameters) {
			return false
		}
		for i, n := range f.limits {
			if took[i] = m.took(n); took[i] <= 0 {
				return false
			}
		}
	}
	return true
}

// solve finds the parameters by least squares of the errors of n/X relative to took, and reports whether they can be
// determined.
func (m *usl) solve(f *fit, took []float64, parameters int) bool {
	information := mat.NewSymDense(parameters, nil)
	right := mat.NewVecDense(parameters, nil)
	middle := math.Sqrt(float64(f.limits[0]) * float64(f.limits[f.last()])) // brings the columns to one size
	for i, limit := range f.limits {
		n := float64(limit) / middle
		row := mat.NewVecDense(parameters, []float64{n * n / took[i], n / took[i], 1 / took[i]}[:parameters])
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
	scale := []float64{1 / middle / middle, 1 / middle, 1}
	found := make([]float64, 3) // c, b, a
	m.cov = mat.NewSymDense(3, nil)
	for i := range parameters {
		found[i] = x.AtVec(i) * scale[i]
		for k := i; k < parameters; k++ {
			m.cov.SetSym(2-i, 2-k, cov.At(i, k)*scale[i]*scale[k]*f.sigma2)
		}
	}
	m.c, m.b, m.a = found[0], found[1], found[2]
	return true
}

// took returns n/X(n): how many seconds a request takes with n in flight.
func (m *usl) took(limit int) float64 {
	n := float64(limit)
	return m.a + m.b*n + m.c*n*n
}

// law returns the law by its usual parameters, from n/X(n) = ((1-sigma) + (sigma-kappa) n + kappa n^2) / lambda. The sum
// of a, b and c is above 0 in every law that fitUSL returns: it is at least (sqrt(a) - sqrt(c))^2 there.
func (m *usl) law() Law {
	lambda := 1 / (m.a + m.b + m.c)
	return Law{Lambda: lambda, Sigma: 1 - m.a*lambda, Kappa: m.c * lambda}
}

// peak returns where the law has its peak, sqrt(a/c), and its goodput there, 1/(b + 2 sqrt(ac)).
func (m *usl) peak() (at, perSecond float64) {
	return math.Sqrt(m.a / m.c), 1 / (m.b + 2*math.Sqrt(m.a*m.c))
}

// peakInterval returns Fieller's interval of the peak's place, each side erring with probability alpha. It is
// unbounded, and ok false, if c is not certainly above 0.
func (m *usl) peakInterval(alpha float64) (low, high float64, ok bool) {
	low, high, ok = stat.Fieller(m.a, m.c, m.cov.At(0, 0), m.cov.At(0, 2), m.cov.At(2, 2), student(alpha, m.df))
	return math.Sqrt(max(0, low)), math.Sqrt(max(0, high)), ok
}

// bracket returns the interval (low, high] of the smallest limit that gives share of the law's peak, each side erring
// with probability alpha; high is 0 if there is none up to most. A limit n left of the peak gives exactly that where
//
//	g(n) = a/n + b + c n - (b + 2 sqrt(ac)) / share
//
// is 0. So n is certainly too small where g is more than t standard errors above 0, and certainly enough where it is
// as many below: Fieller's argument, for a function that is not quite linear in a and c.
func (m *usl) bracket(share, alpha float64, least, most int) (low, high int) {
	low = least - 1
	if m.a <= 0 {
		return low, 0 // The peak is at the left end, where g has no slope in a.
	}
	t := student(alpha, m.df)
	at, _ := m.peak()
	for n := least; n <= min(most, int(math.Ceil(at))); n++ {
		x := float64(n)
		g := m.a/x + m.b + m.c*x - (m.b+2*math.Sqrt(m.a*m.c))/share
		slope := mat.NewVecDense(3, []float64{1/x - 1/(at*share), 1 - 1/share, x - at/share})
		se := math.Sqrt(mat.Inner(slope, m.cov, slope))
		if g < -t*se {
			return low, n
		}
		if g > t*se {
			low = n
		}
	}
	return low, 0
}
