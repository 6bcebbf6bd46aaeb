package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"sweetspot/bench/optimum"
	"sweetspot/results"
	"sweetspot/strategies"
)

// A Sweep measures strategies at many limits, to find each one's best.
type Sweep struct {
	Load       Load // a window's Completions are the search's to say
	Strategies []strategies.Strategy
	Min, Max   int           // the limits to search
	Limits     []int         // a fixed grid instead of the search; nil searches
	Share      float64       // of the peak that is enough, in (0, 1)
	Objective  *Objective    // to hold, instead of finding the peak; nil for none
	Budget     time.Duration // for searching and examining the client; comparing may take half as long again
	Repeats    int           // blocks in which the strategies are compared at the end
	Brakes     bool          // stop the sweep at the first sign that it harms the target
	Seed       uint64        // of the order of trials
	Instant    URLs          // of a server that answers at once, to see what the client can reach; nil if there is none
}

// Swept is what a sweep concludes.
type Swept struct {
	Optima   []results.Optimum
	Ranked   []results.Summary // each strategy at the limit to use, with a verdict if they were compared
	AtCommon []results.Summary // the strategies at a common limit, if they were compared there too
	Warnings []results.Warning // about the comparison
}

// Run makes the sweep: it searches each strategy's best limit, examines whether the client is what limits it, and, if
// there are several strategies, compares them in blocks, each at its own limit. The strategies take turns, in random
// order, so that a machine that drifts does not favour one of them. What has been found by then is returned also with
// an error: because ctx ended, the target died, or not one request succeeded.
func (s Sweep) Run(ctx context.Context, observe Observer) (Swept, error) {
	candidates, err := open(ctx, s.Strategies, s.Load, s.largest(), observe)
	if err != nil {
		return Swept{}, err
	}
	defer candidates.close()
	run := sweeping{
		plan:   s,
		runner: runner{load: s.Load, observe: observe, idle: len(candidates) > 1},
		random: rand.New(rand.NewPCG(s.Seed, 1)),
		began:  time.Now(),
	}
	for i, c := range candidates {
		run.searches = append(run.searches, &search{candidate: c, brakes: s.Brakes, finder: s.finder(uint64(i))})
	}
	err = run.search(ctx)
	if errors.Is(err, ErrDied) {
		for i, one := range run.searches {
			one.forget(s.finder(uint64(i)))
		}
	}
	if err == nil && !run.harmful() {
		err = run.examine(ctx)
	}
	var compared *finalComparison
	if err == nil && !run.harmful() {
		compared, err = run.compare(ctx)
	}
	return run.conclude(compared), err
}

// largest returns the largest limit that the sweep may come to.
func (s Sweep) largest() int { return max(s.Max, slices.Max(append(s.Limits, 0))) }

func (s Sweep) finder(number uint64) finder {
	if s.Objective != nil {
		return objectiveFinder{
			optimum.NewSLOSearch(s.Min, s.Max, s.Objective.Seconds), *s.Objective, map[int][]float64{},
		}
	}
	return shareFinder{optimum.New(optimum.Settings{
		Min: s.Min, Max: s.Max, Share: s.Share, Limits: s.Limits, Seed: s.Seed + number,
	})}
}

// sweeping is a sweep under way.
type sweeping struct {
	plan     Sweep
	runner   runner
	searches []*search
	random   *rand.Rand
	began    time.Time
}

// searchShare is how much of a sweep's time is its search's; examineShare is how much of its budget is kept for examining
// the client, at most; overtime is what comparing may add to its budget.
const (
	searchShare  = 0.7
	examineShare = 0.25
	overtime     = 0.5
)

// batchRounds is how many requests a slot should have of a batch, for its empty end not to matter.
const batchRounds = 20

// spent returns how much of the budget is.
func (s *sweeping) spent() float64 { return time.Since(s.began).Seconds() / s.plan.Budget.Seconds() }

// left returns the time until so many times the budget are spent.
func (s *sweeping) left(budgets float64) time.Duration {
	return time.Duration(budgets*float64(s.plan.Budget)) - time.Since(s.began)
}

// search goes on until every strategy's search has decided, the target is harmed, or the budget is spent but for what it
// takes to examine the client.
func (s *sweeping) search(ctx context.Context) error {
	s.runner.share = func(float64) float64 { return searchShare * min(1, s.spent()) }
	for active := slices.Clone(s.searches); len(active) > 0; {
		s.random.Shuffle(len(active), func(i, j int) { active[i], active[j] = active[j], active[i] })
		going := active[:0:0]
		for _, one := range active {
			left := s.left(1) - s.reserved()
			if left < 0 || s.harmful() {
				return nil
			}
			more, err := one.step(ctx, &s.runner, left)
			if err = cmp.Or(err, s.runner.left(s.candidates())); err == nil {
				err = s.calibrate(ctx, one)
			}
			if err != nil {
				return err
			}
			if more {
				going = append(going, one)
			}
		}
		active = going
	}
	return nil
}

// candidates returns the candidates of all the searches.
func (s *sweeping) candidates() candidates {
	var all candidates
	for _, one := range s.searches {
		all = append(all, one.candidate)
	}
	return all
}

// suspicious reports whether the client is to be examined. A limit that holds an objective is no claim about the server,
// a batch is no steady state to judge by, and a rate leaves nothing to find out.
func (s *sweeping) suspicious() bool {
	return s.plan.Objective == nil && s.plan.Load.Requests == 0 && s.plan.Load.Rate == 0
}

// calibrate finds out what the search's strategy reaches against a server that answers at once: one time, when the search
// first has a limit to use, since one that comes to nothing need not know.
func (s *sweeping) calibrate(ctx context.Context, one *search) (err error) {
	if one.calibrated || s.plan.Instant == nil || !s.suspicious() || !one.decided() || s.harmful() {
		return nil
	}
	one.calibrated = true
	one.reach, err = one.candidate.calibrate(ctx, s.plan.Load, s.plan.Instant)
	return err
}

// reserved returns how much of the budget is to be kept for examining the client.
func (s *sweeping) reserved() time.Duration {
	var all time.Duration
	if s.suspicious() {
		for _, one := range s.decided() {
			all += one.examination(s.plan.Load)
		}
	}
	return min(all, time.Duration(examineShare*float64(s.plan.Budget)))
}

// harmful reports whether any of the searches has harmed the target: then nothing further is asked of it.
func (s *sweeping) harmful() bool {
	return slices.ContainsFunc(s.searches, func(one *search) bool { return one.harm != "" })
}

// decided returns the searches that have a limit to use.
func (s *sweeping) decided() []*search {
	return slices.DeleteFunc(slices.Clone(s.searches), func(one *search) bool { return !one.decided() })
}

// examine finds out for every strategy with a limit to use whether the client is the bottleneck there.
func (s *sweeping) examine(ctx context.Context) error {
	s.runner.share = func(float64) float64 { return searchShare }
	for _, one := range s.decided() {
		limit := one.finder.conclude().Limit
		if s.plan.Load.Rate > 0 && s.plan.Objective == nil && s.plan.Load.Requests == 0 {
			one.bound = mean(one.at(limit), goodput) > atRate*s.plan.Load.Rate
			one.why = fmt.Sprintf("the rate of %g per second limits the goodput", s.plan.Load.Rate)
		}
		if !s.suspicious() {
			continue
		}
		left := func() time.Duration { return s.left(1) }
		e, err := suspect{one, limit, s.runner.last + 1, s.random, left}.examine(ctx, &s.runner)
		if err != nil {
			return err
		}
		one.bound, one.why = e.verdict()
	}
	return nil
}

// compare measures the strategies that have a limit to use beside one another. It returns nil if there are fewer than two.
func (s *sweeping) compare(ctx context.Context) (*finalComparison, error) {
	entered := s.decided()
	if len(entered) < 2 {
		return nil, nil
	}
	c := newFinalComparison(ctx, entered, s.plan.Load, s.plan.Repeats, s.random, s.runner.observe)
	defer c.close()
	return c, c.run(ctx, &s.runner, s.random, func() time.Duration { return s.left(1 + overtime) })
}

// conclude returns what the sweep supports.
func (s *sweeping) conclude(compared *finalComparison) Swept {
	var swept Swept
	var best []results.Trial
	for _, one := range s.searches {
		if len(one.trials) == 0 && one.broken == "" {
			continue
		}
		o := one.optimum()
		if n := s.plan.Load.Requests; n > 0 && one.broken == "" && n < int64(batchRounds*o.Explored[1]) {
			w := results.Warningf(results.SmallBatch, "batches of %d say little about limits above %d, since they end with slots empty", n, n/batchRounds)
			o.Warnings = append(o.Warnings, w.With("requests", float64(n)).With("largest_limit", float64(n/batchRounds)))
		}
		swept.Optima = append(swept.Optima, o)
		if o.Verdict != results.Unstable {
			best = append(best, one.at(o.Limit)...)
		}
	}
	if compared != nil && len(compared.trials) > 0 {
		swept.Ranked, swept.AtCommon, swept.Warnings = compared.rank()
	} else {
		swept.Ranked = results.Summarise(best)
	}
	return swept
}
