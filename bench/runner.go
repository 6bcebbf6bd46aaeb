package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"sweetspot/results"
	"sweetspot/strategies"
)

// A runner runs the trials of a run one after the other, and keeps them with the run's warnings.
type runner struct {
	load      Load
	observe   Observer
	instant   func() (URLs, error)       // of a server that answers at once, started at the first call; nil if there is none
	shareDone func(done float64) float64 // the share of the run that done trials are; the trial under way counts in part
	idle      bool                       // whether sessions of other strategies hold connections open
	trials    []results.Trial            // in the order in which they were made
	warnings  []results.Warning          // about the run as a whole

	lastBlock int // the largest block number so far
	succeeded int64
	silent    int             // trials without success, one after the other up to the latest
	failure   string          // the latest
	broken    map[string]bool // strategies that have broken down
}

func newRunner(ctx context.Context, load Load, observe Observer, instant InstantServer) *runner {
	r := &runner{load: load, observe: observe, broken: map[string]bool{}}
	if instant != nil {
		r.instant = sync.OnceValues(func() (URLs, error) { return instant(ctx) })
	}
	return r
}

// silentTrials is how many trials in a row may go without success before the target is called dead: one may at a limit
// that is far too large, and another of a strategy that does not work.
const silentTrials = 2

// trial measures the candidate and keeps the trial. It is no error that the strategy broke down. The error is ctx's if it
// has ended; it is ErrNothing if no request has ever succeeded, and ErrDied if none does any more.
func (r *runner) trial(ctx context.Context, c candidate, block int, doing string) (*results.Trial, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t, err := c.trial(ctx, r.load, block, func(share float64) {
		if r.observe.Progress != nil {
			done := len(r.trials)
			r.observe.Progress(Progress{c.strategy.Name(), c.limit, done, r.shareDone(float64(done) + share), doing})
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
	if err := errors.Join(r.keep(t), ctx.Err()); err != nil {
		return t, err
	}
	return t, r.dead()
}

// accountable returns the error that ends a session whose counts are wrong; nil if the session may go on.
func accountable(session strategies.Session, why error) error {
	if s, is := session.(strategies.Accountable); is {
		return s.Contradicted(why)
	}
	return nil
}

// keep adds the trial to the run and hands it to the observer.
func (r *runner) keep(t *results.Trial) error {
	r.trials = append(r.trials, *t)
	r.lastBlock = max(r.lastBlock, t.Block)
	if r.observe.Keep == nil {
		return nil
	}
	return r.observe.Keep(*t)
}

// drop keeps the trial in which a strategy broke down. The strategy has no further trial.
func (r *runner) drop(t *results.Trial) error {
	r.broken[t.Strategy] = true
	r.failure = fmt.Sprintf("%s: %s", t.Strategy, t.Error)
	r.resetWitness()
	return r.keep(t)
}

// allBroken returns an error if all of the candidates have broken down.
func (r *runner) allBroken(candidates candidates) error {
	if slices.ContainsFunc(candidates, func(c candidate) bool { return !r.broken[c.strategy.Name()] }) {
		return nil
	}
	if r.succeeded == 0 {
		return fmt.Errorf("%w: %s", ErrNothing, r.failure)
	}
	return fmt.Errorf("%w: %s", ErrBroken, r.failure)
}

// count notes whether the target still answers.
func (r *runner) count(t *results.Trial) {
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

// blocks measures complete blocks of the candidates, numbered from first, each in its own random order. Candidates of
// strategies that break down are left out from then on. It returns the trials also with an error.
func (r *runner) blocks(ctx context.Context, candidates candidates, first, repeats int, order *rand.Rand) ([]results.Trial, error) {
	candidates = slices.Clone(candidates) // the caller's order stays as it is
	var all []results.Trial
	for block := first; block < first+repeats; block++ {
		order.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] })
		for _, candidate := range candidates {
			if r.broken[candidate.strategy.Name()] {
				continue
			}
			t, err := r.trial(ctx, candidate, block, "")
			if t != nil {
				all = append(all, *t)
			}
			if err = cmp.Or(err, r.allBroken(candidates)); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

func (r *runner) warn(w results.Warning) { r.warnings = append(r.warnings, w) }

// warnLeftOut adds a warning for every strategy that could not be opened.
func (r *runner) warnLeftOut(errs []error) {
	for _, err := range errs {
		r.warn(results.Warningf(results.LeftOut, "left out: %v", err))
	}
}
