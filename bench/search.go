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
	sofar   string         // what is known, in a few words
	best    *results.Trial // with the highest goodput so far
	harm    string         // that the search was stopped to avoid
	bound   bool           // the client is the bottleneck
	why     string         // what speaks for that
}

// step makes the search's next trial and reports whether there may be another.
func (s *search) step(ctx context.Context, r *runner) (more bool, err error) {
	next, ok := s.finder.next()
	if !ok {
		return false, nil
	}
	began := time.Now()
	c := s.cell
	c.limit, c.completions = next.Limit, int64(next.Completions)
	t, err := r.trial(ctx, c, next.Block, s.sofar)
	if t == nil || t.Purpose == results.Interrupted {
		return false, err
	}
	if t.Succeeded == 0 && mean(s.at(next.Limit), goodput) > 0 {
		return false, fmt.Errorf("%w: %s", ErrDied, t.FirstError)
	}
	s.elapsed += time.Since(began)
	s.trials = append(s.trials, *t)
	s.finder.add(next, t)
	if o := s.finder.conclude(); o.Certain {
		s.sofar = fmt.Sprintf("use %d, from (%d, %d]", o.Limit, o.Low, o.High)
	}
	if s.best == nil || t.PerSecond > s.best.PerSecond {
		s.best = t
	}
	if s.brakes {
		s.harm = harm(t, s.best)
	}
	return s.harm == "", err
}

// The signs that a target is being harmed.
const (
	harmfulFailures = 0.01 // share of the requests
	collapse        = 0.5  // of the best goodput so far
)

// harm says in which way a trial harmed its target, which is empty if it did not. Best is the best trial so far: goodput
// that is lower at smaller limits is no harm.
func harm(t, best *results.Trial) string {
	turnedAway := t.Status[http.StatusTooManyRequests] + t.Status[http.StatusServiceUnavailable]
	failed := failedShare(t)
	switch {
	case turnedAway > 0:
		return fmt.Sprintf("at limit %d the target turned %d requests away (429 or 503)", t.Limit, turnedAway)
	case failed > harmfulFailures:
		return fmt.Sprintf("at limit %d %s of the requests failed: %s", t.Limit, percent(failed), t.FirstError)
	case t.Limit > best.Limit && t.PerSecond < collapse*best.PerSecond:
		return fmt.Sprintf("at limit %d goodput fell to %s of the best", t.Limit, percent(t.PerSecond/best.PerSecond))
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
