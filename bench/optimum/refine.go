package optimum

import (
	"cmp"
	"math"
	"slices"
)

// What a block holds.
const (
	mostLimits   = 6  // of a block: within a longer one the machine would drift
	fewestLimits = 3  // of a block, however long they take
	blockSeconds = 15 // a block with more than fewestLimits takes at most this long
)

// What is worth measuring.
const (
	coarseRatio   = 1.45 // of neighbouring limits, just over half an octave, from which the curve between them is too little known
	fineRatio     = 1.1  // of neighbouring limits, up to which nothing between them is worth knowing
	knownError    = 0.33 // standard error of a limit that is known well, as a part of -ln(share)
	planningError = 0.02 // probability of error with which a plan takes something for certain
	longSeconds   = 30   // the most that a trial may take that shows whether the curve falls
)

// When to stop.
const (
	blocksToSettle = 3         // before anything is settled: fewer show no drift
	narrowRatio    = 1.25      // of high to low+1, up to which an interval is narrow enough
	plateauTrials  = 4         // at the largest limit, after which a curve that did not fall is taken for a plateau
	stopError      = alpha / 5 // of a decision that ends the search: smaller, because it is taken after every block
)

// settled reports whether further trials would add nothing that matters.
func (s *Search) settled() bool {
	if s.block < blocksToSettle {
		return false
	}
	f := s.seen.fit()
	if f == nil {
		return true
	}
	if edge, next := s.drop(f); edge >= 0 && s.between(f.limits[edge], next, s.width(f, edge, next)) > 0 {
		return false
	}
	c := s.conclude(stopError)
	if c.has(Harmed) || c.has(Burst) && c.Certain {
		return true // More trials say nothing about the server before, and little about what is left when a burst has been spent.
	}
	if c.Verdict == Plateau && f.trials[f.last()] < plateauTrials && s.seen.cost(f.limits[f.last()], refineSeconds) <= blockSeconds {
		return false
	}
	return c.Certain && (float64(c.High) <= narrowRatio*float64(c.Low+1) || s.between(c.Low, c.High, 1) == 0)
}

// between returns the geometric middle of two limits, or 0 if they are at most that far apart or there is a fixed grid.
func (s *Search) between(low, high, apart int) int {
	if high-low <= apart || len(s.settings.Limits) > 0 {
		return 0
	}
	middle := int(math.Round(math.Sqrt(float64(low) * float64(high))))
	return min(max(middle, low+1), high-1)
}

// worthMeasuring returns the limits that are most worth measuring in the next block.
func (s *Search) worthMeasuring() []choice {
	f := s.seen.fit()
	if f == nil {
		return nil
	}
	p := &planner{judge: newJudge(f.withPrior(), s.settings.Share, planningError), search: s}
	if s.shape(p.judge) == Plateau {
		p.pool()
	}
	if s.block == 1 {
		p.addFor(s.unburdened(), probeSeconds)
	}
	if p.plateau == nil {
		p.add(p.limits[p.top])
	}
	p.cliffs()
	p.doubts()
	p.edge()
	if p.plateau == nil {
		p.around()
		p.challengers()
	} else {
		p.choose(p.crossing()+1, p.crossing()+2)
	}
	return p.chosen
}

// A planner chooses the limits of a block, those that matter most first.
type planner struct {
	*judge
	search *Search
	chosen []choice
	spent  float64 // seconds that the chosen limits will take
}

// A choice is a limit to measure, in a window of about that many seconds.
type choice struct {
	limit  int
	window float64
}

// add chooses a limit if the block has room for it; 0 stands for none.
func (p *planner) add(limit int) { p.addFor(limit, refineSeconds) }

// addFor chooses a limit for a window of that many seconds.
func (p *planner) addFor(limit int, window float64) {
	if limit == 0 || len(p.chosen) >= mostLimits || slices.ContainsFunc(p.chosen, func(c choice) bool { return c.limit == limit }) {
		return
	}
	cost := p.search.seen.cost(limit, window)
	if len(p.chosen) >= fewestLimits && p.spent+cost > blockSeconds {
		return
	}
	p.chosen = append(p.chosen, choice{limit, window})
	p.spent += cost
}

// choose adds limits by their indexes, and ignores indexes out of range.
func (p *planner) choose(indexes ...int) {
	for _, i := range indexes {
		if i >= 0 && i < len(p.limits) {
			p.add(p.limits[i])
		}
	}
}

// split adds the middle between two limits if they are further apart than the ratio, and reports whether it did.
func (p *planner) split(low, high int, ratio float64) bool {
	if float64(high) <= ratio*float64(low) {
		return false
	}
	middle := p.search.between(low, high, 1)
	p.add(middle)
	return middle > 0
}

// cliffs closes in on where the curve falls steeply or requests begin to fail.
func (p *planner) cliffs() {
	if edge, next := p.search.drop(p.fit); edge >= 0 {
		p.quarter(p.limits[edge], next, p.search.width(p.fit, edge, next))
	}
	if failing := p.search.seen.failingLimit(); failing < math.MaxInt {
		p.quarter(p.limits[p.last()], failing, p.search.width(p.fit, p.last(), failing))
	}
}

// quarter adds the middle between two limits, and the middles of both halves: a fall takes few trials to see, and every
// block that is needed to close in on it takes many.
func (p *planner) quarter(low, high, apart int) {
	middle := p.search.between(low, high, apart)
	if middle == 0 {
		return
	}
	for _, limit := range []int{middle, p.search.between(low, middle, apart), p.search.between(middle, high, apart)} {
		p.addFor(limit, rampSeconds)
	}
}

// doubts chooses the limits on which an uncertain verdict depends: those of a dip, of a rise at the end of the range, and of
// a fall there, which distinguishes a peak from a plateau.
func (p *planner) doubts() {
	if d := p.dip(); d.z > 0 && d.z < 2*p.t {
		p.choose(d.bottom, d.left, d.right)
	}
	last, most := p.last(), p.search.settings.Max
	if z := p.rise(most); z > 0 && z < 2*p.t {
		p.choose(last, last-1)
	}
	if p.plateau != nil && p.trials[last] < plateauTrials && p.search.seen.cost(p.limits[last], refineSeconds) <= blockSeconds {
		p.choose(last)
	}
	if z := p.lead(last); z >= 0 || z < -student(doubtful, p.df) {
		return
	}
	further := 2 * p.limits[last]
	if further <= most && further < p.search.seen.failingLimit() && p.search.seen.cost(further, refineSeconds) <= longSeconds {
		p.add(further) // It shows a fall in less time than many trials of the largest limit do.
	} else {
		p.choose(last)
	}
}

// edge chooses the limits around the left edge: where the curve rises through share of the peak.
func (p *planner) edge() {
	right := p.crossing()
	left := right - 1
	p.choose(right)
	if left < 0 {
		return
	}
	decided := p.lead(right) > p.t && p.lead(left) < -p.t
	p.split(p.limits[left], p.limits[right], p.resolution(decided))
	p.choose(left)
	if left > 0 && p.lead(left) > -p.t {
		p.split(p.limits[left-1], p.limits[left], p.resolution(false))
		p.choose(left - 1)
	}
	if p.lead(right) < p.t {
		p.choose(right + 1)
	}
}

// resolution returns the ratio of neighbouring limits down to which the left edge is refined. It is fineRatio once both sides
// of the edge are decided. It is fineRatio too if both sides are known well: then an undecided limit lies so close to the edge
// that more trials would not decide it.
func (p *planner) resolution(decided bool) float64 {
	right := p.crossing()
	_, a := p.gap(right, p.top)
	_, b := p.gap(right-1, p.top)
	if decided || max(a, b) < knownError*-p.share {
		return fineRatio
	}
	return coarseRatio
}

// around chooses limits beside the best, so that no peak hides between it and its neighbours.
func (p *planner) around() {
	at := p.limits[p.top]
	if p.top < p.last() && !p.split(at, p.limits[p.top+1], coarseRatio) {
		p.choose(p.top + 1)
	}
	if p.top > 0 {
		p.split(p.limits[p.top-1], at, coarseRatio)
	}
}

// challengers chooses the limits that may still be better than the best, the most likely first.
func (p *planner) challengers() {
	others := slices.DeleteFunc(slices.Clone(p.rivals), func(i int) bool { return i == p.top })
	slices.SortFunc(others, func(a, b int) int { return cmp.Compare(p.over(p.top, a), p.over(p.top, b)) })
	p.choose(others...)
}
