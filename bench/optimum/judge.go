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
	t       float64     // the value that Student's t exceeds with probability alpha
	tStrict float64     // the same for alpha divided by the number of rivals (Bonferroni)
	top     int         // index of the best limit
	rivals  []int       // indexes of the limits that may be as good as share of it, top among them
	between float64     // by how much ln(goodput) may be higher between two limits than at both
	plateau []float64   // weights of the limits that are the peak together, where the curve is a plateau; else nil
	ends    [][]float64 // weights of the limits that estimate the height of the plateau's ends
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
	case j.plateau != nil: // It may be highest in the middle, if it is flat, or at one of its ends.
		least := j.overSum(i, j.plateau)
		for _, end := range j.ends {
			least = min(least, j.overSum(i, end))
		}
		return least
	case i == j.top:
		return math.Inf(1)
	default:
		return j.over(i, j.top)
	}
}

// overSum returns by how many standard errors limit i lies above share of a weighted mean of the limits.
func (j *judge) overSum(i int, mean []float64) float64 {
	weights := make([]float64, len(mean))
	for k, w := range mean {
		weights[k] = -w
	}
	weights[i]++
	by, se := j.contrast(weights)
	if se == 0 { // a limit beside itself
		return math.Inf(1)
	}
	return (by - j.share) / se
}

// below reports whether limit i certainly gives less than share of the peak. The peak is whichever of the rivals
// is highest, so one of them suffices, and picking it costs the stricter test.
func (j *judge) below(i int) bool {
	if j.plateau != nil {
		return j.overSum(i, j.plateau) < -j.t
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
		by, se := j.gap(i, k)
		if k != i && by-j.share-j.between <= j.t*se {
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

// pool pools all limits right of the crossing into one plateau, unless they differ from a straight line by more than their
// noise explains (an F test). Otherwise a plateau of many octaves would need as many trials at each of them as at the limit
// that is to be found. The line may have a slope: a test of whether a plateau still rises slowly would have no power.
func (j *judge) pool() {
	from := j.crossing() + 1
	n := len(j.limits) - from
	if n < 2 {
		return
	}
	line := newLine(j.fit, from)
	if n > 2 && survival(line.misfit/float64(n-2)/j.sigma2, n-2, j.df) <= likely {
		return
	}
	j.plateau = line.mean()
	alone := make([]float64, len(j.limits)) // the last limit by its own trials: the line may bend
	alone[j.last()] = 1
	j.ends = [][]float64{line.at(j.limits[from]), line.at(j.limits[j.last()]), alone}
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

// place returns the interval in which the peak lies: from the smallest to the largest limit that is not certainly below the
// best, and a neighbour on each side, since the curve may be highest between two limits.
func (j *judge) place() (low, high int) {
	t := student(j.alpha/float64(len(j.limits)), j.df)
	first, last := j.top, j.top
	for i := range j.limits {
		if by, se := j.gap(j.top, i); i != j.top && by <= t*se {
			first, last = min(first, i), max(last, i)
		}
	}
	return j.limits[max(0, first-1)], j.limits[min(j.last(), last+1)]
}

// nextToLast returns the index of the limit before the largest, or of the largest if it is alone.
func (j *judge) nextToLast() int { return max(0, j.last()-1) }

// guess returns the index of the limit to use where none is certainly enough on a plateau: the smallest that is with 95%
// confidence by itself, or else one of the best.
func (j *judge) guess() int {
	probable := student(0.05, j.df)
	for i := range j.limits {
		if j.lead(i) > probable {
			return i
		}
	}
	if all := fitLaws(j.fit); len(all) > 0 {
		return all.likeliest(j.fit)
	}
	return j.smoothed()
}

// smoothed returns the index of the limit at which the curve is highest when each limit is taken together with its neighbours,
// by weights that fall off within half an octave, of the limits that may be as good as the best. The single limit that was measured
// to be best was more likely lucky than best. Neighbours that are certainly worse count as well: on the side of a steep fall it is
// better to be far from it than close. About the best the curve is taken to bend only downwards.
func (j *judge) smoothed() int {
	const asGood = 1 // standard errors
	from, to := j.summit(j.top)
	height := slices.Clone(j.mu)
	copy(height[from:], j.concave(from, to))
	var rivals []int
	for i := range j.limits {
		if _, se := j.gap(j.top, i); height[j.top]-height[i] <= asGood*se {
			rivals = append(rivals, i)
		}
	}
	best, highest := j.top, math.Inf(-1)
	for _, i := range rivals {
		w, y := 0.0, 0.0
		for k := range j.limits {
			octaves := math.Log2(float64(j.limits[k]) / float64(j.limits[i]))
			weight := j.weight[k] * math.Exp(-8*octaves*octaves)
			w, y = w+weight, y+weight*height[k]
		}
		if y/w > highest {
			best, highest = i, y/w
		}
	}
	return best
}
