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

// An Objective is a bound on the latency. A sweep with an objective finds the largest limit that holds it. A sweep over rates finds
// the largest rate that is held: what is due is answered, and the response times, which count from when a request was due, hold
// the objective.
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
	name := o.Quantile
	if t.Rate > 0 {
		name = "response_" + name
	}
	f, known := results.FigureNamed(name)
	if !known || t.Rate > 0 && !answered(t) {
		return math.Inf(1)
	}
	return f.OfTrial(t)
}

// atLeast returns what the figure that the objective bounds is certain to be at least, by a trial of an open loop in which it was
// latency. Of n requests a percentile may be off by as many ranks as a binomial number of them: of 50 the 99th may be the 95th.
func (o Objective) atLeast(t *results.Trial, latency float64) float64 {
	f, known := results.LatencyNamed(o.Quantile)
	if !known || f.Percentile == 0 || math.IsInf(latency, 1) || t.Succeeded == 0 {
		return latency
	}
	n, share := float64(t.Succeeded), f.Percentile/100
	low, err := t.Responses.At(100 * max(0, share-oneSided*math.Sqrt(share*(1-share)/n)-1/n))
	if err != nil {
		return latency
	}
	return low
}

// oneSided is the number of standard deviations below which a normal variable is with a probability of 5%.
const oneSided = 1.645

// answered reports whether as much was answered in the window of an open loop as was due in it. What is in flight or waits may not
// have become more, but for what is in flight by chance when the window opens and when it ends: see [warnLittle].
func answered(t *results.Trial) bool {
	due := t.Offered * t.Elapsed
	edges := edgeDeviations * math.Sqrt(2*max(1, t.InFlightMean))
	return due-float64(t.Completed()) <= max(mostMissed*due, edges)
}

// late reports whether the client was what kept the search from a larger rate: at the first rate that was not held it was late by
// much of the objective's bound in starting what had a free slot. It says so in words.
func (s *search) late(o Objective) (bound bool, why string) {
	broken := s.finder.conclude().High
	by := mean(s.at(broken), func(t results.Trial) float64 { return *t.Late })
	if broken == 0 || by < lateShare*o.Seconds {
		return false, ""
	}
	return true, fmt.Sprintf("at %d/s it was itself late, by %.3g s at p99, in starting what had a free slot", broken, by)
}

// lateShare is the share of an objective's bound by which a client may be late before it is the bottleneck.
const lateShare = 0.5

// objectiveFinder finds the largest limit that holds an objective, with a margin below the first limit at which requests fail.
type objectiveFinder struct {
	search    *optimum.SLOSearch
	objective Objective
	overRate  bool    // the limits are rates
	min, max  int     // the limits that may be tried; max becomes smaller where requests fail
	budget    float64 // seconds for the whole search
	seen      []objectiveTrial
}

// An objectiveTrial is what a trial says about an objective.
type objectiveTrial struct {
	limit     int
	latency   float64 // that the objective bounds, in seconds
	atLeast   float64 // what it is for certain
	perSecond float64
	failed    float64 // share of the requests
}

func (t objectiveTrial) addTo(search *optimum.SLOSearch) {
	search.AddAtLeast(t.limit, t.latency, t.atLeast)
}

func newObjectiveFinder(least, most int, o Objective, budget float64, overRate bool) *objectiveFinder {
	f := &objectiveFinder{objective: o, overRate: overRate, min: least, max: most, budget: budget}
	f.search = f.searchTo(most)
	return f
}

const (
	// closeRates is the ratio of two rates between which no other is tried: the knee of a server is known within a few percent.
	closeRates = 1.02
	// mostRates is how many trials after the first a rate has that could not be shown to be held.
	mostRates = 5
	// confirmRates is how many trials say that a rate is not held: the p99 of a short one is a matter of one disturbance.
	confirmRates = 3
)

// searchTo returns a search of limits up to most.
func (f *objectiveFinder) searchTo(most int) *optimum.SLOSearch {
	search := optimum.NewSLOSearch(f.min, most, f.objective.Seconds)
	if f.overRate {
		search.Close, search.Confirm, search.Most = closeRates, confirmRates, mostRates
	}
	return search
}

// How many requests a trial for an objective completes: more say more about a p99, which of a few is just the largest. But
// first of all the limits have to be tried, each as long as the budget allows.
const (
	objectiveRounds   = 20   // per slot, from which more are not needed
	objectiveRequests = 1000 // in all, from which more are not needed, unless it takes more for objectiveRounds
	objectiveLeast    = 20   // in all

	objectiveRamp  = 1.0 / 3  // of the budget, that trials at all the doublings of the limit may take together
	objectiveClose = 1.0 / 20 // of the budget, that each later trial may take; there are about a dozen

	// Over rates there are more of both. A rate that is too large shows the more, the longer it lasts.
	rateRamp  = 1.0 / 100 // of the budget, that each trial takes until a rate is not held
	rateClose = 1.0 / 40  // of the budget, that each later trial takes
	rateLeast = 50        // requests that are due in each, at least
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
	if f.overRate {
		return f.arrivals(limit)
	}
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

// arrivals returns how many requests are to be due in a trial of the rate.
func (f *objectiveFinder) arrivals(rate int) int {
	share := rateRamp
	if slices.ContainsFunc(f.seen, func(t objectiveTrial) bool { return t.atLeast > f.objective.Seconds }) {
		share = rateClose
	}
	return max(rateLeast, int(share*f.budget*float64(rate)))
}

func (f *objectiveFinder) add(tried optimum.Trial, t *results.Trial) {
	seen := objectiveTrial{limit: tried.Limit, latency: f.objective.of(t), perSecond: t.PerSecond, failed: failedShare(t)}
	if seen.atLeast = seen.latency; f.overRate {
		seen.atLeast = f.objective.atLeast(t, seen.latency)
	}
	f.seen = append(f.seen, seen)
	f.seen[len(f.seen)-1].addTo(f.search)
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
	bounded := f.searchTo(most)
	for _, t := range f.seen {
		if t.limit <= most {
			t.addTo(bounded)
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
		o.Warnings = append(o.Warnings, failureWarning(o.Failing, f.varied()))
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
	if f.overRate {
		o.Limit, o.High = f.search.Seems()
	}
	for _, limit := range f.tried() {
		if f.overRate || o.Failing > 0 && limit > safeBelow(o.Failing) {
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
		o.Warnings = append(o.Warnings, results.Warningf(results.BestGuess, "no %s was shown to hold %s: %d is the best guess so far", f.varied(), o.Objective, o.Limit))
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
	nothing := fmt.Sprintf("no %s holds %s: at %[1]s %[3]d, the smallest, ", f.varied(), objective, smallest)
	switch {
	case math.IsInf(latency, 1) && failed <= harmfulFailures:
		return results.Warningf(results.NothingHolds, "%snot all that was due was answered", nothing)
	case math.IsInf(latency, 1):
		return results.Warningf(results.NothingHolds, "%s%s of the requests failed", nothing, percent(failed))
	}
	return results.Warningf(results.NothingHolds, "%sit is %s", nothing, text.ShortSpan(latency)).With("seconds", latency)
}

// varied returns the word for what is varied.
func (f *objectiveFinder) varied() string {
	if f.overRate {
		return results.OverRate
	}
	return "limit"
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
