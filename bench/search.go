package bench

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"sweetspot/results"
)

// A search is the sweep of one strategy.
type search struct {
	cell    cell
	finder  finder
	brakes  bool
	trials  []results.Trial
	elapsed time.Duration
	silent  int     // trials without success, one after the other up to the latest
	best    float64 // goodput so far
	harm    string  // that the search was stopped to avoid
	bound   bool    // the client is the bottleneck
	why     string  // what speaks for that
}

// patience is how many trials in a row may go without success before the target is called dead: at a limit that is far
// too large one may.
const patience = 2

// step makes the search's next trial and reports whether there may be another.
func (s *search) step(ctx context.Context, r *runner) (more bool, err error) {
	next, ok := s.finder.next()
	if !ok {
		return false, nil
	}
	began := time.Now()
	c := s.cell
	c.limit = next.Limit
	r.load.Completions = int64(next.Completions)
	t, err := r.trial(ctx, c, next.Block)
	if t == nil || err != nil {
		return false, err
	}
	s.elapsed += time.Since(began)
	s.trials = append(s.trials, *t)
	if t.Succeeded > 0 {
		s.silent = 0
	} else if s.silent++; s.silent > patience && r.succeeded > 0 {
		return false, fmt.Errorf("%w: %s", ErrDied, t.FirstError)
	}
	s.finder.add(next, t)
	if o := s.finder.conclude(); o.Certain {
		r.sofar = fmt.Sprintf("use %d, from (%d, %d]", o.Limit, o.Low, o.High)
	}
	if s.brakes {
		s.harm = harm(t, s.best)
	}
	s.best = max(s.best, t.PerSecond)
	return s.harm == "", nil
}

// The signs that a target is being harmed.
const (
	harmfulFailures = 0.01 // share of the requests
	collapse        = 0.5  // of the best goodput so far
)

// harm says in which way a trial harmed its target, which is empty if it did not.
func harm(t *results.Trial, best float64) string {
	turnedAway := t.Status[http.StatusTooManyRequests] + t.Status[http.StatusServiceUnavailable]
	failed := float64(t.Failures()) / float64(max(1, t.Completed()))
	switch {
	case turnedAway > 0:
		return fmt.Sprintf("at limit %d the target turned %d requests away (429 or 503)", t.Limit, turnedAway)
	case failed > harmfulFailures:
		return fmt.Sprintf("at limit %d %s of the requests failed: %s", t.Limit, percent(failed), t.FirstError)
	case t.PerSecond < collapse*best:
		return fmt.Sprintf("at limit %d goodput fell to %s of the best", t.Limit, percent(t.PerSecond/best))
	}
	return ""
}

// at returns the search's trials at a limit.
func (s *search) at(limit int) []results.Trial {
	var all []results.Trial
	for _, t := range s.trials {
		if t.Limit == limit {
			all = append(all, t)
		}
	}
	return all
}

// smallest returns the smallest limit tried.
func (s *search) smallest() int {
	smallest := s.trials[0].Limit
	for _, t := range s.trials {
		smallest = min(smallest, t.Limit)
	}
	return smallest
}

// optimum returns what the search has found.
func (s *search) optimum() results.Optimum {
	o := s.finder.conclude()
	o.Strategy = s.cell.strategy.Name()
	o.Trials = len(s.trials)
	o.Elapsed = s.elapsed.Seconds()
	for _, t := range s.trials {
		o.Requests += t.Warmup + t.Started
	}
	if s.bound {
		o.Verdict = results.ClientBound
		o.Warnings = append(o.Warnings, "the client is the bottleneck, not the server: "+s.why)
	}
	if s.harm != "" {
		o.Warnings = append(o.Warnings, "the search stopped so as not to harm the target: "+s.harm+"; --no-brakes goes on")
	}
	return o
}
