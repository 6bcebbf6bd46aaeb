package optimum

import (
	"maps"
	"math"
	"slices"
)

// measurements are everything that was measured, in the order of measurement. No conclusion depends on that order.
type measurements []measurement

// A measurement is a trial with what it measured.
type measurement struct {
	Trial
	Observation
}

// valid reports whether the trial has a goodput that can be compared.
func (m measurement) valid() bool { return m.PerSecond > 0 && !math.IsInf(m.PerSecond, 1) }

// counted returns the number of successes from which the goodput was computed, at least 1.
func (m measurement) counted() float64 {
	if m.Observation.Completions > 0 {
		return float64(m.Observation.Completions)
	}
	return float64(max(m.Trial.Completions, 1))
}

// logShare returns the logarithm of a share from 0 to 1. One that is unknown counts as all.
func logShare(share float64) float64 {
	if share > 0 && share < 1 {
		return math.Log(share)
	}
	return 0
}

// machineNoise is the standard deviation of ln(goodput) that a trial of any length is assumed to have, beside its counting
// error. It only balances short trials against long ones; the noise itself is estimated.
const machineNoise = 0.03

// weight is the inverse variance of the measurement, 1 for a trial without counting error. Completions that leave a
// saturated server are at worst a Poisson process, so counting n of them has a variance of 1/n in ln(goodput).
func (m measurement) weight() float64 {
	const machine = machineNoise * machineNoise
	return machine / (machine + 1/m.counted())
}

// fit returns the fit of the measurements that decide: those after the ramp, if its limits have been measured again, at limits
// below the first at which requests begin to fail. Before that it is a fit of the ramp alone, which has no degree of freedom.
// It is nil if nothing succeeded.
func (all measurements) fit() *fit {
	failing, ramp := all.failingLimit(), all.ramp()
	if len(ramp) == 0 {
		return newFit(all.points(failing))
	}
	if !all.repeated() {
		return newFit(ramp.points(failing))
	}
	f := newFit(all.refined().points(failing))
	if f != nil {
		f.borrowNoise(ramp.points(failing))
	}
	return f
}

// points returns the measurements at limits below failing as inputs of a fit.
func (all measurements) points(failing int) []point {
	var points []point
	for _, m := range all {
		if m.Limit < failing && m.valid() {
			points = append(points, point{limit: m.Limit, block: m.Block, y: math.Log(m.PerSecond), weight: m.weight()})
		}
	}
	return points
}

// toleratedFailures is the share of requests that may fail, beyond those that fail at smaller limits too, before requests
// are said to begin to fail at a limit.
const toleratedFailures = 0.01

// failures count the failed requests at one limit or at several.
type failures struct {
	requests, failed float64
	timeouts         bool
	succeeds         bool // whether any request does
}

// failingLimit returns the smallest limit at which requests begin to fail, or math.MaxInt if there is none.
func (all measurements) failingLimit() int {
	byLimit := make(map[int]*failures)
	for _, m := range all {
		if byLimit[m.Limit] == nil {
			byLimit[m.Limit] = new(failures)
		}
		byLimit[m.Limit].add(m)
	}
	below := new(failures)
	for _, limit := range slices.Sorted(maps.Keys(byLimit)) {
		here := byLimit[limit]
		if here.begin(below) {
			return limit
		}
		below.requests += here.requests
		below.failed += here.failed
		below.timeouts = below.timeouts || here.timeouts
	}
	return math.MaxInt
}

func (f *failures) add(m measurement) {
	share := min(max(m.Failed, 0), 1)
	requests := m.counted() / max(1-share, 0.01) // counted returns successes only
	f.requests += requests
	f.failed += share * requests
	f.timeouts = f.timeouts || m.Timeouts
	f.succeeds = f.succeeds || m.valid()
}

// begin reports whether requests begin to fail at a limit: if none succeeds, or if significantly more fail than at the limits
// below, by at least the tolerated share; if any time out and none did below, by any amount. A target that fails 5% of the
// requests one at a time is not overloaded, even if the first few succeeded.
func (f *failures) begin(below *failures) bool {
	if !f.succeeds || below.requests == 0 {
		return !f.succeeds
	}
	by, noise := f.beyond(below)
	if f.timeouts && !below.timeouts {
		return by > 3*noise
	}
	return by > toleratedFailures+3*noise
}

// beyond returns by how much the share of failures is larger than below, and the standard error of that. One failure and one
// success are added below, by Laplace's rule of succession, so that a few requests without a failure are no certainty.
func (f *failures) beyond(below *failures) (by, noise float64) {
	p, q, n := f.failed/f.requests, (below.failed+1)/(below.requests+2), below.requests+2
	return p - below.failed/below.requests, math.Sqrt(p*(1-p)/f.requests + q*(1-q)/n)
}

// best returns the highest goodput measured at a limit, or 0.
func (all measurements) best(limit int) float64 {
	best := 0.0
	for _, m := range all {
		if m.Limit == limit && m.valid() {
			best = math.Max(best, m.PerSecond)
		}
	}
	return best
}

// explored returns the smallest and the largest limit tried.
func (all measurements) explored() [2]int {
	if len(all) == 0 {
		return [2]int{}
	}
	explored := [2]int{all[0].Limit, all[0].Limit}
	for _, m := range all {
		explored[0] = min(explored[0], m.Limit)
		explored[1] = max(explored[1], m.Limit)
	}
	return explored
}

// limits returns the limits with a goodput, ascending.
func (all measurements) limits() []int {
	var limits []int
	for _, m := range all {
		if m.valid() {
			limits = append(limits, m.Limit)
		}
	}
	slices.Sort(limits)
	return slices.Compact(limits)
}

// typical returns the median of ln(goodput) at a limit, whatever came before each trial, and the number of trials.
func (all measurements) typical(limit int) (y, trials float64) {
	var seen []float64
	for _, m := range all {
		if m.Limit == limit && m.valid() {
			seen = append(seen, math.Log(m.PerSecond))
		}
	}
	if len(seen) == 0 {
		return 0, 0
	}
	slices.Sort(seen)
	return (seen[(len(seen)-1)/2] + seen[len(seen)/2]) / 2, float64(len(seen))
}

// mean returns the weighted mean of ln(goodput) of the trials at a limit, and the sum of their weights, 0 if there are none.
func (all measurements) mean(limit int) (y, weight float64) {
	for _, m := range all {
		if m.Limit == limit && m.valid() {
			w := m.weight()
			y, weight = y+w*math.Log(m.PerSecond), weight+w
		}
	}
	return y / max(weight, math.SmallestNonzeroFloat64), weight
}
