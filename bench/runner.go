package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"sweetspot/results"
	"sweetspot/strategies"
)

// A runner runs the trials of a run one after the other, and keeps them with the run's warnings.
type runner struct {
	began     time.Time // from which the offsets of trials count
	targets   []*target // one, or two that are compared
	observe   Observer
	instant   func() (URLs, error)       // of a server that answers at once, started at the first call; nil if there is none
	shareDone func(done float64) float64 // the share of the run that done trials are; the trial under way counts in part
	atMost    func() time.Duration       // how long the run may last yet; nil if the trials to come are known
	idle      bool                       // whether sessions of other strategies hold connections open
	trials    []results.Trial            // in the order in which they were made
	voided    int                        // of them
	late      int                        // trials that were made again since a machine was late
	latest    string                     // why the last of them was
	warnings  []results.Warning          // about the run as a whole

	lastBlock int                  // the largest block number so far
	fates     map[results.At]*fate // by what is measured, whatever the limit
}

func newRunner(ctx context.Context, load Load, observe Observer, instant InstantServer) *runner {
	r := &runner{began: time.Now(), targets: []*target{newTarget(load, observe.Witness)}, observe: observe, fates: map[results.At]*fate{}}
	if instant != nil {
		r.instant = sync.OnceValues(func() (URLs, error) { return instant(ctx) })
	}
	return r
}

// load returns the load of the run's first target. That of another one differs in its URLs.
func (r *runner) load() Load { return r.targets[0].load }

// A place is where in a run a trial is made.
type place struct {
	block  int
	whole  bool   // its block counts as a whole or not at all
	repeat bool   // it is not made again if a machine is lost in it
	late   int    // how often it was void because a machine was late
	doing  string // for the progress that is shown
}

// trial measures the candidate and keeps the trial. It is no error that the strategy broke down. If a machine is lost, the trial is made
// once more. The error is ctx's if it has ended; it wraps [ErrVoid] if the trial is void again, or its machines do not come back; else
// see [runner.hopeless].
func (r *runner) trial(ctx context.Context, c candidate, block int, doing string) (*results.Trial, error) {
	t, err := r.once(ctx, c, place{block: block, doing: doing})
	if isRepeatable(err) {
		return r.once(ctx, c, place{block: block, doing: doing, repeat: true})
	}
	return t, err
}

// mostLate is how often a trial is made again in which a machine was late: on a busy machine that happens often, and by chance.
const mostLate = 10

// once is trial without making it again if a machine is lost: see isRepeatable. If one is late, it makes the trial again at once, in the
// same place.
func (r *runner) once(ctx context.Context, c candidate, at place) (*results.Trial, error) {
	for ; ; at.late++ {
		t, err := r.attempt(ctx, c, at)
		if v, is := errors.AsType[voided](err); !is || !v.late {
			return t, err
		}
	}
}

// attempt is once without making the trial again.
func (r *runner) attempt(ctx context.Context, c candidate, at place) (*results.Trial, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := r.awaitPorts(ctx, c); err != nil {
		return nil, err
	}
	if c.session == nil {
		return r.coldTrial(ctx, c, at)
	}
	began := time.Now()
	t, err := c.trial(ctx, c.target.load, at.block, func(share float64) { r.progress(c, share, time.Since(began), at.doing) })
	if err != nil {
		return nil, err
	}
	r.fateOf(c).spent(time.Since(began))
	switch {
	case t == nil: // ctx ended before there was anything to measure
		return nil, ctx.Err()
	case t.Purpose == results.Void:
		return t, r.void(ctx, c, t, at)
	case t.Error != "":
		return t, r.drop(ctx, c, t)
	}
	if r.idle && t.Failed[strategies.Timeout.String()] > 0 {
		t.Warn(results.Warningf(results.IdleConnections, "the other strategies hold idle connections open"))
	}
	if why := c.reconcile(t); why != nil {
		if err := accountable(c.session, why); err != nil {
			t = c.broken(err, at.block)
			return t, r.drop(ctx, c, t)
		}
		t.Warn(results.Warningf(results.Contradicted, "%v", why))
	}
	c.notePorts(t)
	r.count(c, t)
	if err := errors.Join(r.keep(t), ctx.Err()); err != nil {
		return t, err
	}
	r.nameHosts(c.target)
	return t, r.hopeless()
}

// progress tells the observer how far the run is, with a trial of the candidate that has been under way for that long.
func (r *runner) progress(c candidate, share float64, underWay time.Duration, doing string) {
	if r.observe.Progress == nil {
		return
	}
	left, atMost := r.left(c, underWay)
	done := r.shareDone(float64(r.counting()) + share)
	r.observe.Progress(Progress{c.strategy.Name(), c.limit, c.rate, c.target.index, len(r.trials), done, doing, left, atMost})
}

// counting returns how many trials are over that are not void.
func (r *runner) counting() int { return len(r.trials) - r.voided }

// drainTime lets the connections of a closed session drain, which may be thousands, so that one batch does not slow down
// the next.
const drainTime = 100 * time.Millisecond

// coldTrial is once with a session that is open for this one trial. A strategy whose session cannot be opened is left out from
// then on.
func (r *runner) coldTrial(ctx context.Context, c candidate, at place) (*results.Trial, error) {
	began, f := time.Now(), r.fateOf(c)
	before := f.took
	fresh, err := c.opened(ctx, c.limit)
	if err != nil {
		if ctx.Err() == nil {
			r.leave(c, err)
		}
		return nil, cmp.Or(ctx.Err(), r.hopeless())
	}
	r.observe.reportVersion(c.strategy, fresh.session)
	t, err := r.once(ctx, fresh, at)
	fresh.ending.end(ctx)
	pause(ctx, drainTime)
	f.took = before + time.Since(began) // not only what the trial itself took
	return t, err
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

// drop keeps the trial in which a strategy broke down. The strategy has no further trial. The error is that of [runner.trial].
func (r *runner) drop(ctx context.Context, c candidate, t *results.Trial) error {
	f := r.fateOf(c)
	f.tried, f.broken, f.failure = true, true, t.Error
	c.target.failure = fmt.Sprintf("%s: %s", t.Strategy, t.Error)
	c.target.resetWitness(ctx)
	return cmp.Or(errors.Join(r.keep(t), ctx.Err()), r.hopeless())
}

// blocks measures complete blocks of the candidates, numbered from first, each in its own random order. Candidates of
// strategies that break down are left out from then on. A block with a void trial is void, and another one is measured in its
// place, once. It returns the trials of the other blocks also with an error, which wraps [ErrVoid] if that one is void too, or
// machines do not come back.
func (r *runner) blocks(ctx context.Context, candidates candidates, first, repeats int, order *rand.Rand) ([]results.Trial, error) {
	candidates = slices.Clone(candidates) // the caller's order stays as it is
	var all []results.Trial
	at := place{block: first, whole: true}
	for range repeats {
		trials, err := r.block(ctx, candidates, at, order)
		at.block++
		if isRepeatable(err) {
			again := at
			again.repeat = true
			trials, err = r.block(ctx, candidates, again, order)
			at.block++
		}
		if all = append(all, trials...); err != nil {
			return all, err
		}
	}
	return all, nil
}

// block measures one block of the candidates, in a random order that it leaves them in. A void one has no trials.
func (r *runner) block(ctx context.Context, candidates candidates, at place, order *rand.Rand) (trials []results.Trial, err error) {
	order.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] })
	for _, candidate := range candidates {
		if r.fateOf(candidate).broken {
			continue
		}
		t, err := r.once(ctx, candidate, at)
		if errors.Is(err, ErrVoid) {
			return nil, err
		}
		if t != nil {
			trials = append(trials, *t)
		}
		if err != nil {
			return trials, err
		}
	}
	return trials, nil
}

// warn adds a warning about the run as a whole.
func (r *runner) warn(w results.Warning) { r.warnings = append(r.warnings, w) }

// alert is warn for what has to be known before the run goes on.
func (r *runner) alert(w results.Warning) {
	r.warn(w)
	if r.observe.Alert != nil {
		r.observe.Alert(w)
	}
}

// warnLeftOut adds a warning for every strategy that could not be opened.
func (r *runner) warnLeftOut(errs []error) {
	for _, err := range errs {
		r.warn(leftOut(err))
	}
}

func leftOut(why error) results.Warning {
	return results.Warningf(results.LeftOut, "left out: %v", why)
}
