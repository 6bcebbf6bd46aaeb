package bench

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"sweetspot/results"
	"sweetspot/results/stat"
)

// A finalComparison compares strategies that have been swept: each at its own limit, which shows what each is able to do,
// and all at a common limit, which shows how they differ where the limit is given. Every block has every strategy at both
// limits, so that one correction for the number of pairs, and one hidden copy, serve for both comparisons.
//
// A strategy whose own limit is the common one has one trial per block, which serves for both.
type finalComparison struct {
	own, common   lineup     // common is nil if there is no comparison at a common limit
	candidates    candidates // of both, and the copy
	trials        []results.Trial
	repeats       int
	blocks        int  // how many are over
	commonDropped bool // the common limit was given up
}

// newFinalComparison returns the comparison of the searches that have a limit to use. Its candidates share the sessions of
// the searches, except the copy, which is the last candidate.
func newFinalComparison(ctx context.Context, r *runner, searches []*search, repeats int, random *rand.Rand) *finalComparison {
	c := &finalComparison{own: lineup{}, common: lineup{}, repeats: repeats}
	limit := commonLimit(searches)
	var at candidates // the common limit, without those that are there already
	for _, one := range searches {
		candidate := one.candidate
		candidate.limit = limit
		c.common[candidate.at()] = true
		own := one.finder.conclude().Limit
		if own != limit {
			at = append(at, candidate)
		}
		candidate.limit = own
		c.own[candidate.at()] = true
		c.candidates = append(c.candidates, candidate)
	}
	if len(at) == 0 { // all have the same limit
		c.common = nil
	}
	entered := len(c.candidates)
	all := r.withCopy(ctx, c.candidates, repeats, random)
	c.candidates = slices.Concat(all[:entered], at, all[entered:])
	return c
}

// close closes the copy's session. The other sessions belong to the searches.
func (c *finalComparison) close(ctx context.Context) {
	if last := len(c.candidates) - 1; c.candidates[last].purpose == results.Control {
		c.candidates[last:].close(ctx)
	}
}

// commonLimit returns the limit at which all are compared: the largest of their own. There each of them has at least the
// share of its peak that was asked for, unless its goodput falls off before; at the median of the limits, half of the
// strategies would seem slow because they had too few requests in flight. But no strategy may pass a limit above which
// goodput falls off a cliff, an objective is not held or requests come near to failing. If there are such limits, the smallest
// of them bounds the common one.
func commonLimit(searches []*search) int {
	largest, bound := 0, math.MaxInt
	for _, one := range searches {
		o := one.finder.conclude()
		switch {
		case o.Verdict == results.Cliff || o.Verdict == results.Objective:
			bound = min(bound, o.Limit)
		case o.Failing > 0:
			bound = min(bound, max(o.Limit, safeBelow(o.Failing)))
		}
		largest = max(largest, o.Limit)
	}
	return min(largest, bound)
}

// run measures one block after another, as long as any time is left.
func (c *finalComparison) run(ctx context.Context, r *runner, order *rand.Rand, left func() time.Duration) error {
	for ; c.blocks < c.repeats && left() > 0; c.blocks++ {
		began, before := time.Now(), float64(len(r.trials))
		r.shareDone = func(done float64) float64 {
			blocks := float64(c.blocks) + (done-before)/float64(len(c.candidates))
			return searchShare + (1-searchShare)*blocks/float64(c.repeats)
		}
		trials, err := r.blocks(ctx, c.candidates, r.lastBlock+1, 1, order)
		c.trials = append(c.trials, trials...)
		if err != nil {
			return err
		}
		c.dropCommon(time.Since(began), left())
	}
	return nil
}

// dropCommon gives up the comparison at the common limit if there is too little time left for it: if the blocks that a
// verdict still takes would take longer, each as long as the last one. The comparison at each strategy's own limit matters
// more.
func (c *finalComparison) dropCommon(block, left time.Duration) {
	missing := min(c.repeats, EnoughRepeats) - c.blocks - 1
	if c.common == nil || time.Duration(missing)*block <= left {
		return
	}
	c.common, c.commonDropped = nil, true
	c.candidates = slices.DeleteFunc(c.candidates, func(at candidate) bool { return !c.own[at.at()] })
}

// rank says how the strategies compare at their own limits and, if they were compared there, at the common one.
func (c *finalComparison) rank(floor *stat.Component) (own, common []results.Summary, warnings []results.Warning) {
	if c.common == nil {
		ranked, warnings := rankLineups(c.own.of(c.trials), floor, c.own)
		if c.commonDropped {
			warnings = append(warnings, results.Warningf(results.NoTime, "there was no time to compare the strategies at a common limit as well"))
		}
		return ranked[0], nil, c.blame(warnings)
	}
	ranked, warnings := rankLineups(c.trials, floor, c.own, c.common)
	return ranked[0], ranked[1], c.blame(warnings)
}

// blame names the budget as the reason for too few blocks, if it is.
func (c *finalComparison) blame(warnings []results.Warning) []results.Warning {
	if c.blocks < c.repeats && c.repeats >= EnoughRepeats {
		recode(warnings, results.TooFewBlocks, results.NoTime)
	}
	return warnings
}
