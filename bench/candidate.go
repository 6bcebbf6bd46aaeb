package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"sweetspot/results"
	"sweetspot/strategies"
)

// A candidate is one strategy at one limit: what a trial measures.
type candidate struct {
	strategy strategies.Strategy
	session  strategies.Session
	limit    int
	purpose  results.Purpose
	began    time.Time // the run's start, which its trials' offsets are from

	completions int64 // that a search asks for, beyond what the load does
}

// candidates are the strategies of a run with their sessions.
type candidates []candidate

// open opens a session for every strategy, each for its most requests in flight when limit is asked of it. One that
// cannot run here is left out with a warning, unless none is left.
func open(ctx context.Context, all []strategies.Strategy, load Load, limit int, observe Observer) (candidates, error) {
	var (
		began  = time.Now()
		opened candidates
		errs   []error
	)
	for _, s := range all {
		if ctx.Err() != nil {
			break
		}
		session, err := s.Open(ctx, load.target(), limit)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		observe.opened(s, session)
		opened = append(opened, candidate{strategy: s, session: session, limit: s.Limit(limit), began: began})
	}
	if len(opened) == 0 {
		return nil, errors.Join(append(errs, ctx.Err())...)
	}
	for _, err := range errs {
		observe.warn(results.Warningf(results.LeftOut, "left out: %v", err))
	}
	return opened, nil
}

// Checked reports whether a comparison of so many strategies, in so many blocks, is checked by a second copy of one of them,
// which opens connections of its own: it is if there are enough blocks to name a winner, and anybody to win against.
func Checked(strategies, repeats int) bool { return strategies > 1 && repeats >= EnoughRepeats }

// withCopy returns the candidates and a second copy of one of them, drawn by lot, with a session of its own; or the candidates as
// they are if the comparison is not one that is [Checked], or the strategy cannot be opened twice.
func (c candidates) withCopy(ctx context.Context, load Load, repeats int, lot *rand.Rand, observe Observer) candidates {
	if !Checked(len(c), repeats) {
		return c
	}
	twin := c[lot.IntN(len(c))]
	session, err := twin.strategy.Open(ctx, load.target(), twin.limit)
	if err != nil {
		observe.warn(results.Warningf(results.NotChecked, "the comparison is not checked by a second copy of a strategy: %v", err))
		return c
	}
	twin.session, twin.purpose = session, results.Control
	return append(slices.Clip(c), twin)
}

func (c candidates) close() {
	for _, candidate := range c {
		_ = candidate.session.Close() // everything it could tell has been told
	}
}
