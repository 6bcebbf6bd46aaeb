package bench

import (
	"context"
	"errors"
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
	Budget     time.Duration // the search begins no trial after so long
	Brakes     bool          // stop a strategy's search at the first sign that it harms the target
	Seed       uint64        // of the order of trials
	Instant    URLs          // of a server that answers at once, to see what the client can reach; nil if there is none
}

// Swept is what a sweep concludes.
type Swept struct {
	Optima   []results.Optimum
	Ranked   []results.Summary // each strategy at the limit to use, with a verdict if they were compared
	Warnings []string          // about the comparison
}

// ErrDied is returned when a target that had answered does not any more.
var ErrDied = errors.New("the target has stopped answering")

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
		Sweep:    s,
		runner:   runner{load: s.Load, observe: observe},
		searches: s.searches(cells),
		random:   rand.New(rand.NewPCG(s.Seed, 1)),
	}
	if err = run.search(ctx); err == nil {
		err = run.barren()
	}
	run.runner.load.Completions = 0
	if err == nil {
		err = run.examine(ctx)
	}
	var compared []results.Trial
	if err == nil && len(run.searches) > 1 {
		compared, err = run.compare(ctx)
	}
	return run.conclude(compared), err
}

// largest returns the largest limit that the sweep may come to.
func (s Sweep) largest() int { return max(s.Max, slices.Max(append(s.Limits, 0))) }

// sweeping is a sweep under way.
type sweeping struct {
	Sweep
	runner
	searches []*search
	random   *rand.Rand
}

func (s Sweep) searches(cells cells) []*search {
	var all []*search
	for i, c := range cells {
		all = append(all, &search{cell: c, brakes: s.Brakes, finder: s.finder(uint64(i))})
	}
	return all
}

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

// search goes on until every strategy's search has decided or the budget is spent.
func (s *sweeping) search(ctx context.Context) error {
	began := time.Now()
	s.share = func(float64) float64 { return min(1, time.Since(began).Seconds()/s.Budget.Seconds()) }
	for active := slices.Clone(s.searches); len(active) > 0; {
		s.random.Shuffle(len(active), func(i, j int) { active[i], active[j] = active[j], active[i] })
		going := active[:0:0]
		for _, one := range active {
			if time.Since(began) > s.Budget {
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

// examine finds out for every strategy with a limit to use whether the client is the bottleneck there. A limit that holds
// an objective is no claim about the server.
func (s *sweeping) examine(ctx context.Context) error {
	if s.Objective != nil {
		return nil
	}
	for _, one := range s.searches {
		found := one.finder.conclude()
		if found.Verdict == results.Unstable || len(one.at(found.Limit)) == 0 {
			continue
		}
		s.sofar = "is the client the bottleneck?"
		e, err := suspect{one, found.Limit, s.nextBlock(), s.random}.examine(ctx, &s.runner, s.Instant)
		if err != nil {
			return err
		}
		one.bound, one.why = e.verdict()
	}
	return nil
}

// compare measures the strategies in complete blocks, each at its own limit.
func (s *sweeping) compare(ctx context.Context) ([]results.Trial, error) {
	var at cells
	for _, one := range s.searches {
		c := one.cell
		c.limit = max(1, one.finder.conclude().Limit)
		at = append(at, c)
	}
	all, err := at.withCopy(ctx, s.Load, optimum.FewestBlocks, s.random)
	if err != nil {
		return nil, err
	}
	defer all[len(at):].close()
	s.sofar = "which is the fastest?"
	return s.blocks(ctx, all, s.nextBlock(), optimum.FewestBlocks, s.random)
}

// nextBlock returns the first number that no block has yet.
func (s *sweeping) nextBlock() int { return s.last + 1 }

// conclude returns what the sweep supports.
func (s *sweeping) conclude(compared []results.Trial) Swept {
	var swept Swept
	var best []results.Trial
	for _, one := range s.searches {
		if len(one.trials) == 0 {
			continue
		}
		o := one.optimum()
		swept.Optima = append(swept.Optima, o)
		best = append(best, one.at(o.Limit)...)
	}
	if len(compared) > 0 {
		swept.Ranked, swept.Warnings = Rank(compared)
	} else {
		swept.Ranked = results.Summarise(best)
	}
	return swept
}
