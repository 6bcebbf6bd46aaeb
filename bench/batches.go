package bench

import (
	"context"
	"errors"
	"math/rand/v2"

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
// that none is slowed down by the connections of another. The load's Requests is the size of a batch. A [Comparison] of batches does
// the same at one limit, and compares the strategies.
type Batches struct {
	Entries []Entry
	Repeats int    // how many blocks; a block is one batch of every entry
	Seed    uint64 // of the order within the blocks
}

// Run makes the batches in complete blocks, each in its own random order. A strategy whose session cannot be opened is left
// out from then on, with a warning; so is one that breaks down, and its trial says why. Run returns early, with an
// error, when ctx ends, when no request has succeeded once every entry has had its try, when none does any more, and when no
// entry is left. The end of ctx is that of [Comparison.Run].
func (b Batches) Run(ctx context.Context, load Load, observe Observer) (Findings, error) {
	if err := errors.Join(load.check(), checkRepeats(b.Repeats)); err != nil {
		return Findings{}, err
	}
	r := newRunner(ctx, load, observe, nil)
	var all candidates
	for _, e := range b.Entries {
		all = append(all, r.cold(r.targets[0], []strategies.Strategy{e.Strategy}, e.Limit)...)
	}
	r.plan(all, b.Repeats)
	r.checkPorts(all, int(load.Requests), b.Repeats)
	r.shareDone = func(done float64) float64 { return min(1, done/float64(b.Repeats*len(all))) }
	_, err := r.blocks(ctx, all, 0, b.Repeats, rand.New(rand.NewPCG(b.Seed, 0)))
	return r.concluded(Findings{Strategies: results.Summarise(r.trials), Warnings: r.warnings}, err)
}
