package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/strategies"
)

// A Comparison measures strategies beside one another at one limit.
type Comparison struct {
	Strategies []strategies.Strategy
	Limit      int             // requests in flight, at least 1
	Repeats    int             // how many blocks; a block is one trial of every strategy
	Seed       uint64          // of the order within the blocks
	Instant    InstantServer   // to see what the client can reach; nil if there is none
	Floor      *stat.Component // by how much a strategy differs from run to run: see [Rank]; nil if it is not known
}

// Expected returns how long the comparison lasts with a fast target; 0 if that is not known, as of batches.
func (c Comparison) Expected(load Load) time.Duration {
	rows := len(c.Strategies)
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
// Run returns early, with an error, when ctx ends, when no strategy is left, and when no request succeeds any more. It does
// so too when no request has succeeded once every strategy has had its try, whatever the order. Once ctx ends, Run returns
// within a second: requests in flight have 300 ms to end, and are then cut off by closing their session.
func (c Comparison) Run(ctx context.Context, load Load, observe Observer) (Findings, error) {
	if err := errors.Join(load.check(), checkStrategies(c.Strategies), checkRepeats(c.Repeats)); err != nil {
		return Findings{}, err
	}
	r := newRunner(ctx, load, observe, c.Instant)
	candidates, err := r.open(ctx, r.targets[0], c.Strategies, c.Limit)
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
	ranked, warnings := Rank(r.trials, c.Floor)
	if err != nil { // the run ended early
		recode(warnings, results.TooFewBlocks, results.CutShort)
	}
	return Findings{Strategies: ranked, Warnings: append(r.warnings, warnings...)}, err
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
				"%s: the client is the bottleneck, not the server: %s", candidate.strategy.Name(), why))
		}
	}
	return nil
}
