package results

import (
	"cmp"
	"math"
	"slices"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// A side is the trials of one of two runs that are compared.
type side struct {
	order     []setting // by strategy and limit
	groups    map[setting][]*Trial
	summaries map[setting]Summary
	drift     float64 // by how much, in ln(goodput), everything got faster or slower together in the course of the run
}

func sideOf(r *Run) side {
	order, groups := group(r.Trials)
	byStrategy(order)
	summaries := map[setting]Summary{}
	for _, s := range Summarise(r.Trials) {
		summaries[setting{s.Strategy, s.Limit}] = s
	}
	s := side{order: order, groups: groups, summaries: summaries}
	s.drift = s.slope(r.Trials)
	return s
}

// byStrategy sorts settings by strategy, in the order in which these first appear, and by limit: a sweep tries limits in
// an order of its own.
func byStrategy(order []setting) {
	first := map[string]int{}
	for i, at := range order {
		if _, known := first[at.strategy]; !known {
			first[at.strategy] = i
		}
	}
	slices.SortFunc(order, func(a, b setting) int {
		return cmp.Or(cmp.Compare(first[a.strategy], first[b.strategy]), cmp.Compare(a.limit, b.limit))
	})
}

// unsteady returns a warning if the run drifted by more than sessions differ by anyway.
func (s side) unsteady() []Warning {
	change := math.Expm1(s.drift)
	if math.Abs(change) <= stat.Negligible {
		return nil
	}
	verb := "rose"
	if change < 0 {
		verb = "fell"
	}
	w := Warningf(DriftWithinRun, "goodput %s by %s in the course of the run, whatever was measured: "+
		"the intervals are wider by half of that", verb, text.Percent(math.Abs(change)))
	return []Warning{w.With("change", change)}
}

// rates returns the logarithms of the goodput of the trials in order of time, and whether all had a success.
func (s side) rates(at setting) (logs []float64, all bool) {
	for _, t := range s.groups[at] {
		if !(t.PerSecond > 0) || math.IsInf(t.PerSecond, 0) {
			return nil, false
		}
		logs = append(logs, math.Log(t.PerSecond))
	}
	return logs, true
}

// slope returns by how much goodput changed from the first trial of a run to the last, in ln(goodput), whatever was
// measured: by a machine or a server that got faster or slower. It is the slope of a line through all trials, each taken
// against the mean of its repeats; 0 if the trials do not show that there is one.
func (s side) slope(trials []Trial) float64 {
	when := make(map[*Trial]float64, len(trials))
	for i := range trials {
		when[&trials[i]] = float64(i) / float64(len(trials))
	}
	var times, products, squares float64 // sums over what trials differ by from the mean of their repeats
	free := -1                           // degrees of freedom
	for _, at := range s.order {
		rates, all := s.rates(at)
		if !all {
			continue
		}
		var moments []float64
		for _, t := range s.groups[at] {
			moments = append(moments, when[t])
		}
		moment, rate := stat.Describe(moments).Mean, stat.Describe(rates).Mean
		for i := range rates {
			x, y := moments[i]-moment, rates[i]-rate
			times, products, squares = times+x*x, products+x*y, squares+y*y
		}
		free += len(rates) - 1
	}
	if free < 1 || times == 0 {
		return 0
	}
	slope := products / times
	residual := max(0, squares-slope*products)
	if math.Abs(slope) < stat.Student((1-stat.Confidence)/2, float64(free))*math.Sqrt(residual/float64(free)/times) {
		return 0
	}
	return slope
}
