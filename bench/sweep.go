package bench

import (
	"context"
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
	Budget     time.Duration // the search begins no trial after so long; comparing may take half as long again
	Repeats    int           // blocks in which the strategies are compared at the end
	Brakes     bool          // stop the sweep at the first sign that it harms the target
	Seed       uint64        // of the order of trials
	Instant    URLs          // of a server that answers at once, to see what the client can reach; nil if there is none
}

// Swept is what a sweep concludes.
type Swept struct {
	Optima   []results.Optimum
	Ranked   []results.Summary // each strategy at the limit to use, with a verdict if they were compared
	Warnings []string          // about the comparison
}

// Run makes the sweep: it searches each strategy's best limit, examines whether the client is what limits it, and, if
// there are several strategies, compares them in blocks, each at its own limit. The strategies take turns, in random
// order, so that a machine that drifts does not favour one of them. What has been found by then is returned also with
// an error: because ctx ended, the target died, or not one request succeeded.
func (s Sweep) Run(ctx context.Context, observe Observer) (Swept, error) {
	cells, err := open(ctx, s.Strategies, s.Load, s.largest(), observe)
	if err != nil {
		return Swept{}, err
	}
	defer cells.close()
	run := sweeping{
		plan:   s,
		runner: runner{load: s.Load, observe: observe, idle: len(cells) > 1},
		random: rand.New(rand.NewPCG(s.Seed, 1)),
		began:  time.Now(),
	}
	for i, c := range cells {
		run.searches = append(run.searches, &search{cell: c, brakes: s.Brakes, finder: s.finder(uint64(i))})
	}
	err = run.search(ctx)
	if err == nil && !run.harmful() {
		err = run.examine(ctx)
	}
	var compared []results.Trial
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
			optimum.NewCeiling(s.Min, s.Max, s.Objective.Seconds), *s.Objective, map[int][]float64{},
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

// searchShare is how much of a sweep's time is its search's; overtime is what examining and comparing may add to its
// budget.
const (
	searchShare = 0.7
	overtime    = 0.5
)

// batchRounds is how many requests a slot should have of a batch, for its empty end not to matter.
const batchRounds = 20

// spent returns how much of the budget is.
func (s *sweeping) spent() float64 { return time.Since(s.began).Seconds() / s.plan.Budget.Seconds() }

// search goes on until every strategy's search has decided, the target is harmed, or the budget is spent.
func (s *sweeping) search(ctx context.Context) error {
	s.runner.share = func(float64) float64 { return searchShare * min(1, s.spent()) }
	for active := slices.Clone(s.searches); len(active) > 0; {
		s.random.Shuffle(len(active), func(i, j int) { active[i], active[j] = active[j], active[i] })
		going := active[:0:0]
		for _, one := range active {
			if s.spent() > 1 || s.harmful() {
				return nil
			}
			more, err := one.step(ctx, &s.runner)
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

// harmful reports whether any of the searches has harmed the target: then nothing further is asked of it.
func (s *sweeping) harmful() bool {
	return slices.ContainsFunc(s.searches, func(one *search) bool { return one.harm != "" })
}

// decided returns the searches that have a limit to use.
func (s *sweeping) decided() []*search {
	return slices.DeleteFunc(slices.Clone(s.searches), func(one *search) bool {
		return len(one.trials) == 0 || one.finder.conclude().Verdict == results.Unstable
	})
}

// examine finds out for every strategy with a limit to use whether the client is the bottleneck there. A limit that holds
// an objective is no claim about the server, and a batch is no steady state to judge by.
func (s *sweeping) examine(ctx context.Context) error {
	if s.plan.Objective != nil || s.plan.Load.Requests > 0 {
		return nil
	}
	s.runner.share = func(float64) float64 { return searchShare }
	for _, one := range s.decided() {
		limit := one.finder.conclude().Limit
		if at := one.at(limit); s.plan.Load.Rate > 0 {
			one.bound = mean(at, goodput) > atRate*s.plan.Load.Rate
			one.why = fmt.Sprintf("--rate %g is what limits the goodput", s.plan.Load.Rate)
			continue
		}
		e, err := suspect{one, limit, s.runner.last + 1, s.random}.examine(ctx, &s.runner, s.plan.Instant)
		if err != nil {
			return err
		}
		one.bound, one.why = e.verdict()
	}
	return nil
}

// compare measures the strategies that have a limit to use in complete blocks, each at its own.
func (s *sweeping) compare(ctx context.Context) ([]results.Trial, error) {
	var at cells
	for _, one := range s.decided() {
		c := one.cell
		c.limit = one.finder.conclude().Limit
		at = append(at, c)
	}
	if len(at) < 2 {
		return nil, nil
	}
	all, err := at.withCopy(ctx, s.plan.Load, s.plan.Repeats, s.random)
	if err != nil {
		return nil, err
	}
	defer all[len(at):].close()
	before := float64(s.runner.done)
	s.runner.share = func(done float64) float64 {
		return searchShare + (1-searchShare)*(done-before)/float64(s.plan.Repeats*len(all))
	}
	return s.runner.blocks(ctx, all, s.runner.last+1, s.plan.Repeats, s.random, func() bool { return s.spent() < 1+overtime })
}

// conclude returns what the sweep supports.
func (s *sweeping) conclude(compared []results.Trial) Swept {
	var swept Swept
	var best []results.Trial
	for _, one := range s.searches {
		if len(one.trials) == 0 {
			continue
		}
		o := one.optimum()
		if n := s.plan.Load.Requests; n > 0 && n < int64(batchRounds*o.Explored[1]) {
			o.Warnings = append(o.Warnings, fmt.Sprintf(
				"batches of %d say little about limits above %d, since they end with slots empty: raise --requests, or take --duration",
				n, n/batchRounds))
		}
		swept.Optima = append(swept.Optima, o)
		if o.Verdict != results.Unstable {
			best = append(best, one.at(o.Limit)...)
		}
	}
	if len(compared) > 0 {
		swept.Ranked, swept.Warnings = Rank(compared)
	} else {
		swept.Ranked = results.Summarise(best)
	}
	return swept
}
