package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"sweetspot/results"
	"sweetspot/strategies"
)

// An Entry is a strategy at a limit of its own.
type Entry struct {
	Strategy strategies.Strategy
	Limit    int
}

// Batches measures batches of requests as a program makes them that starts, makes them and ends: each by a session that
// has been opened for it alone, so that its time includes the connecting. A strategy may enter at several limits. No two
// sessions are open at once, and so none is slowed down by what others hold open.
type Batches struct {
	Load    Load // Requests says how many a batch is
	Entries []Entry
	Repeats int    // how many blocks; a block is one batch of every entry
	Seed    uint64 // of the order within the blocks
}

// drainTime lets what a session closes drain, so that one batch does not tax the next: thousands of connections may be.
const drainTime = 100 * time.Millisecond

// Run makes the batches in complete blocks, each in a random order of its own. An entry whose session cannot be opened is
// left out from then on, with a warning; so is a strategy that breaks down, and its trial says why. Run returns early, with
// an error, when ctx ends, when nothing has ever succeeded or does not any more, and when no entry is left.
func (b Batches) Run(ctx context.Context, observe Observer) error {
	r := runner{load: b.Load, observe: observe}
	entries := slices.Clone(b.Entries) // the order in which the caller has them is its own
	order := rand.New(rand.NewPCG(b.Seed, 0))
	for block := range b.Repeats {
		order.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		var able []Entry
		var errs []error
		for _, e := range entries {
			candidates, err := open(ctx, []strategies.Strategy{e.Strategy}, b.Load, e.Limit, observe)
			if ctx.Err() != nil {
				candidates.close()
				return ctx.Err()
			}
			if err != nil {
				errs = append(errs, err)
				continue
			}
			r.share = func(done float64) float64 { return min(1, done/float64(b.Repeats*len(entries))) }
			_, err = r.blocks(ctx, candidates, block, 1, order, func() bool { return true })
			candidates.close()
			switch {
			case r.broken[e.Strategy.Name()]: // its trial says why
			case err != nil:
				return err
			default:
				able = append(able, e)
			}
			time.Sleep(drainTime)
		}
		if entries = able; len(entries) == 0 {
			return cmp.Or(errors.Join(errs...), fmt.Errorf("%w: %s", ErrBroken, r.failure))
		}
		for _, err := range errs {
			observe.warn(results.Warningf(results.LeftOut, "left out: %v", err))
		}
	}
	return nil
}
