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

// A candidate is one strategy at one limit with a session: what a trial measures.
type candidate struct {
	strategy strategies.Strategy
	session  strategies.Session
	ending   *ending // of the session
	limit    int
	streams  int // the most on one connection; 0 if the protocol has none, or the server decides
	purpose  results.Purpose
	began    time.Time // the run's start, from which the offsets of its trials count

	completions int64 // the least that a search asks for; the load may ask for more
}

// candidates are the strategies of a run with their sessions.
type candidates []candidate

// open opens a session for every strategy, for the most requests that it has in flight at the limit. A strategy that
// cannot run here is left out with a warning, unless none is left.
func (r *runner) open(ctx context.Context, all []strategies.Strategy, limit int) (candidates, error) {
	var (
		began  = time.Now()
		opened candidates
		errs   []error
	)
	for _, s := range all {
		if ctx.Err() != nil {
			break
		}
		session, err := openSession(ctx, s, r.load.target(), limit)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		r.enter(s)
		r.observe.reportVersion(s, session)
		opened = append(opened, candidate{
			strategy: s, session: session, ending: newEnding(session), limit: s.Limit(limit), streams: r.load.streamsOf(s), began: began,
		})
	}
	if len(opened) == 0 {
		return nil, errors.Join(append(errs, ctx.Err())...)
	}
	r.warnLeftOut(errs)
	return opened, nil
}

// HasCopy reports whether a comparison of that many strategies, in repeats blocks, measures a second copy of one of them to
// check itself. The copy opens its own connections. There is one if there are at least two strategies, and enough blocks to
// name a winner.
func HasCopy(strategies, repeats int) bool { return strategies > 1 && repeats >= EnoughRepeats }

// withCopy returns the candidates and a second copy of one of them, drawn at random, with its own session. It returns the
// candidates as they are if the comparison has no copy, see [HasCopy], or if the strategy cannot be opened twice.
func (r *runner) withCopy(ctx context.Context, all candidates, repeats int, random *rand.Rand) candidates {
	if !HasCopy(len(all), repeats) {
		return all
	}
	twin := all[random.IntN(len(all))]
	twin, err := twin.reopened(ctx, r.load.target())
	if err != nil {
		r.warn(results.Warningf(results.NotChecked, "the comparison is not checked by a second copy of a strategy: %v", err))
		return all
	}
	twin.purpose = results.Control
	return append(slices.Clip(all), twin)
}

// reopened returns the candidate with another session of its strategy.
func (c candidate) reopened(ctx context.Context, target strategies.Target) (candidate, error) {
	session, err := openSession(ctx, c.strategy, target, c.limit)
	c.session, c.ending = session, newEnding(session)
	return c, err
}

// close closes the sessions, all at once, since a program may take a while to end. If ctx ends, it does not wait much longer.
func (c candidates) close(ctx context.Context) {
	for _, candidate := range c {
		candidate.ending.begin()
	}
	all := make(chan struct{})
	go func() {
		defer close(all)
		for _, candidate := range c {
			<-candidate.ending.done
		}
	}()
	select {
	case <-all:
	case <-ctx.Done():
		returned(all, patience)
	}
}
