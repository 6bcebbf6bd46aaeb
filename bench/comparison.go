package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/strategies"
)

// A Comparison measures strategies beside one another at one limit, or two targets beside one another with the same strategies.
type Comparison struct {
	Strategies []strategies.Strategy
	Limit      int             // requests in flight, at least 1
	Repeats    int             // how many blocks; a block is one trial of every strategy on every target
	Against    *SecondTarget   // with which the load's target is compared; nil to compare the strategies
	Seed       uint64          // of the order within the blocks
	Instant    InstantServer   // to see what the client can reach; nil if there is none
	Floor      *stat.Component // by how much a strategy differs from run to run: see [Rank]; nil if it is not known
}

// A SecondTarget is another server, or another path on the same one, to which a comparison makes the requests of its load too.
type SecondTarget struct {
	URLs    URLs
	Witness func() (ServerCounts, error) // as [Observer.Witness]; nil if the server does not count
}

// Expected returns how long the comparison lasts with a fast target; 0 if that is not known, as of batches.
func (c Comparison) Expected(load Load) time.Duration {
	rows := len(c.Strategies)
	if c.Against != nil {
		rows *= 2
	}
	if HasCopy(rows, c.Repeats) {
		rows++
	}
	return time.Duration(rows*c.Repeats) * load.shortestTrial()
}

// Run makes the comparison in complete blocks, each in its own random order, so that a machine that drifts does not favour
// the strategy that comes first. Each strategy keeps one session throughout, or has a fresh one for each batch: see [Load.Cold]. If there are enough strategies and blocks, see
// [HasCopy], a second copy of one of them runs too, as a check on the comparison itself: see [Rank]. A strategy that
// breaks down is dropped, and its trial says why. A warning names each strategy whose bottleneck seems to be the client
// and not the server.
//
// With a second target each block has every strategy on both targets, so that what changes from block to block is the same for
// both. Then the question is how the targets compare, see [RankTargets], and the strategies are not compared with one another.
//
// Run returns early, with an error, when ctx ends, when no strategy is left, and when no request succeeds any more. It does
// so too when no request has succeeded once every strategy has had its try, whatever the order. Once ctx ends, Run returns
// within a second: requests in flight have 300 ms to end, and are then cut off by closing their session.
func (c Comparison) Run(ctx context.Context, load Load, observe Observer) (Findings, error) {
	if err := errors.Join(load.check(), c.checkAgainst(load), checkStrategies(c.Strategies), checkRepeats(c.Repeats)); err != nil {
		return Findings{}, err
	}
	r := newRunner(ctx, load, observe, c.Instant)
	candidates, err := c.open(ctx, r)
	if err != nil {
		return Findings{}, err
	}
	defer func() { candidates.close(ctx) }()
	order := rand.New(rand.NewPCG(c.Seed, 0))
	candidates = r.withCopy(ctx, candidates, c.Repeats, order)
	r.idle = len(candidates) > 1 && !load.Cold()
	r.plan(candidates, c.Repeats)
	r.checkPorts(candidates, load.fewestRequests(c.Limit), c.Repeats)
	r.shareDone = func(done float64) float64 { return done / float64(c.Repeats*len(candidates)) }
	if _, err = r.blocks(ctx, candidates, 0, c.Repeats, order); err == nil {
		err = c.examine(ctx, r, candidates)
	}
	var found Findings
	var warnings []results.Warning
	if c.Against == nil {
		found.Strategies, warnings = Rank(r.trials, c.Floor)
	} else {
		found.Strategies, found.Versus, warnings = RankTargets(r.trials, c.Floor)
	}
	if err != nil { // the run ended early
		recode(warnings, results.TooFewBlocks, results.CutShort)
	}
	found.Warnings = append(r.warnings, warnings...)
	return r.concluded(found, err)
}

// checkAgainst returns an error unless the load can be made on the second target too.
func (c Comparison) checkAgainst(load Load) error {
	if c.Against == nil {
		return nil
	}
	load.URLs = c.Against.URLs
	if err := load.check(); err != nil {
		return fmt.Errorf("second target: %w", err)
	}
	return nil
}

// aim gives the run its second target, if there is one.
func (c Comparison) aim(r *runner) {
	if c.Against == nil {
		return
	}
	load := r.load()
	load.URLs = c.Against.URLs
	r.targets = append(r.targets, newTarget(load, c.Against.Witness))
	for i, on := range r.targets {
		on.index = &i
	}
}

// open opens every strategy on every target, unless each trial has a session of its own. One that cannot be opened on one of them is left out on both.
func (c Comparison) open(ctx context.Context, r *runner) (candidates, error) {
	c.aim(r)
	if r.load().Cold() {
		var all candidates
		for _, on := range r.targets {
			all = append(all, r.cold(on, c.Strategies, c.Limit)...)
		}
		return all, nil
	}
	all, err := r.open(ctx, r.targets[0], c.Strategies, c.Limit)
	if err != nil || c.Against == nil {
		return all, err
	}
	var opened []strategies.Strategy
	for _, one := range all {
		opened = append(opened, one.strategy)
	}
	others, err := r.open(ctx, r.targets[1], opened, c.Limit)
	for i := len(all) - 1; i >= 0; i-- {
		if !slices.ContainsFunc(others, func(other candidate) bool { return other.strategy.Name() == all[i].strategy.Name() }) {
			all[i : i+1].close(ctx)
			delete(r.fates, all[i].at().AnyLimit())
			all = slices.Delete(all, i, i+1)
		}
	}
	return append(all, others...), err
}

// examine adds a warning for every strategy whose client is the bottleneck, which takes two signs. What the strategy
// reaches when a server answers at once is measured only if there is another sign already.
func (c Comparison) examine(ctx context.Context, r *runner, candidates candidates) error {
	if r.load().exemption(nil) != notExempt {
		return nil
	}
	for _, candidate := range candidates {
		at := lineup{candidate.at(): true}.of(r.trials)
		if candidate.purpose != "" || mean(at, goodput) == 0 {
			continue
		}
		found := signsOf(at, nil, 0)
		if len(found.words()) == 1 {
			reach, err := r.reach(ctx, candidate)
			if err != nil {
				return err
			}
			found = signsOf(at, nil, reach)
		}
		if bound, why := found.clientBound(); bound {
			r.warn(results.Warningf(results.BoundByClient,
				"%s: the client is the bottleneck, not the server: %s", candidate.name(), why))
		}
	}
	return nil
}

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
		began, before := time.Now(), float64(r.counting())
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
