package bench

import (
	"fmt"
	"math"
	"slices"

	"sweetspot/bench/optimum"
	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// An Objective is a bound on the latency. A sweep with an objective finds the largest limit that holds it.
type Objective struct {
	Quantile string  // one of [results.LatencyNames], such as p99
	Seconds  float64 // the bound, above 0
}

// of returns the latency of a trial that the objective bounds, in seconds. It is infinite if more than 1% of the requests
// failed: a server that rejects most requests and is quick with the rest does not hold the objective.
func (o Objective) of(t *results.Trial) float64 {
	if t.Succeeded == 0 || failedShare(t) > harmfulFailures {
		return math.Inf(1)
	}
	f, known := results.LatencyNamed(o.Quantile)
	if !known {
		return math.Inf(1)
	}
	return f.OfTrial(t)
}

// objectiveFinder finds the largest limit that holds an objective, with a margin below the first limit at which requests fail.
type objectiveFinder struct {
	search    *optimum.SLOSearch
	objective Objective
	min, max  int     // the limits that may be tried; max becomes smaller where requests fail
	budget    float64 // seconds for the whole search
	seen      []objectiveTrial
}

// An objectiveTrial is what a trial says about an objective.
type objectiveTrial struct {
	limit     int
	latency   float64 // that the objective bounds, in seconds
	perSecond float64
	failed    float64 // share of the requests
}

func newObjectiveFinder(least, most int, o Objective, budget float64) *objectiveFinder {
	return &objectiveFinder{search: optimum.NewSLOSearch(least, most, o.Seconds), objective: o, min: least, max: most, budget: budget}
}

// How many requests a trial for an objective completes: more say more about a p99, which of a few is just the largest. But
// first of all the limits have to be tried, each as long as the budget allows.
const (
	objectiveRounds   = 20   // per slot, from which more are not needed
	objectiveRequests = 1000 // in all, from which more are not needed, unless it takes more for objectiveRounds
	objectiveLeast    = 20   // in all

	objectiveRamp  = 1.0 / 3  // of the budget, that trials at all the doublings of the limit may take together
	objectiveClose = 1.0 / 20 // of the budget, that each later trial may take; there are about a dozen
)

func (f *objectiveFinder) next() (optimum.Trial, bool) {
	limit, ok := f.search.Next()
	block := 0
	for _, t := range f.seen {
		block += count(t.limit == limit)
	}
	return optimum.Trial{Limit: limit, Block: block, Completions: f.completions(limit)}, ok
}

// completions returns how many requests a trial of the limit is to complete: as many as it takes, as far as the budget allows.
func (f *objectiveFinder) completions(limit int) int {
	least, most := max(rounds*limit, objectiveLeast), max(objectiveRounds*limit, objectiveRequests)
	seconds := f.budget * objectiveRamp / (1 + math.Log2(float64(f.max)/float64(f.min)))
	at, rate := 0, 0.0
	for _, t := range f.seen {
		if t.limit <= limit && t.limit >= at {
			at, rate = t.limit, t.perSecond
		}
		if t.latency > f.objective.Seconds {
			seconds = f.budget * objectiveClose
		}
	}
	return int(min(max(rate*seconds, float64(least)), float64(most)))
}

func (f *objectiveFinder) add(tried optimum.Trial, t *results.Trial) {
	f.seen = append(f.seen, objectiveTrial{tried.Limit, f.objective.of(t), t.PerSecond, failedShare(t)})
	f.search.Add(tried.Limit, f.seen[len(f.seen)-1].latency)
	f.keepMargin()
}

// keepMargin bounds the search to limits with enough margin below the first at which requests fail, once that is known well.
func (f *objectiveFinder) keepMargin() {
	failing, sound := f.failing(), 0
	for _, t := range f.seen {
		if failing > 0 && t.limit < failing {
			sound = max(sound, t.limit)
		}
	}
	if safe := safeBelow(failing); safe >= f.min && safe < f.max && sound >= safe {
		f.search, f.max = f.upTo(safe), safe
	}
}

// upTo returns a search of limits up to most, with the trials at these.
func (f *objectiveFinder) upTo(most int) *optimum.SLOSearch {
	bounded := optimum.NewSLOSearch(f.min, most, f.objective.Seconds)
	for _, t := range f.seen {
		if t.limit <= most {
			bounded.Add(t.limit, t.latency)
		}
	}
	return bounded
}

// failing returns the smallest limit at which requests fail, 0 if there is none.
func (f *objectiveFinder) failing() int {
	failing := 0
	for _, t := range f.seen {
		if t.failed > harmfulFailures && (failing == 0 || t.limit < failing) {
			failing = t.limit
		}
	}
	return failing
}

func (f *objectiveFinder) conclude() results.Optimum {
	o := results.Optimum{
		Verdict:   results.Objective,
		Objective: fmt.Sprintf("%s <= %gms", f.objective.Quantile, 1000*f.objective.Seconds),
		Failing:   f.failing(),
		Explored:  f.search.Conclude().Explored,
		Warnings:  []results.Warning{},
	}
	usable := f.search
	if o.Failing > 0 {
		usable = f.upTo(min(f.max, safeBelow(o.Failing)))
		o.Warnings = append(o.Warnings, failureWarning(o.Failing))
	}
	held := usable.Conclude()
	for _, t := range f.seen {
		o.Explored[0], o.Explored[1] = min(o.Explored[0], t.limit), max(o.Explored[1], t.limit)
	}
	o.Limit, o.Low, o.High, o.Certain = held.Limit, held.Limit, held.Broken, held.Limit > 0
	if o.High == 0 {
		o.High = o.Failing
	}
	if held.Limit == 0 {
		f.guess(&o)
	}
	o.PerSecond = f.goodput(o.Limit)
	return o
}

// guess makes the largest limit that seems to hold the objective the limit to use, since none was shown to hold it.
func (f *objectiveFinder) guess(o *results.Optimum) {
	for _, limit := range f.tried() {
		if o.Failing > 0 && limit > safeBelow(o.Failing) {
			break
		}
		if latency := f.latency(limit); latency > f.objective.Seconds {
			o.High = limit
			break
		}
		o.Limit = limit
	}
	if o.Limit > 0 {
		o.Low = o.Explored[0]
		o.Warnings = append(o.Warnings, results.Warningf(results.BestGuess, "no limit was shown to hold %s: %d is the best guess so far", o.Objective, o.Limit))
		return
	}
	o.Verdict = results.Unstable
	o.Warnings = slices.Insert(o.Warnings, 0, f.nothingHolds(o.Objective))
}

// nothingHolds says why not even the smallest limit holds the objective.
func (f *objectiveFinder) nothingHolds(objective string) results.Warning {
	smallest := f.tried()[0]
	latency, failed := f.latency(smallest), 0.0
	for _, t := range f.seen {
		if t.limit == smallest {
			failed = max(failed, t.failed)
		}
	}
	if math.IsInf(latency, 1) {
		return results.Warningf(results.NothingHolds, "no limit holds %s: at limit %d, the smallest, %s of the requests failed", objective, smallest, percent(failed))
	}
	return results.Warningf(results.NothingHolds, "no limit holds %s: at limit %d, the smallest, it is %s", objective, smallest, text.ShortSpan(latency)).With("seconds", latency)
}

// tried returns the limits that were tried, ascending.
func (f *objectiveFinder) tried() []int {
	var all []int
	for _, t := range f.seen {
		all = append(all, t.limit)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// latency returns the geometric mean of the latencies at a limit, as the search judges it.
func (f *objectiveFinder) latency(limit int) float64 {
	var logs []float64
	for _, t := range f.seen {
		if t.limit == limit {
			logs = append(logs, math.Log(t.latency))
		}
	}
	return math.Exp(stat.Describe(logs).Mean)
}

// goodput returns the mean goodput at a limit, 0 if it was not tried.
func (f *objectiveFinder) goodput(limit int) float64 {
	sum, n := 0.0, 0.0
	for _, t := range f.seen {
		if t.limit == limit {
			sum, n = sum+t.perSecond, n+1
		}
	}
	return stat.Ratio(sum, n)
}
