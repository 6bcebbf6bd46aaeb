package bench

import (
	"fmt"
	"math"

	"sweetspot/bench/optimum"
	"sweetspot/results"
	"sweetspot/strategies"
)

// A finder decides which limits a search tries, and what follows from its trials. It translates between package optimum,
// which decides, and the trials and optima of a run.
type finder interface {
	next() (optimum.Trial, bool)
	add(tried optimum.Trial, t *results.Trial)
	conclude() results.Optimum // without the strategy, and without what the search took
}

// shareFinder finds the smallest limit that gives a share of the peak.
type shareFinder struct{ *optimum.Search }

func (f shareFinder) next() (optimum.Trial, bool) { return f.Next() }

func (f shareFinder) add(tried optimum.Trial, t *results.Trial) {
	f.Add(tried, optimum.Observation{
		PerSecond:   t.PerSecond,
		Completions: int(t.Succeeded),
		Failed:      failedShare(t),
		Timeouts:    t.Failed[strategies.Timeout.String()] > 0,
	})
}

func (f shareFinder) conclude() results.Optimum {
	found := f.Conclude()
	o := results.Optimum{
		Verdict:   results.Verdict(found.Verdict),
		Limit:     found.Limit,
		Low:       found.Low,
		High:      found.High,
		Certain:   found.Certain,
		Share:     found.Share,
		PerSecond: found.PerSecond,
		Peak: results.PeakLimit{
			Limit: found.Peak.Limit, Low: found.Peak.Low, High: found.Peak.High, PerSecond: found.Peak.PerSecond,
		},
		Explored: found.Explored,
		Warnings: warnings(found.Warnings),
	}
	if found.Modelled {
		o.Law = lawOf(found.Law)
	}
	return o
}

// lawOf returns the law as a run keeps it: n requests in flight take A + B n + C n^2 seconds each.
func lawOf(l optimum.Law) *results.Law {
	return &results.Law{A: (1 - l.Sigma) / l.Lambda, B: (l.Sigma - l.Kappa) / l.Lambda, C: l.Kappa / l.Lambda}
}

// warnings returns the warnings of package optimum as those of a run.
func warnings(all []optimum.Warning) []results.Warning {
	converted := make([]results.Warning, len(all))
	for i, w := range all {
		converted[i] = results.Warning{Code: results.Code(w.Code), Numbers: w.Numbers, Text: w.Text}
	}
	return converted
}

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

// objectiveFinder finds the largest limit that holds an objective.
type objectiveFinder struct {
	*optimum.SLOSearch
	objective Objective
	rates     map[int][]float64 // goodput of the trials by limit
}

// The least number of requests that a trial for an objective completes: the p99 of a few is just their largest.
const (
	objectiveRounds   = 20 // per slot
	objectiveRequests = 1000
)

func (f objectiveFinder) next() (optimum.Trial, bool) {
	limit, ok := f.Next()
	return optimum.Trial{Limit: limit, Block: len(f.rates[limit]), Completions: max(objectiveRounds*limit, objectiveRequests)}, ok
}

func (f objectiveFinder) add(tried optimum.Trial, t *results.Trial) {
	f.Add(tried.Limit, f.objective.of(t))
	f.rates[tried.Limit] = append(f.rates[tried.Limit], t.PerSecond)
}

func (f objectiveFinder) conclude() results.Optimum {
	held := f.Conclude()
	o := results.Optimum{
		Verdict:   results.Objective,
		Objective: fmt.Sprintf("%s <= %gms", f.objective.Quantile, 1000*f.objective.Seconds),
		Limit:     held.Limit,
		Low:       held.Limit,
		High:      held.Broken,
		Certain:   held.Limit > 0,
		Explored:  held.Explored,
		Warnings:  []results.Warning{},
	}
	if held.Limit == 0 {
		o.Verdict = results.Unstable
		o.Warnings = append(o.Warnings, results.Warningf(results.NothingHolds, "no limit was shown to hold %s", o.Objective))
		return o
	}
	for _, rate := range f.rates[held.Limit] {
		o.PerSecond += rate / float64(len(f.rates[held.Limit]))
	}
	return o
}
