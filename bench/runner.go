package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"sweetspot/results"
)

// A runner runs the trials of a run one after the other and keeps count.
type runner struct {
	load      Load
	observe   Observer
	share     func(done float64) float64 // of the run that so many trials are, a part of one included
	sofar     string                     // what is known, in a few words
	done      int
	last      int // largest block number so far
	succeeded int64
	failure   string
}

// trial measures the cell and hands the trial to the observer. The error is ctx's if it has ended.
func (r *runner) trial(ctx context.Context, c cell, block int) (*results.Trial, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t, err := c.trial(ctx, r.load, block, func(share float64) {
		r.progress(c, r.share(float64(r.done)+share))
	})
	if err != nil {
		return nil, err
	}
	if t != nil {
		r.done++
		r.last = max(r.last, block)
		r.succeeded += t.Succeeded
		if r.failure == "" && t.FirstError != "" {
			r.failure = fmt.Sprintf("%s: %s", t.Strategy, t.FirstError)
		}
		if err := r.observe.Keep(*t); err != nil {
			return nil, err
		}
	}
	return t, ctx.Err()
}

// blocks measures repeats complete blocks of the cells, numbered from first, each in a random order of its own.
func (r *runner) blocks(ctx context.Context, cells cells, first, repeats int, order *rand.Rand) ([]results.Trial, error) {
	cells = slices.Clone(cells) // the order in which the caller has them is its own
	var all []results.Trial
	for block := first; block < first+repeats; block++ {
		order.Shuffle(len(cells), func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
		for _, cell := range cells {
			t, err := r.trial(ctx, cell, block)
			if err != nil {
				return all, err
			}
			all = append(all, *t)
		}
		if err := r.barren(); err != nil {
			return all, err
		}
	}
	return all, nil
}

func (r *runner) progress(c cell, share float64) {
	if r.observe.Progress != nil {
		r.observe.Progress(Progress{c.strategy.Name(), c.limit, r.done, share, r.sofar})
	}
}

// barren returns why nothing has succeeded so far, or nil if something has.
func (r *runner) barren() error {
	if r.succeeded > 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrNothing, r.failure)
}
