package bench

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"sweetspot/results"
	"sweetspot/strategies"
)

// An Entry is a strategy at its own limit.
type Entry struct {
	Strategy strategies.Strategy
	Limit    int // requests in flight, at least 1
}

// Batches measures batches of requests with a new session for each, as for a program that makes one batch and ends: the time
// of a batch includes the time to connect. A strategy may enter at several limits. No two sessions are open at once, so
// that none is slowed down by the connections of another. The load's Requests is the size of a batch.
type Batches struct {
	Entries []Entry
	Repeats int    // how many blocks; a block is one batch of every entry
	Seed    uint64 // of the order within the blocks
}

// drainTime lets the connections of a closed session drain, which may be thousands, so that one batch does not slow down
// the next.
const drainTime = 100 * time.Millisecond

// Run makes the batches in complete blocks, each in its own random order. An entry whose session cannot be opened is left
// out from then on, with a warning; so is a strategy that breaks down, and its trial says why. Run returns early, with an
// error, when ctx ends, when no request has succeeded once every entry has had its try, when none does any more, and when no
// entry is left. The end of ctx is that of [Comparison.Run].
func (b Batches) Run(ctx context.Context, load Load, observe Observer) (Findings, error) {
	if err := errors.Join(load.check(), checkRepeats(b.Repeats)); err != nil {
		return Findings{}, err
	}
	r := newRunner(ctx, load, observe, nil)
	err := b.run(ctx, r)
	return Findings{Strategies: results.Summarise(r.trials), Warnings: r.warnings}, err
}

func (b Batches) run(ctx context.Context, r *runner) error {
	entries := slices.Clone(b.Entries) // the caller's order stays as it is
	on := r.targets[0]
	var all candidates
	for _, e := range entries {
		one := candidate{strategy: e.Strategy, target: on}
		r.enter(one)
		r.fateOf(one).toCome += b.Repeats
		all = append(all, one)
	}
	r.checkPorts(all, int(on.load.Requests), b.Repeats)
	order := rand.New(rand.NewPCG(b.Seed, 0))
	for block := range b.Repeats {
		order.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		r.shareDone = func(done float64) float64 { return min(1, done/float64(b.Repeats*len(entries))) }
		var able []Entry
		var errs []error // of entries that could not be opened
		for _, e := range entries {
			batch, err := r.open(ctx, on, []strategies.Strategy{e.Strategy}, e.Limit)
			if ctx.Err() != nil {
				batch.close(ctx)
				return ctx.Err()
			}
			if err != nil {
				errs = append(errs, err)
				r.leave(candidate{strategy: e.Strategy, target: on}, err)
				continue
			}
			_, err = r.blocks(ctx, batch, block, 1, order)
			batch.close(ctx)
			if err != nil {
				return err
			}
			if !r.fateOf(candidate{strategy: e.Strategy, target: on}).broken { // else its trial says why
				able = append(able, e)
			}
			pause(ctx, drainTime)
		}
		if entries = able; len(entries) == 0 {
			return cmp.Or(errors.Join(errs...), r.hopeless())
		}
		r.warnLeftOut(errs)
		if err := r.hopeless(); err != nil {
			return err
		}
	}
	return nil
}
