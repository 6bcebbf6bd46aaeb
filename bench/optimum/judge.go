package optimum

import (
	"math"
	"slices"
)

// A judge decides what is certain about a fit, with an error of at most alpha on either side.
type judge struct {
	*fit
	share   float64 // of the peak that is enough, as a logarithm
	alpha   float64
	t       float64   // the value that Student's t exceeds with probability alpha
	tStrict float64   // the same for alpha divided by the number of rivals (Bonferroni)
	top     int       // index of the best limit
	rivals  []int     // indexes of the limits that may be as good as share of it, top among them
	plateau []float64 // weights of the limits that are the peak together, where the curve is a plateau; else nil
}

// newJudge returns a judge of a fit that has degrees of freedom.
func newJudge(f *fit, share, alpha float64) *judge {
	j := &judge{fit: f, share: math.Log(share), alpha: alpha, t: student(alpha, f.df), top: f.best()}
	for i := range f.limits {
		if i == j.top || j.over(j.top, i) <= j.t {
			j.rivals = append(j.rivals, i)
		}
	}
	j.tStrict = student(alpha/float64(len(j.rivals)), f.df)
	return j
}

// over returns by how many standard errors limit i lies above share of limit k.
func (j *judge) over(i, k int) float64 {
	by, se := j.gap(i, k)
	return (by - j.share) / se
}

// lead returns by how many standard errors limit i lies above share of the estimated peak.
func (j *judge) lead(i int) float64 {
	switch {
	case j.plateau != nil:
		weights := make([]float64, len(j.plateau))
		for k, w := range j.plateau {
			weights[k] = -w
		}
		weights[i]++
		by, se := j.contrast(weights)
		return (by - j.share) / se
	case i == j.top:
		return math.Inf(1)
	default:
		return j.over(i, j.top)
	}
}

// below reports whether limit i certainly gives less than share of the peak. The peak is whichever of the rivals
// is highest, so one of them suffices, and picking it costs the stricter test.
func (j *judge) below(i int) bool {
	if j.plateau != nil {
		return j.lead(i) < -j.t
	}
	return slices.ContainsFunc(j.rivals, func(k int) bool { return k != i && j.over(i, k) < -j.tStrict })
}

// enough reports whether limit i certainly gives at least share of every other limit's goodput. Every single
// comparison must hold, so none needs a correction (an intersection-union test, Berger 1982).
func (j *judge) enough(i int) bool {
	if j.plateau != nil {
		return j.lead(i) > j.t
	}
	for k := range j.limits {
		if k != i && j.over(i, k) <= j.t {
			return false
		}
	}
	return true
}

// crossing returns the index of the smallest limit such that it and all limits from it to the best are estimated to give
// share of the peak.
func (j *judge) crossing() int {
	i := j.top
	for i > 0 && j.lead(i-1) >= 0 {
		i--
	}
	return i
}

// pool pools all limits right of the crossing into one plateau, unless they differ by more than their noise explains (an F
// test). Otherwise a plateau of many octaves would need as many trials at each of them as at the limit that is to be found.
func (j *judge) pool() {
	from := j.crossing() + 1
	n := len(j.limits) - from
	if n < 2 || survival(j.scatter(from, len(j.limits), 0)/float64(n-1)/j.sigma2, n-1, j.df) <= likely {
		return
	}
	j.plateau = make([]float64, len(j.limits))
	w := 0.0
	for i := from; i < len(j.limits); i++ {
		w += j.weight[i]
	}
	for i := from; i < len(j.limits); i++ {
		j.plateau[i] = j.weight[i] / w
	}
}

// high returns the index of the smallest limit that is certainly enough, or -1. It goes down from the best and, after
// the first limit that is certain, stops at the next that is not: the claims are nested, so the sequence as a whole
// errs no more often than one of its tests (fixed-sequence testing, Maurer et al. 1995). A limit with too few trials to
// be known does not end the sequence.
func (j *judge) high() int {
	high := -1
	for i := j.top; i >= 0; i-- {
		if j.enough(i) {
			high = i
		} else if high >= 0 && j.known(i) {
			break
		}
	}
	return high
}

// low returns the index of the largest limit before the one of index end that is certainly below share of the peak, or
// -1. It goes up from the smallest in the same way. On a curve with several humps, a limit that is certain says nothing
// about the smaller ones: then each of them must be certain.
func (j *judge) low(end int, humps bool) int {
	low := -1
	for i := range end {
		if j.below(i) {
			low = i
		} else if humps || j.known(i) {
			break
		}
	}
	return low
}

// known reports whether limit i is measured about as well as the best.
func (j *judge) known(i int) bool { return j.weight[i] >= j.weight[j.top]/2 }

// nearest returns the limit among the rivals whose ratio to place is nearest to 1.
func (j *judge) nearest(place float64) int {
	nearest, least := j.limits[j.top], math.Inf(1)
	for _, i := range j.rivals {
		if away := math.Abs(math.Log(float64(j.limits[i]) / place)); away < least {
			nearest, least = j.limits[i], away
		}
	}
	return nearest
}
