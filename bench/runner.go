package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"sweetspot/results"
	"sweetspot/strategies"
)

// A runner runs the trials of a run one after the other and keeps count.
type runner struct {
	load      Load
	observe   Observer
	share     func(done float64) float64 // of the run that so many trials are, a part of one included
	idle      bool                       // whether sessions of other strategies hold connections open
	done      int                        // trials
	last      int                        // largest block number so far
	succeeded int64
	silent    int // trials without success, one after the other up to the latest
	failure   string
	broken    map[string]bool // strategies that have broken down
}

// ErrDied is returned when a target that had answered does not any more.
var ErrDied = errors.New("the target has stopped answering")

// ErrBroken is returned when every strategy has broken down.
var ErrBroken = errors.New("no strategy is left")

// silentTrials is how many trials in a row may go without success before the target is called dead: at a limit that is far
// too large one may, and so may a strategy that does not work.
const silentTrials = 2

// trial measures the candidate and hands the trial to the observer. That the strategy broke down is no error. The error is ctx's
// if it has ended; it is ErrNothing if nothing has ever succeeded, and ErrDied if nothing does any more.
func (r *runner) trial(ctx context.Context, c candidate, block int, doing string) (*results.Trial, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t, err := c.trial(ctx, r.load, block, func(share float64) {
		if r.observe.Progress != nil {
			r.observe.Progress(Progress{c.strategy.Name(), c.limit, r.done, r.share(float64(r.done) + share), doing})
		}
	})
	if err != nil {
		return nil, err
	}
	if t == nil { // ctx ended before there was anything to measure
		return nil, ctx.Err()
	}
	if t.Error != "" {
		return t, r.drop(t)
	}
	if r.idle && t.Failed[strategies.Timeout.String()] > 0 {
		t.Warn(results.Warningf(results.IdleConnections, "the other strategies hold idle connections open"))
	}
	if why := r.reconcile(t); why != nil {
		if err := accountable(c.session, why); err != nil {
			t = c.broken(err, block)
			return t, r.drop(t)
		}
		t.Warn(results.Warningf(results.Contradicted, "%v", why))
	}
	r.count(t)
	if err := errors.Join(r.observe.Keep(*t), ctx.Err()); err != nil {
		return t, err
	}
	return t, r.dead()
}

// accountable returns the error that a session which does not do what it says ends with, nil if it need not.
func accountable(session strategies.Session, why error) error {
	if s, is := session.(strategies.Accountable); is {
		return s.Contradicted(why)
	}
	return nil
}

// drop keeps the trial in which a strategy broke down, and has no further trial of that strategy be made.
func (r *runner) drop(t *results.Trial) error {
	if r.broken == nil {
		r.broken = map[string]bool{}
	}
	r.broken[t.Strategy] = true
	r.done++
	r.last = max(r.last, t.Block)
	r.failure = fmt.Sprintf("%s: %s", t.Strategy, t.Error)
	r.forget()
	return r.observe.Keep(*t)
}

// left returns an error if all of the candidates have broken down.
func (r *runner) left(candidates candidates) error {
	if slices.ContainsFunc(candidates, func(c candidate) bool { return !r.broken[c.strategy.Name()] }) {
		return nil
	}
	if r.succeeded == 0 {
		return fmt.Errorf("%w: %s", ErrNothing, r.failure)
	}
	return fmt.Errorf("%w: %s", ErrBroken, r.failure)
}

func (r *runner) count(t *results.Trial) {
	r.done++
	r.last = max(r.last, t.Block)
	r.succeeded += t.Succeeded
	r.silent++
	if t.Succeeded > 0 {
		r.silent = 0
	}
	if t.FirstError != "" {
		r.failure = fmt.Sprintf("%s: %s", t.Strategy, t.FirstError)
	}
}

// dead returns why there is no use in going on, or nil if there is.
func (r *runner) dead() error {
	switch {
	case r.succeeded == 0:
		return fmt.Errorf("%w: %s", ErrNothing, r.failure)
	case r.silent > silentTrials:
		return fmt.Errorf("%w: %s", ErrDied, r.failure)
	}
	return nil
}

// blocks measures repeats complete blocks of the candidates, numbered from first, each in a random order of its own, as long
// as more, asked before each block, says so. Cells of strategies that break down are left out from then on. It returns the
// trials also with an error.
func (r *runner) blocks(ctx context.Context, candidates candidates, first, repeats int, order *rand.Rand, more func() bool) ([]results.Trial, error) {
	candidates = slices.Clone(candidates) // the order in which the caller has them is its own
	var all []results.Trial
	for block := first; block < first+repeats && more(); block++ {
		order.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] })
		for _, candidate := range candidates {
			if r.broken[candidate.strategy.Name()] {
				continue
			}
			t, err := r.trial(ctx, candidate, block, "")
			if t != nil {
				all = append(all, *t)
			}
			if err = cmp.Or(err, r.left(candidates)); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}
