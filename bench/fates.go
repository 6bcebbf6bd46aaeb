package bench

import (
	"cmp"
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

	toCome int           // trials, as far as they are planned
	trials int           // that are over
	took   time.Duration // these trials, together
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
		r.fates[c.strategy.Name()].toCome += blocks
	}
}

// left returns how long the run lasts yet, when a trial of s has been under way for that long: each trial to come is taken to
// last as long as those of its strategy did so far. It returns 0 if there was none yet.
func (r *runner) left(s strategies.Strategy, underWay time.Duration) (left time.Duration, atMost bool) {
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
	return max(0, left-min(underWay, usual(r.fates[s.Name()]))), false
}
