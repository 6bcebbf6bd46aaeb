package optimum

import (
	"math"
	"slices"
)

// powers are the q of the laws that are fitted. Between neighbours the laws differ by less than trials can show.
var powers = []float64{0.25, 0.35, 0.5, 0.7, 1, 1.4, 2}

// laws are the laws that the trials do not refuse.
type laws []*law

// refused is the probability of so large a misfit, at and below which a law does not hold. It is small: to drop a law that
// holds makes an interval wrong, to keep one that does not makes it wider.
const refused = 0.01

// fitting is the probability that the best of the laws must exceed, for the family to be believed at all.
const fitting = 0.1

// fitLaws fits the whole family and returns the laws that are not refused, or none if not one of them fits well: then the
// server follows another law.
func fitLaws(f *fit) laws {
	var all laws
	best := 0.0
	for _, q := range powers {
		if m := fitLaw(f, q); m != nil && m.p > refused {
			all = append(all, m)
			best = max(best, m.p)
		}
	}
	if best <= fitting {
		return nil
	}
	return append(all, cornerLaws(f)...)
}

// bracket returns the union of the brackets of all the laws.
func (all laws) bracket(share, alpha float64, least, most int) (low, high int) {
	low, high = most, least
	for _, m := range all {
		l, h := m.bracket(share, alpha, least, most)
		low, high = min(low, l), max(high, h)
	}
	return low, high
}

// likeliest returns the index of the limit that may be expected to give the largest share of the peak. Each law counts by its
// likelihood. Those with a corner count together as one for each q, since they are tried at many corners.
func (all laws) likeliest(f *fit) int {
	least, most := f.limits[0], f.limits[f.last()]
	corners := make(map[float64]float64) // number of laws by q
	closest := math.Inf(1)
	for _, m := range all {
		closest = min(closest, m.misfit(f))
		if m.corner > 0 {
			corners[m.q]++
		}
	}
	shares := make([]float64, len(f.limits))
	for _, m := range all {
		likelihood := math.Exp((closest - m.misfit(f)) / (2 * f.sigma2))
		if m.corner > 0 {
			likelihood /= corners[m.q]
		}
		peak := m.perSecond(m.peak(least, most))
		for i, n := range f.limits {
			shares[i] += likelihood * m.perSecond(float64(n)) / peak
		}
	}
	return slices.Index(shares, slices.Max(shares))
}

// usl returns the universal scalability law if the trials do not speak against it, if it fits better than a curve without a
// peak, and if its peak is certainly among the limits explored; else nil.
func (j *judge) usl() *law {
	m := fitLaw(j.fit, 1)
	if m == nil || m.p <= likely || m.c <= 0 || m.misfit(j.fit) > j.roofline() {
		return nil
	}
	if m.parameters < 3 { // it falls from the first limit on
		return m
	}
	if _, high, ok := m.peakInterval(j.alpha); !ok || high >= float64(j.limits[j.last()]) {
		return nil
	}
	return m
}
