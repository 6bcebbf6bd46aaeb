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

// safest returns the index of the smallest limit that gives about the largest share of the peak by that law for which it
// gives least.
func (all laws) safest(limits []int) int {
	const about = 0.01 // of the peak
	least, most := limits[0], limits[len(limits)-1]
	shares := make([]float64, len(limits))
	for i, n := range limits {
		shares[i] = math.Inf(1)
		for _, m := range all {
			shares[i] = min(shares[i], m.perSecond(float64(n))/m.perSecond(m.peak(least, most)))
		}
	}
	highest := slices.Max(shares)
	return slices.IndexFunc(shares, func(share float64) bool { return share >= highest-about })
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
