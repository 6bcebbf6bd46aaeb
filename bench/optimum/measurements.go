package optimum

import (
	"maps"
	"math"
	"slices"
)

// Evidence is everything that was measured, in the order of measurement. What follows from it does not
// depend on that order.
type measurements []measurement

// A measurement is a trial with what it measured.
type measurement struct {
	Trial
	Observation
}

// valid reports whether there is a goodput to speak of.
func (m measurement) valid() bool { return m.PerSecond > 0 && !math.IsInf(m.PerSecond, 1) }

// counted returns the successes that the goodput rests on.
func (m measurement) counted() float64 {
	if m.Observation.Completions > 0 {
		return float64(m.Observation.Completions)
	}
	return float64(max(m.Trial.Completions, 1))
}

// machineNoise is the standard deviation of ln(goodput) that is assumed of a trial of any length, against which
// the counting error of short trials is weighed. It only balances trials; the noise itself is estimated.
const machineNoise = 0.03

// weight is the inverse variance of the measurement, 1 for a trial without counting error. Completions that leave a
// saturated server are at worst a Poisson process, so counting n of them has a variance of 1/n in ln(goodput).
func (m measurement) weight() float64 {
	const machine = machineNoise * machineNoise
	return machine / (machine + 1/m.counted())
}

// points returns the measurements that a decision may rest on: those of limits that do no harm.
func (all measurements) points() []point {
	brink := all.brink()
	var points []point
	for _, m := range all {
		if m.Limit < brink && m.valid() {
			points = append(points, point{limit: m.Limit, block: m.Block, y: math.Log(m.PerSecond), weight: m.weight()})
		}
	}
	return points
}

// tolerated is the share of requests that may fail beyond what fails anyway before a limit does harm.
const tolerated = 0.01

// A toll is what failed at one limit or several.
type toll struct {
	requests, failed float64
	timeouts         bool
	succeeds         bool // whether any request does
}

// brink returns the smallest limit that does harm, or one above all others.
func (all measurements) brink() int {
	tolls := make(map[int]*toll)
	for _, m := range all {
		if tolls[m.Limit] == nil {
			tolls[m.Limit] = new(toll)
		}
		tolls[m.Limit].add(m)
	}
	below := new(toll)
	for _, limit := range slices.Sorted(maps.Keys(tolls)) {
		here := tolls[limit]
		if here.harms(below) {
			return limit
		}
		below.requests += here.requests
		below.failed += here.failed
		below.timeouts = below.timeouts || here.timeouts
	}
	return math.MaxInt
}

func (t *toll) add(m measurement) {
	share := min(max(m.Failed, 0), 1)
	requests := m.counted() / max(1-share, 0.01) // what is counted are successes
	t.requests += requests
	t.failed += share * requests
	t.timeouts = t.timeouts || m.Timeouts
	t.succeeds = t.succeeds || m.valid()
}

// harms reports whether a limit does harm: no request succeeds at it, or significantly more of them fail than at the
// limits below, by the tolerated share or more; if any time out, where none did below, by however little. A target that
// fails 5% of its requests one at a time does not fail them for being overloaded, even if the first few were spared.
func (t *toll) harms(below *toll) bool {
	if !t.succeeds || below.requests == 0 {
		return !t.succeeds
	}
	by, noise := t.beyond(below)
	if t.timeouts && !below.timeouts {
		return by > 3*noise
	}
	return by > tolerated+3*noise
}

// beyond returns by how much the share of failures is larger than below, and the standard error of that. One failure and
// one success are added below, by Laplace's rule, so that a few requests without a failure do not pass for certainty.
func (t *toll) beyond(below *toll) (by, noise float64) {
	p, q, n := t.failed/t.requests, (below.failed+1)/(below.requests+2), below.requests+2
	return p - below.failed/below.requests, math.Sqrt(p*(1-p)/t.requests + q*(1-q)/n)
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
