package bench

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"sweetspot/results"
)

// A finalComparison compares strategies that have been swept: each at its own limit, which says what each can do, and all at a
// common one, which says what they differ in when the limit is not theirs to choose. Every block of it has every
// strategy at both, so that one correction for the number of pairs does for the whole, and one hidden copy.
//
// A strategy whose own limit is the common one has one trial a block, which serves for both.
type finalComparison struct {
	own, common field      // common is nil if there is no comparison at a common limit
	candidates  candidates // of both, and the copy
	trials      []results.Trial
	repeats     int
	rounds      int  // blocks that are over
	hurried     bool // the common limit was given up
}

// newFinalComparison returns the finalComparison of the searches that have a limit to use. Its candidates share the searches' sessions, but
// for the copy's, which is the last one's.
func newFinalComparison(ctx context.Context, searches []*search, load Load, repeats int, lot *rand.Rand, observe Observer) *finalComparison {
	c := &finalComparison{own: field{}, common: field{}, repeats: repeats}
	limit := commonLimit(searches)
	var at candidates
	for _, one := range searches {
		candidate := one.candidate
		candidate.limit = limit
		c.common[candidate.strategy.Name()] = limit
		own := one.finder.conclude().Limit
		if own != limit {
			at = append(at, candidate)
		}
		candidate.limit = own
		c.own[candidate.strategy.Name()] = own
		c.candidates = append(c.candidates, candidate)
	}
	if len(at) == 0 { // they have chosen the same
		c.common = nil
	}
	entered := len(c.candidates)
	all := c.candidates.withCopy(ctx, load, repeats, lot, observe)
	c.candidates = slices.Concat(all[:entered], at, all[entered:])
	return c
}

// close closes the copy's session, which is the finalComparison's own.
func (c *finalComparison) close() {
	if last := len(c.candidates) - 1; c.candidates[last].purpose == results.Control {
		c.candidates[last:].close()
	}
}

// commonLimit returns the limit at which all are compared: the largest of their own. There every one of them has at least
// the share of its peak that was asked for, unless it falls off before; at the median of them half would be called slow
// for want of a few requests in flight. But a limit that must not be passed, because goodput falls off a cliff there or
// an objective is not held above, is nobody's to pass: then the smallest of those.
func commonLimit(searches []*search) int {
	largest, bound := 0, 0
	for _, one := range searches {
		switch o := one.finder.conclude(); {
		case o.Verdict != results.Cliff && o.Verdict != results.Objective:
			largest = max(largest, o.Limit)
		case bound == 0 || o.Limit < bound:
			bound = o.Limit
		}
	}
	if bound > 0 {
		return bound
	}
	return largest
}

// run measures block after block, as long as any time is left.
func (c *finalComparison) run(ctx context.Context, r *runner, order *rand.Rand, left func() time.Duration) error {
	for ; c.rounds < c.repeats && left() > 0; c.rounds++ {
		began, before := time.Now(), float64(r.done)
		r.share = func(done float64) float64 {
			rounds := float64(c.rounds) + (done-before)/float64(len(c.candidates))
			return searchShare + (1-searchShare)*rounds/float64(c.repeats)
		}
		trials, err := r.blocks(ctx, c.candidates, r.last+1, 1, order, func() bool { return true })
		c.trials = append(c.trials, trials...)
		if err != nil {
			return err
		}
		c.hurry(time.Since(began), left())
	}
	return nil
}

// hurry gives up the comparison at the common limit if the time that is left, at as much for a block as the last one took,
// is too short for as many more blocks as a verdict takes. Each at its own limit comes first.
func (c *finalComparison) hurry(block, left time.Duration) {
	missing := min(c.repeats, EnoughRepeats) - c.rounds - 1
	if c.common == nil || time.Duration(missing)*block <= left {
		return
	}
	c.common, c.hurried = nil, true
	c.candidates = slices.DeleteFunc(c.candidates, func(at candidate) bool { return at.limit != c.own[at.strategy.Name()] })
}

// rank says how the strategies compare at their own limits and, if they were compared there, at the common one.
func (c *finalComparison) rank() (own, common []results.Summary, warnings []results.Warning) {
	if c.common == nil {
		ranked, warnings := rank(c.own.of(c.trials), c.own)
		if c.hurried {
			warnings = append(warnings, results.Warningf(results.NoTime, "there was no time to compare the strategies at a common limit as well"))
		}
		return ranked[0], nil, warnings
	}
	ranked, warnings := rank(c.trials, c.own, c.common)
	return ranked[0], ranked[1], warnings
}
