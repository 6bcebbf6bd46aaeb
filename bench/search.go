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
	candidate   candidate
	finder      finder
	brakes      bool
	overRate    bool // it varies the rate, and not the limit
	trials      []results.Trial
	tried       []attempt // the trials as they were asked for, with the time that each took
	elapsed     time.Duration
	sofar       string         // what is known by now, in a few words
	best        *results.Trial // with the highest goodput so far
	reach       float64        // goodput when a server answers at once; 0 if it is not known
	broken      string         // why the strategy broke down
	clientBound bool           // the client, or the load's rate, is the bottleneck
	why         string         // the signs of that, or the rate
	second      secondConnection
	harm        string // to the target, for which the search was stopped

	reachMeasured bool // also if nothing could be measured
}

// step makes the search's next trial, unless that is likely to take longer than the time left, and reports whether there may
// be another.
func (s *search) step(ctx context.Context, r *runner, left time.Duration) (more bool, err error) {
	next, ok := s.finder.next()
	if !ok || s.estimate(next.Limit, next.Completions, s.candidate.target.load) > left {
		return false, nil
	}
	began := time.Now()
	c := s.candidate
	if c.completions = int64(next.Completions); s.overRate {
		c.rate = next.Limit
	} else {
		c.limit = next.Limit
	}
	t, err := r.trial(ctx, c, next.Block, s.sofar)
	if t == nil || t.Purpose == results.Interrupted || t.Purpose == results.Void {
		return false, err
	}
	if s.broken = t.Error; s.broken != "" {
		return false, err
	}
	if t.Succeeded == 0 && mean(s.at(next.Limit), goodput) > 0 {
		return false, fmt.Errorf("%w: %s", ErrDied, t.FirstError)
	}
	took := time.Since(began)
	s.elapsed += took
	s.trials, s.tried = append(s.trials, *t), append(s.tried, attempt{next, took})
	s.finder.add(next, t)
	if o := s.finder.conclude(); o.Certain {
		s.sofar = fmt.Sprintf("use %d, from (%d, %d]", o.Limit, o.Low, o.High)
		if s.overRate {
			s.sofar = fmt.Sprintf("%d/s is held", o.Limit)
		}
	}
	if s.best == nil || t.PerSecond > s.best.PerSecond {
		s.best = t
	}
	if s.brakes {
		s.harm = harm(t, s.best)
	}
	if r.observe.Answer != nil {
		r.observe.Answer(s.optimum())
	}
	return s.harm == "", err
}

// The signs that a target is being harmed.
const (
	harmfulFailures = 0.01 // share of the requests, above which it is harm
	collapseShare   = 0.5  // of the best goodput so far, below which it is harm
)

// harm says how a trial harmed its target; it is empty if the trial did not. Best is the best trial so far: lower goodput at
// a smaller limit is no harm.
func harm(t, best *results.Trial) string {
	turnedAway := t.Status[http.StatusTooManyRequests] + t.Status[http.StatusServiceUnavailable]
	failed := failedShare(t)
	switch {
	case turnedAway > 0:
		return fmt.Sprintf("at %s the target turned %d requests away (429 or 503)", level(t), turnedAway)
	case failed > harmfulFailures:
		return fmt.Sprintf("at %s %s of the requests failed: %s", level(t), percent(failed), t.FirstError)
	case t.Level() > best.Level() && t.PerSecond < collapseShare*best.PerSecond:
		return fmt.Sprintf("at %s goodput fell to %s of the best", level(t), percent(t.PerSecond/best.PerSecond))
	}
	return ""
}

// level names the limit of a trial, or its rate if that is varied.
func level(t *results.Trial) string {
	if t.Rate > 0 {
		return fmt.Sprintf("%d/s", t.Rate)
	}
	return fmt.Sprintf("limit %d", t.Limit)
}

// forget drops the last trials as far as they had failures, and gives the others to the fresh finder: when a target has
// died, the failures at the end say nothing about limits.
func (s *search) forget(fresh finder) {
	n := len(s.trials)
	for n > 0 && failedShare(&s.trials[n-1]) > harmfulFailures {
		n--
	}
	s.trials, s.tried, s.finder = s.trials[:n], s.tried[:n], fresh
	for i := range s.trials {
		s.finder.add(s.tried[i].Trial, &s.trials[i])
	}
}

// decided reports whether there is a limit to use.
func (s *search) decided() bool {
	return len(s.trials) > 0 && s.broken == "" && s.finder.conclude().Verdict.Decided()
}

// at returns the search's trials at a limit, or at a rate if that is varied.
func (s *search) at(limit int) []results.Trial {
	var all []results.Trial
	for _, t := range s.trials {
		if t.Level() == limit {
			all = append(all, t)
		}
	}
	return all
}

// smallest returns the trials at the smallest limit tried.
func (s *search) smallest() []results.Trial {
	smallest := s.trials[0].Level()
	for _, t := range s.trials {
		smallest = min(smallest, t.Level())
	}
	return s.at(smallest)
}

// signs returns the signs at a limit that the search's own trials show.
func (s *search) signs(limit int) signs { return signsOf(s.at(limit), s.smallest(), s.reach) }

// optimum returns what the search has found.
func (s *search) optimum() results.Optimum {
	o := results.Optimum{Verdict: results.Unstable, Warnings: []results.Warning{}}
	if len(s.trials) > 0 {
		o = s.finder.conclude()
	}
	if s.broken != "" {
		o.Verdict, o.Warnings = results.Unstable, []results.Warning{results.Warningf(results.BrokeDown, "it broke down: %s", s.broken)}
	}
	if s.overRate {
		o.Over = results.OverRate
	}
	o.Strategy, o.Streams = s.candidate.strategy.Name(), s.candidate.streams
	o.Trials = len(s.trials)
	o.Elapsed = s.elapsed.Seconds()
	for _, t := range s.trials {
		o.Requests += t.WarmupRequests + t.Started
	}
	if s.clientBound {
		o.Verdict = results.ClientBound
		o.Warnings = append(o.Warnings, results.Warningf(results.BoundByClient, "the client is the bottleneck, not the server: %s", s.why))
	}
	if gain, bound := s.second.proves(); bound {
		o.Warnings = append(o.Warnings, results.Warningf(results.BoundByConnection,
			"one connection is the bottleneck: with two, goodput is %.2f times as high", gain).With("gain", gain))
	}
	if s.harm != "" {
		o.Warnings = append(o.Warnings, results.Warningf(results.Harm, "the search stopped so as not to harm the target: %s", s.harm))
	}
	return o
}
