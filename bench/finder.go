package bench

import (
	"fmt"
	"math"

	"sweetspot/bench/optimum"
	"sweetspot/results"
	"sweetspot/strategies"
)

// A finder decides which limits a search tries, and what its trials come to. What it decides is in package optimum; here
// it is told of trials and asked for a row of the results.
type finder interface {
	next() (optimum.Trial, bool)
	add(tried optimum.Trial, t *results.Trial)
	conclude() results.Optimum // without what the search took
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
		o.Law = &results.Law{A: found.Law.A, B: found.Law.B, C: found.Law.C}
	}
	return o
}

// warnings returns the warnings of package optimum as those of a run.
func warnings(all []optimum.Warning) []results.Warning {
	converted := make([]results.Warning, len(all))
	for i, w := range all {
		converted[i] = results.Warning{Code: results.Code(w.Code), Numbers: w.Numbers, Text: w.Text}
	}
	return converted
}

// An Objective is a bound on the latency: the sweep then finds the largest limit that holds it.
type Objective struct {
	Quantile string // one of [results.LatencyNames], such as p99
	Seconds  float64
}

// of returns the latency of a trial that the objective is about, in seconds. It is infinite if more than 1% of the
// requests failed: a server that turns most away and is quick with the rest holds nothing.
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

// A trial completes at least so many requests, for each slot and altogether: the p99 of a few is just their largest.
const (
	objectiveRounds   = 20
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
