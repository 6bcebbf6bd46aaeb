package bench

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sweetspot/results"
	"sweetspot/strategies"
)

// A fate is what has become of a strategy of the run so far.
type fate struct {
	tried, broken, able bool   // whether it had a trial, broke down, had a success
	silent              bool   // whether it had a trial without success since the latest success of any
	failure             string // its latest
	unopened            error  // why its session could not be opened

	toCome int           // trials, as far as they are planned
	trials int           // that are over
	took   time.Duration // these trials, together
}

// enter adds a candidate to those that have their try before
// the run is given up.
func (r *runner) enter(c candidate) {
	if of := c.at().AnyLimit(); r.fates[of] == nil {
		r.fates[of] = &fate{}
	}
}

// fateOf returns what has become of the candidate, whatever its limit.
func (r *runner) fateOf(c candidate) *fate { return r.fates[c.at().AnyLimit()] }

// leave notes that the candidate cannot be opened. Its strategy is left out on every target: on one of them it has nothing to be
// compared with.
func (r *runner) leave(c candidate, why error) {
	r.warn(leftOut(why))
	for of, f := range r.fates {
		if of.Strategy == c.strategy.Name() {
			f.tried, f.broken, f.unopened, f.failure = true, true, why, why.Error()
		}
	}
	c.target.failure = why.Error()
}

// silentTrials is how many trials in a row may go without success before the target is called dead: at a limit that is far
// too large two strategies may have none. Trials of strategies that never had a success say nothing about the target.
const silentTrials = 2

// count notes what the trial of the candidate says about its strategy and its target.
func (r *runner) count(c candidate, t *results.Trial) {
	f, on := r.fateOf(c), c.target
	f.tried = true
	if t.Succeeded > 0 {
		f.able, on.silent = true, 0
		for of, one := range r.fates {
			one.silent = one.silent && of.Target != on.number()
		}
	} else {
		f.silent = true
		if f.able {
			on.silent++
		}
	}
	if t.FirstError != "" || t.Succeeded == 0 {
		f.failure = cmp.Or(t.FirstError, "no request ended while it was measured")
		on.failure = fmt.Sprintf("%s: %s", t.Strategy, f.failure)
	}
}

// hopeless returns why there is no use in going on, or nil if there is or if a strategy has not had its try yet. It is
// ErrNothing if no request to one of the targets has ever succeeded, ErrBroken if every strategy has broken down there, and
// ErrDied if requests did succeed and none does any more.
func (r *runner) hopeless() error {
	if err := r.unopened(); err != nil {
		return err
	}
	for _, on := range r.targets {
		if err := r.hopelessOn(on); err != nil {
			return on.about(err)
		}
	}
	return nil
}

// about says of an error which target it is about, if the run has several.
func (on *target) about(err error) error {
	if on.index == nil {
		return err
	}
	return fmt.Errorf("target %d, %s: %w", *on.index, strategies.HostOf(on.load.URLs.At(0)), err)
}

// hopelessOn is hopeless for one target.
func (r *runner) hopelessOn(on *target) error {
	untried, able, whole, audible, all := 0, 0, 0, 0, 0
	for of, f := range r.fates {
		if of.Target != on.number() {
			continue
		}
		all++
		untried += count(!f.tried)
		able += count(f.able)
		whole += count(!f.broken)
		audible += count(!f.broken && !f.silent)
	}
	switch {
	case untried > 0:
		return nil
	case able == 0:
		return fmt.Errorf("%w: %s", ErrNothing, r.failures(on))
	case whole == 0:
		return fmt.Errorf("%w: %s", ErrBroken, on.failure)
	case on.silent > silentTrials, on.silent > 0 && audible == 0 && all > silentTrials:
		return fmt.Errorf("%w: %s", ErrDied, on.failure)
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

// unopened returns why none of the strategies could be opened; nil if any could, or has not been tried.
func (r *runner) unopened() error {
	why := map[string]error{}
	for of, f := range r.fates {
		if why[of.Strategy] = f.unopened; f.unopened == nil {
			return nil
		}
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(why)) {
		errs = append(errs, why[name])
	}
	return errors.Join(errs...)
}

// failures says what the latest failure of each strategy on a target was, those with the same one together, whatever the order
// of the trials was.
func (r *runner) failures(on *target) string {
	byName := map[string]string{}
	for of, f := range r.fates {
		if of.Target == on.number() {
			byName[of.Strategy] = f.failure
		}
	}
	var texts []string
	who := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		failure := byName[name]
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

// spent notes how long a trial of the strategy took.
func (f *fate) spent(took time.Duration) {
	f.toCome, f.trials, f.took = max(0, f.toCome-1), f.trials+1, f.took+took
}

// plan notes the trials to come: one of each of the candidates in every block.
func (r *runner) plan(candidates candidates, blocks int) {
	for _, f := range r.fates {
		f.toCome = 0
	}
	for _, c := range candidates {
		r.fateOf(c).toCome += blocks
	}
}

// left returns how long the run lasts yet, when a trial of the candidate has been under way for that long: each trial to come
// is taken to last as long as those of its strategy did so far. It returns 0 if there was none yet.
func (r *runner) left(c candidate, underWay time.Duration) (left time.Duration, atMost bool) {
	if r.atMost != nil {
		return max(0, r.atMost()), true
	}
	var took time.Duration
	trials := 0
	for _, f := range r.fates {
		took, trials = took+f.took, trials+f.trials
	}
	if trials == 0 {
		return 0, false
	}
	usual := func(f *fate) time.Duration {
		if f.trials == 0 {
			return took / time.Duration(trials)
		}
		return f.took / time.Duration(f.trials)
	}
	for _, f := range r.fates {
		if !f.broken {
			left += time.Duration(f.toCome) * usual(f)
		}
	}
	return max(0, left-min(underWay, usual(r.fateOf(c)))), false
}
