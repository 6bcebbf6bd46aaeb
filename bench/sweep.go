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
	"sweetspot/results/stat"
	"sweetspot/strategies"
)

// A Sweep measures strategies at many limits, to find the best limit of each. The search may ask for more completions in a
// window than the load does.
type Sweep struct {
	Strategies []strategies.Strategy
	Min, Max   int             // the smallest and the largest limit to try, 1 <= Min <= Max
	Streams    []int           // the strategies whose protocol multiplexes are swept with each number of [Load.Streams] here; empty for the load's
	Limits     []int           // a fixed grid instead of the search; Min and Max then do not count; empty for a search
	Share      float64         // of the peak that is enough, in (0, 1)
	OverRate   bool            // vary the rate of an open loop instead of the limit: Min and Max are rates; it takes an Objective and Arrivals
	Objective  *Objective      // to hold, instead of finding the peak; Limits then do not count; nil for none
	Budget     time.Duration   // for searching and examining the client, above 0; comparing may add half of it
	Repeats    int             // blocks in which the strategies are compared at the end
	Brakes     bool            // stop the sweep at the first sign that it harms the target
	Seed       uint64          // of the order of trials
	Instant    InstantServer   // to see what the client can reach; nil if there is none
	Floor      *stat.Component // by how much a strategy differs from run to run: see [Rank]; nil if it is not known
}

// Run makes the sweep: it searches the best limit of each strategy, examines whether the client is what limits it, and, if
// there are several strategies, compares them in blocks, each at its own limit and all at a common one. The strategies
// take turns in random order, so that a machine that drifts does not favour one of them. What has been found by then is
// returned also with an error: because ctx ended, the target died, not one request succeeded once every strategy was tried,
// or every request to one of the load's hosts failed. The end of ctx is that of [Comparison.Run].
func (s Sweep) Run(ctx context.Context, load Load, observe Observer) (Findings, error) {
	if s.OverRate {
		load.Rate = float64(s.Min)
		load.Duration = max(load.Duration, load.ShortestWindow())
	}
	if err := errors.Join(load.check(), s.check(load)); err != nil {
		return Findings{}, err
	}
	r := newRunner(ctx, load, observe, s.Instant)
	candidates, err := r.open(ctx, r.targets[0], s.Strategies, s.largest(load), s.Streams...)
	if err != nil {
		return Findings{}, err
	}
	defer candidates.close(ctx)
	r.idle = len(candidates) > 1
	r.checkPorts(candidates, load.fewestRequests(s.largest(load)), 2) // the doublings up to the largest limit take as many again
	if least := s.LeastBudget(load); s.Budget < least {
		r.alert(results.Warningf(results.SmallBudget, "a budget of %v is short: to try the limits takes at least %v", s.Budget, least).
			With("budget_seconds", s.Budget.Seconds()).With("least_seconds", least.Seconds()))
	}
	run := &sweeping{plan: s, runner: r, random: rand.New(rand.NewPCG(s.Seed, 1)), began: time.Now()}
	for i, c := range candidates {
		run.searches = append(run.searches, &search{candidate: c, brakes: s.Brakes, overRate: s.OverRate, finder: s.finder(uint64(i))})
	}
	r.atMost = func() time.Duration { return run.left(1 + run.comparing()) }
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
	return r.concluded(run.conclude(compared), err)
}

// check returns an error with a line for every field that no sweep could be made with.
func (s Sweep) check(load Load) error {
	errs := []error{checkStrategies(s.Strategies)}
	if s.OverRate && (s.Objective == nil || load.Arrivals == "" || load.Requests > 0 || len(s.Limits) > 0) {
		errs = append(errs, errors.New("a sweep over rates: want arrivals, an objective, a window and no grid"))
	}
	switch {
	case len(s.Limits) > 0 && slices.Min(s.Limits) < 1:
		errs = append(errs, fmt.Errorf("limits %v: want each at least 1", s.Limits))
	case len(s.Limits) == 0 && (s.Min < 1 || s.Max < s.Min):
		errs = append(errs, fmt.Errorf("min %d, max %d: want 1 <= min <= max", s.Min, s.Max))
	}
	if len(s.Streams) > 0 && slices.Min(s.Streams) < 0 {
		errs = append(errs, fmt.Errorf("streams %v: want each at least 0", s.Streams))
	}
	if s.Objective == nil && !(s.Share > 0 && s.Share < 1) { // written so that NaN is wrong too
		errs = append(errs, fmt.Errorf("share %g: want a share between 0 and 1", s.Share))
	}
	if s.Budget <= 0 {
		errs = append(errs, fmt.Errorf("budget %v: want more than 0s", s.Budget))
	}
	return errors.Join(errs...)
}

// largest returns the largest limit that the sweep may try.
func (s Sweep) largest(load Load) int {
	if s.OverRate {
		return cmp.Or(load.Most, DefaultMost)
	}
	return max(s.Max, slices.Max(append(s.Limits, 0)))
}

// Searches returns how many searches the sweep makes: one for each strategy, and for each number of streams if its protocol
// multiplexes.
func (s Sweep) Searches() int {
	n := 0
	for _, one := range s.Strategies {
		n += len(Load{}.streamsOf(one, s.Streams))
	}
	return n
}

// fewestTrials is how many trials of a limit it takes to say anything about it.
const fewestTrials = 3

// LeastBudget returns the budget below which the sweep can only guess, however fast the target is. With it every strategy has a
// trial at each doubling of the limit and two more at one of them, or three at each limit of a fixed grid.
func (s Sweep) LeastBudget(load Load) time.Duration {
	trials := fewestTrials * len(s.Limits)
	if trials == 0 {
		trials = fewestTrials
		for limit := max(1, s.Min); limit < s.Max; limit *= 2 {
			trials++
		}
	}
	return time.Duration(s.Searches()*trials) * load.shortestTrial()
}

// Expected returns how long the sweep is likely to last with a target that is neither very slow nor decided at once: most
// searches use the time they have, and few clients have to be examined, for which a part of the budget is kept. AtMost is when it ends in any case.
func (s Sweep) Expected(load Load) (likely, atMost time.Duration) {
	likely, atMost = time.Duration((1-examineShare/2)*float64(s.Budget)), s.Budget
	if n := s.Searches(); n > 1 {
		comparing := time.Duration(compareShare * float64(s.Budget))
		likely += min(comparing, time.Duration(2*(n+1)*s.Repeats)*load.shortestTrial()) // at two limits, with a copy of one
		atMost += comparing
	}
	return likely, atMost
}

// finder returns the finder of one strategy's search; number is the strategy's place in the run.
func (s Sweep) finder(number uint64) finder {
	if s.Objective != nil {
		return newObjectiveFinder(s.Min, s.Max, *s.Objective, s.Budget.Seconds()/float64(s.Searches()), s.OverRate)
	}
	return newShareFinder(optimum.Settings{
		Min: s.Min, Max: s.Max, Share: s.Share, Limits: s.Limits, Seed: s.Seed + number,
		Seconds: (1 - examineShare) * s.Budget.Seconds() / float64(s.Searches()),
	})
}

// sweeping is a sweep under way.
type sweeping struct {
	plan     Sweep
	runner   *runner
	searches []*search
	random   *rand.Rand
	began    time.Time
}

// How a sweep divides its time.
const (
	searchShare  = 0.7  // of the whole sweep that the search is, for the progress that is shown
	examineShare = 0.25 // of the budget that is kept for examining the client, at most
	compareShare = 0.5  // of the budget that comparing may take on top of it
)

// batchRounds is how many requests of a batch each slot should have, so that its end, when slots are empty, matters little.
const batchRounds = 20

// spent returns the share of the budget that is spent; more than 1 if the sweep has lasted longer.
func (s *sweeping) spent() float64 { return time.Since(s.began).Seconds() / s.plan.Budget.Seconds() }

// left returns the time until the sweep has lasted budgets times its budget.
func (s *sweeping) left(budgets float64) time.Duration {
	return time.Duration(budgets*float64(s.plan.Budget)) - time.Since(s.began)
}

// comparing returns the share of the budget that comparing the strategies may add.
func (s *sweeping) comparing() float64 {
	if len(s.searches) < 2 {
		return 0
	}
	return compareShare
}

// search goes on until every strategy's search has decided, the target is harmed, or only the part of the budget that is
// reserved for examining the client is left.
func (s *sweeping) search(ctx context.Context) error {
	s.runner.shareDone = func(float64) float64 { return searchShare * min(1, s.spent()) }
	for active := slices.Clone(s.searches); len(active) > 0; {
		s.random.Shuffle(len(active), func(i, j int) { active[i], active[j] = active[j], active[i] })
		going := active[:0:0]
		for _, one := range active {
			left := s.left(1) - s.reserved()
			if left < 0 || s.harmful() {
				return nil
			}
			more, err := one.step(ctx, s.runner, left)
			if err = cmp.Or(err, s.runner.deadHost()); err == nil {
				err = s.measureReach(ctx, one)
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

// exemption says whether the clients are examined, and if not, why.
func (s *sweeping) exemption() exemption { return s.runner.load().exemption(s.plan.Objective) }

// measureReach finds out what the search's strategy reaches against a server that answers at once. It does so once, as soon as
// the search has a limit to use: a search that never has one does not need to know.
func (s *sweeping) measureReach(ctx context.Context, one *search) (err error) {
	if one.reachMeasured || s.exemption() != notExempt || !one.decided() || s.harmful() {
		return nil
	}
	one.reachMeasured = true
	one.reach, err = s.runner.reach(ctx, one.candidate)
	return err
}

// reserved returns how much of the budget is to be kept for examining the clients.
func (s *sweeping) reserved() time.Duration {
	if s.exemption() != notExempt {
		return 0
	}
	var all time.Duration
	for _, one := range s.decided() {
		all += one.examinationTime(s.runner.load())
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

// examine finds out for every strategy with a limit to use whether the client, the rate, or the only connection is the bottleneck
// there.
func (s *sweeping) examine(ctx context.Context) error {
	s.runner.shareDone = func(float64) float64 { return searchShare }
	for _, one := range s.decided() {
		limit := one.finder.conclude().Limit
		switch rate := s.runner.load().Rate; s.exemption() {
		case exemptObjective:
			if s.plan.OverRate {
				one.clientBound, one.why = one.late(*s.plan.Objective)
			}
		case exemptRate:
			one.clientBound = mean(one.at(limit), goodput) > atRate*rate
			one.why = fmt.Sprintf("the rate of %g per second limits the goodput", rate)
		case notExempt:
			left := func() time.Duration { return s.left(1) }
			test := bottleneckTest{one, limit, s.runner.lastBlock + 1, s.random, left}
			found, err := test.examine(ctx, s.runner)
			if err != nil {
				return err
			}
			one.clientBound, one.why = found.clientBound()
			test.block, test.limit = s.runner.lastBlock+1, one.beyond(limit)
			if one.second, err = test.splitConnection(ctx, s.runner); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare measures the strategies that have a limit to use beside one another. It returns nil if there are fewer than two.
func (s *sweeping) compare(ctx context.Context) (*finalComparison, error) {
	entered := s.decided()
	if len(entered) < 2 || s.plan.OverRate { // each at its own rate: there is nothing to tell apart
		return nil, nil
	}
	c := newFinalComparison(ctx, s.runner, entered, s.plan.Repeats, s.random)
	defer c.close(ctx)
	return c, c.run(ctx, s.runner, s.random, func() time.Duration { return s.left(1 + s.comparing()) })
}

// conclude returns what the sweep supports.
func (s *sweeping) conclude(compared *finalComparison) Findings {
	found := Findings{Warnings: s.runner.warnings}
	var best []results.Trial // at the limits to use
	for _, one := range s.searches {
		if len(one.trials) == 0 && one.broken == "" {
			continue
		}
		o := one.optimum()
		if n := s.runner.load().Requests; n > 0 && one.broken == "" && n < int64(batchRounds*o.Explored[1]) {
			w := results.Warningf(results.SmallBatch, "batches of %d say little about limits above %d, since they end with slots empty", n, n/batchRounds)
			o.Warnings = append(o.Warnings, w.With("requests", float64(n)).With("largest_limit", float64(n/batchRounds)))
		}
		found.Optima = append(found.Optima, o)
		if o.Verdict != results.Unstable {
			best = append(best, one.at(o.Limit)...)
		}
	}
	if compared == nil || len(compared.trials) == 0 {
		found.Strategies = results.Summarise(best)
		return found
	}
	var warnings []results.Warning
	found.Strategies, found.AtCommon, warnings = compared.rank(s.plan.Floor)
	found.Warnings = append(found.Warnings, warnings...)
	return found
}
