package bench

import (
	"context"
	"errors"
	"fmt"
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
// the strategy that comes first. Each strategy keeps one session throughout. If there are enough strategies and blocks, see
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
	r.idle = len(candidates) > 1
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
	return found, err
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

// open opens every strategy on every target. One that cannot be opened on one of them is left out on both.
func (c Comparison) open(ctx context.Context, r *runner) (candidates, error) {
	all, err := r.open(ctx, r.targets[0], c.Strategies, c.Limit)
	if err != nil || c.Against == nil {
		return all, err
	}
	load := r.load()
	load.URLs = c.Against.URLs
	r.targets = append(r.targets, newTarget(load, c.Against.Witness))
	for i, on := range r.targets {
		on.index = &i
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
