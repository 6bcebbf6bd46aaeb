package optimum

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Behind a delay the knee of a curve is sharper than that of any of the laws: while requests wait elsewhere, the server has
// hardly any to do. So there are laws with a corner as well, where the time that n requests take is
//
//	n/X(n) = b (r^m + n^m)^(1/m) + c n^(1+q)   with m = sharpness
//
// which goes round the corner at r the more sharply, the larger m is; with m = 1 they are the laws without one. They only widen
// what those leave open: of the 32 that an interval should hold, behind a delay of 5 ms, it lost a quarter without them. A larger
// m makes no difference there, a smaller one is less sharp than a delay.
const sharpness = 4

// cornerPowers are the q of these laws.
var cornerPowers = []float64{0.25, 0.5, 1, 2}

// cornersPerOctave is how finely the corner is tried: what lies between two of them is as good as either.
const cornersPerOctave = 2

// cornerLaws fits the laws with a corner, and returns those that are not refused: for each q all the corners that are not
// certainly worse than the best.
func cornerLaws(f *fit) laws {
	const parameters = 3 // b, c and the corner
	var all laws
	extra := len(f.limits) - parameters
	if f.df == 0 || extra < 1 {
		return nil
	}
	t := student(alpha, f.df)
	for _, q := range cornerPowers {
		var tried laws
		best := math.Inf(1)
		for r := float64(f.limits[0]); r <= float64(f.limits[f.last()]); r *= math.Pow(2, 1.0/cornersPerOctave) {
			if m := fitCorner(f, q, r); m != nil {
				tried, best = append(tried, m), min(best, m.off)
			}
		}
		p := survival(best/float64(extra)/f.sigma2, extra, f.df)
		if p <= refused {
			continue
		}
		for _, m := range tried {
			if m.off <= best+t*t*f.sigma2 {
				m.p = p
				all = append(all, m)
			}
		}
	}
	return all
}

// fitCorner fits b and c of a law with that corner, or returns nil if no law with both at least 0 fits.
func fitCorner(f *fit, q, corner float64) *law {
	m := &law{q: q, corner: corner, parameters: 2, df: f.df}
	basis := make([][3]float64, len(f.limits))
	took := make([]float64, len(f.limits))
	for i, n := range f.limits {
		basis[i] = m.basis(float64(n))
		took[i] = float64(n) / f.perSecond(i)
	}
	var bb, bc, cc float64 // information
	for range 3 {          // the weights depend on the fit, and converge within a few rounds
		var yb, yc float64
		bb, bc, cc = 0, 0, 0
		for i, n := range f.limits {
			b, c, y := basis[i][1]/took[i], basis[i][2]/took[i], float64(n)/f.perSecond(i)/took[i]
			w := f.weight[i]
			bb, bc, cc = bb+w*b*b, bc+w*b*c, cc+w*c*c
			yb, yc = yb+w*b*y, yc+w*c*y
		}
		determinant := bb*cc - bc*bc
		m.b, m.c = (yb*cc-yc*bc)/determinant, (yc*bb-yb*bc)/determinant
		if m.c < 0 {
			m.b, m.c = yb/bb, 0
		}
		if !(m.b > 0) {
			return nil
		}
		for i := range took {
			took[i] = m.b*basis[i][1] + m.c*basis[i][2]
		}
	}
	m.cov = covariance(bb, bc, cc, m.c > 0, f.sigma2)
	m.off = m.misfit(f)
	return m
}

// covariance returns that of a, b and c, of which a is not fitted, and c only if both are, from their information.
func covariance(bb, bc, cc float64, both bool, sigma2 float64) *mat.SymDense {
	cov := mat.NewSymDense(3, nil)
	if !both {
		cov.SetSym(1, 1, sigma2/bb)
		return cov
	}
	determinant := bb*cc - bc*bc
	cov.SetSym(1, 1, sigma2*cc/determinant)
	cov.SetSym(1, 2, -sigma2*bc/determinant)
	cov.SetSym(2, 2, sigma2*bb/determinant)
	return cov
}

// cornerPeak returns where from least to most a law with a corner is highest. The time per request over n is a falling and a
// rising part, both convex in ln(n), so a search by thirds finds the place.
func (m *law) cornerPeak(least, most int) float64 {
	low, high := math.Log(float64(least)), math.Log(float64(most))
	for high-low > 1e-3 {
		a, b := low+(high-low)/3, high-(high-low)/3
		if m.perSecond(math.Exp(a)) < m.perSecond(math.Exp(b)) {
			low = a
		} else {
			high = b
		}
	}
	return math.Exp((low + high) / 2)
}
