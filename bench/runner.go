package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
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
	named     []string                   // hosts that an alert has named

	lastBlock int // the largest block number so far
	fates     map[string]*fate
	silent    int    // trials without success of strategies that have had one, since the latest success
	failure   string // the latest
}

// A fate is what has become of a strategy of the run so far.
type fate struct {
	tried, broken, able bool   // whether it had a trial, broke down, had a success
	silent              bool   // whether it had a trial without success since the latest success of any
	failure             string // its latest
}

func newRunner(ctx context.Context, load Load, observe Observer, instant InstantServer) *runner {
	load.hosts = hostsOf(load.URLs)
	r := &runner{load: load, observe: observe, fates: map[string]*fate{}}
	if instant != nil {
		r.instant = sync.OnceValues(func() (URLs, error) { return instant(ctx) })
	}
	return r
}

// enter adds a strategy to those that have their try before the run is given up.
func (r *runner) enter(s strategies.Strategy) {
	if r.fates[s.Name()] == nil {
		r.fates[s.Name()] = &fate{}
	}
}

// leave notes that the strategy cannot be opened.
func (r *runner) leave(s strategies.Strategy, why error) {
	f := r.fates[s.Name()]
	f.tried, f.broken, f.failure = true, true, why.Error()
}

// broken reports whether the strategy has broken down. It has no further trial then.
func (r *runner) broken(s strategies.Strategy) bool { return r.fates[s.Name()].broken }

// silentTrials is how many trials in a row may go without success before the target is called dead: at a limit that is far
// too large two strategies may have none. Trials of strategies that never had a success say nothing about the target.
const silentTrials = 2

// trial measures the candidate and keeps the trial. It is no error that the strategy broke down. The error is ctx's if it
// has ended; else see [runner.hopeless].
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
		return t, r.drop(ctx, t)
	}
	if r.idle && t.Failed[strategies.Timeout.String()] > 0 {
		t.Warn(results.Warningf(results.IdleConnections, "the other strategies hold idle connections open"))
	}
	if why := r.reconcile(t); why != nil {
		if err := accountable(c.session, why); err != nil {
			t = c.broken(err, block)
			return t, r.drop(ctx, t)
		}
		t.Warn(results.Warningf(results.Contradicted, "%v", why))
	}
	r.count(t)
	if err := errors.Join(r.keep(t), ctx.Err()); err != nil {
		return t, err
	}
	r.nameHosts()
	return t, r.hopeless()
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
func (r *runner) drop(ctx context.Context, t *results.Trial) error {
	f := r.fates[t.Strategy]
	f.tried, f.broken, f.failure = true, true, t.Error
	r.failure = fmt.Sprintf("%s: %s", t.Strategy, t.Error)
	r.resetWitness(ctx)
	return cmp.Or(errors.Join(r.keep(t), ctx.Err()), r.hopeless())
}

// count notes what the trial says about its strategy and the target.
func (r *runner) count(t *results.Trial) {
	f := r.fates[t.Strategy]
	f.tried = true
	if t.Succeeded > 0 {
		f.able, r.silent = true, 0
		for _, one := range r.fates {
			one.silent = false
		}
	} else {
		f.silent = true
		if f.able {
			r.silent++
		}
	}
	if t.FirstError != "" || t.Succeeded == 0 {
		f.failure = cmp.Or(t.FirstError, "no request ended while it was measured")
		r.failure = fmt.Sprintf("%s: %s", t.Strategy, f.failure)
	}
}

// hopeless returns why there is no use in going on, or nil if there is or if a strategy has not had its try yet. It is
// ErrNothing if no request has ever succeeded, ErrBroken if every strategy has broken down, and ErrDied if requests did
// succeed and none does any more.
func (r *runner) hopeless() error {
	untried, able, whole, audible := 0, 0, 0, 0
	for _, f := range r.fates {
		untried += count(!f.tried)
		able += count(f.able)
		whole += count(!f.broken)
		audible += count(!f.broken && !f.silent)
	}
	switch {
	case untried > 0:
		return nil
	case able == 0:
		return fmt.Errorf("%w: %s", ErrNothing, r.failures())
	case whole == 0:
		return fmt.Errorf("%w: %s", ErrBroken, r.failure)
	case r.silent > silentTrials, r.silent > 0 && audible == 0 && len(r.fates) > silentTrials:
		return fmt.Errorf("%w: %s", ErrDied, r.failure)
	}
	return nil
}

// count returns how much a condition adds to a count of those that meet it.
func count(met bool) int {
	if met {
		return 1
	}
	return 0
}

// failures says what the latest failure of each strategy was, those with the same one together, whatever the order of the
// trials was.
func (r *runner) failures() string {
	var texts []string
	who := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(r.fates)) {
		failure := r.fates[name].failure
		if who[failure] == nil {
			texts = append(texts, failure)
		}
		who[failure] = append(who[failure], name)
	}
	for i, failure := range texts {
		texts[i] = strings.Join(who[failure], ", ") + ": " + failure
	}
	return strings.Join(texts, "; ")
}

// blocks measures complete blocks of the candidates, numbered from first, each in its own random order. Candidates of
// strategies that break down are left out from then on. It returns the trials also with an error.
func (r *runner) blocks(ctx context.Context, candidates candidates, first, repeats int, order *rand.Rand) ([]results.Trial, error) {
	candidates = slices.Clone(candidates) // the caller's order stays as it is
	var all []results.Trial
	for block := first; block < first+repeats; block++ {
		order.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] })
		for _, candidate := range candidates {
			if r.broken(candidate.strategy) {
				continue
			}
			t, err := r.trial(ctx, candidate, block, "")
			if t != nil {
				all = append(all, *t)
			}
			if err != nil {
				return all, err
			}
		}
	}
	return all, nil
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
		r.warn(results.Warningf(results.LeftOut, "left out: %v", err))
	}
}
