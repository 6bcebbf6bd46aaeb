package optimum

import (
	"math"
	"slices"
)

// A Verdict says what kind of curve was found, and so what the figures beside it mean. That the client is the bottleneck is
// no verdict of this package: in goodput alone the limits of the client look like those of the server.
type Verdict string

// The verdicts.
const (
	Peak       Verdict = "peak"       // an interior best
	Plateau    Verdict = "plateau"    // a flat top: only its left edge means something
	NoKnee     Verdict = "no-knee"    // still rising at the largest limit
	Cliff      Verdict = "cliff"      // goodput collapses just above the limit, which is the largest safe one
	Multimodal Verdict = "multimodal" // goodput falls and rises again
	Guess      Verdict = "guess"      // too few trials for any statement; the limit is the best guess
	Unstable   Verdict = "unstable"   // the machine drifted, or there are too few trials even for a guess
)

// Verdicts returns every verdict.
func Verdicts() []Verdict {
	return []Verdict{Peak, Plateau, NoKnee, Cliff, Multimodal, Guess, Unstable}
}

// Bounds of the verdicts, as differences of ln(goodput).
var (
	drifting = math.Log(1.05) // from the first block to the last: the machine is not stable
	fall     = math.Log(1.25) // between neighbours, which is a fall by 20%: a cliff
	gain     = math.Log(1.05) // over the top octave: no knee
	dent     = math.Log(1.05) // down and up again: two humps
)

// Probabilities by which the shape is decided.
const (
	doubtful = 0.005 // the most with which a feature of the curve may be named that is not there
	likely   = 0.1   // the least of a misfit by chance with which a model is believed
)

// shape names the kind of curve, whether or not the machine was stable.
func (s *Search) shape(j *judge) Verdict {
	t := student(doubtful, j.df)
	switch edge, next := s.drop(j.fit); {
	case j.dip().z > t:
		return Multimodal
	case edge >= 0 && next-j.limits[edge] <= s.width(j.fit, edge, next) && j.falls(edge, t):
		return Cliff
	case j.rise(s.settings.Max) > t:
		return NoKnee
	case j.flat() && j.usl() == nil:
		return Plateau
	default:
		return Peak
	}
}

// A dip is a place where the curve falls by more than a dent and rises by more than a dent again.
type dip struct {
	left, bottom, right int     // indexes of limits
	z                   float64 // by how many standard errors the lesser of the two exceeds a dent
}

// dip returns the most certain dip of the curve.
func (f *fit) dip() dip {
	deepest := dip{z: math.Inf(-1)}
	// highest returns which of the limits with indexes in [from, to) most certainly lies above the bottom.
	highest := func(from, to, bottom int) (at int, z float64) {
		z = math.Inf(-1)
		for i := from; i < to; i++ {
			if by, se := f.gap(i, bottom); (by-dent)/se > z {
				at, z = i, (by-dent)/se
			}
		}
		return at, z
	}
	for bottom := range f.limits {
		left, down := highest(0, bottom, bottom)
		right, up := highest(bottom+1, len(f.limits), bottom)
		if z := min(down, up); z > deepest.z {
			deepest = dip{left, bottom, right, z}
		}
	}
	return deepest
}

// How close two limits must be, as a part of the smaller one, for a fall between them to be a cliff and not a slope.
const (
	cliffWidth   = 0.1  // no law falls by a fifth within that
	closestWidth = 0.02 // closer than that no edge is looked for
)

// width returns how close to a limit the next larger one must be to know where the curve falls between them, or where requests begin
// to fail. Where the curve is flat before it falls, the largest safe limit need not be known exactly. Where it rises up to the edge,
// what lies between the two limits would be goodput that is lost: at most half of what may be missing of the peak.
func (s *Search) width(f *fit, edge, next int) int {
	part := closestWidth
	if octave, found := slices.BinarySearch(f.limits[:edge+1], f.limits[edge]/2+1); next < s.seen.failingLimit() && (octave > 0 || found) {
		before := max(0, octave-1)
		slope := (f.mu[edge] - f.mu[before]) / math.Log(float64(f.limits[edge])/float64(f.limits[before]))
		part = max(closestWidth, min(cliffWidth, -math.Log(s.settings.Share)/2/max(slope, 0)))
	}
	return max(1, int(part*float64(f.limits[edge])))
}

// drop returns the index of the last good limit before a steep fall and the next larger limit tried, or -1 if there
// is no such fall. Only limits tried between the two show whether the fall is a cliff or a slope.
func (s *Search) drop(f *fit) (edge, next int) {
	top := f.best()
	for i := top; i < f.last() && f.mu[top]-f.mu[i] <= fall; i++ {
		if f.mu[i]-f.mu[i+1] > fall {
			return i, f.limits[i+1]
		}
	}
	failing := s.seen.failingLimit()
	if failing < math.MaxInt && s.seen.best(failing) < f.perSecond(f.last())*math.Exp(-fall) {
		return f.last(), failing
	}
	return -1, 0
}

// falls reports whether the fall after limit i is more than t standard errors. What falls because requests fail is
// not in the fit, and needs no test.
func (f *fit) falls(i int, t float64) bool {
	if i == f.last() {
		return true
	}
	by, se := f.gap(i, i+1)
	return by > t*se
}

// rise returns by how many standard errors the curve rose in the top octave. It returns -Inf if the curve rose by less than
// gain, or if the largest limit that may be tried has not been.
func (f *fit) rise(most int) float64 {
	half := f.last() - 1
	for half > 0 && f.limits[half]*2 > most {
		half--
	}
	if half < 0 || f.limits[f.last()] != most {
		return math.Inf(-1)
	}
	by, se := f.gap(f.last(), half)
	if by <= gain*math.Log2(float64(most)/float64(f.limits[half])) {
		return math.Inf(-1)
	}
	return by / se
}

// flat reports whether no limit right of the best certainly gives less than share of it.
func (j *judge) flat() bool {
	t := student(doubtful, j.df)
	for i := j.top + 1; i < len(j.limits); i++ {
		if j.over(i, j.top) < -t {
			return false
		}
	}
	return true
}
