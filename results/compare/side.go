package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// A side is one of the two that are compared: a run or several.
type side struct {
	runs  []single
	order []results.At // by strategy and limit: what any of the runs measured
}

func sideOf(runs []*results.Run, of func(*results.Run) single) side {
	var s side
	for _, r := range runs {
		one := of(r)
		s.runs = append(s.runs, one)
		for _, at := range one.order {
			if !slices.Contains(s.order, at) {
				s.order = append(s.order, at)
			}
		}
	}
	byStrategy(s.order)
	return s
}

// has reports whether any run of the side measured the strategy at the limit.
func (s side) has(at results.At) bool { return slices.Contains(s.order, at) }

// with returns the runs that measured the strategy at the limit.
func (s side) with(at results.At) []single {
	return slices.DeleteFunc(slices.Clone(s.runs), func(one single) bool { return len(one.groups[at]) == 0 })
}

// logs returns what [single.logs] does for each run that measured the strategy at the limit.
func (s side) logs(at results.At, f results.Figure) (logs [][]float64, all bool) {
	for _, one := range s.with(at) {
		ofRun, ok := one.logs(at, f)
		if !ok {
			return nil, false
		}
		logs = append(logs, ofRun)
	}
	return logs, true
}

// means returns the mean of each of the lists.
func means(lists [][]float64) []float64 {
	return text.Each(lists, func(list []float64) float64 { return stat.Describe(list).Mean })
}

// summary combines the trials of all runs. Of several runs the rate is the geometric mean of theirs, with the interval that
// follows from the runs, and the spread is that between the runs.
func (s side) summary(at results.At) results.Summary {
	with := s.with(at)
	if len(with) == 1 {
		return with[0].summaries[at]
	}
	var trials []results.Trial
	for _, one := range with {
		for _, t := range one.groups[at] {
			trials = append(trials, *t)
		}
	}
	combined := results.Summarise(trials)[0]
	if logs, all := s.logs(at, results.Goodput()); all {
		combined.SetRate(text.Each(means(logs), math.Exp))
	}
	return combined
}

// warnings returns the warnings of the runs. The name is that of the side. That a run drifted matters only if it is the only
// one: else the runs show what drift does to their means.
func (s side) warnings(name string) []results.Warning {
	var all []results.Warning
	for i, one := range s.runs {
		if len(s.runs) == 1 {
			all = append(all, results.About(name+": ", one.driftWarning())...)
			return append(all, results.About(name+": ", one.run.Warnings)...)
		}
		all = append(all, results.About(fmt.Sprintf("%s %d: ", name, i+1), one.run.Warnings)...)
	}
	return all
}

// A single is one run of a side.
type single struct {
	run       *results.Run
	order     []results.At
	groups    map[results.At][]*results.Trial
	summaries map[results.At]results.Summary
	drift     float64 // change of ln(goodput) in the course of the run, common to all strategies
}

// grouped returns the run with its groups alone.
func grouped(r *results.Run) single {
	s := single{run: r, groups: map[results.At][]*results.Trial{}, summaries: map[results.At]results.Summary{}}
	for _, g := range results.Groups(r.Trials) {
		at := g.At
		s.order = append(s.order, at)
		s.groups[at] = g.Trials
	}
	byStrategy(s.order)
	return s
}

// summarised returns the run with its groups, their summaries and its drift.
func summarised(r *results.Run) single {
	s := grouped(r)
	for _, summary := range results.Summarise(r.Trials) {
		s.summaries[summary.At()] = summary
	}
	s.drift = s.slope(r.Trials)
	return s
}

// byStrategy sorts by strategy and what else tells curves apart, in the order in which these first appear, and by limit: a
// sweep does not try limits in ascending order.
func byStrategy(order []results.At) {
	first := map[results.At]int{}
	for i, at := range order {
		if _, known := first[at.AnyLimit()]; !known {
			first[at.AnyLimit()] = i
		}
	}
	slices.SortFunc(order, func(a, b results.At) int {
		return cmp.Or(cmp.Compare(first[a.AnyLimit()], first[b.AnyLimit()]), cmp.Compare(a.Limit, b.Limit))
	})
}

// driftWarning returns a warning if the run drifted by more than is negligible.
func (s single) driftWarning() []results.Warning {
	change := math.Expm1(s.drift)
	if math.Abs(change) <= stat.Negligible {
		return nil
	}
	verb := "rose"
	if change < 0 {
		verb = "fell"
	}
	w := results.Warningf(results.DriftWithinRun, "goodput %s by %s in the course of the run, for all strategies alike: "+
		"the intervals are wider by half of that", verb, text.Percent(math.Abs(change)))
	return []results.Warning{w.With("change", change)}
}

// logs returns the logarithms of a figure of the trials in order of time. It reports false if it is not known of a trial, as of
// one without a success.
func (s single) logs(at results.At, f results.Figure) (logs []float64, all bool) {
	for _, t := range s.groups[at] {
		x := f.OfTrial(t)
		if !(x > 0) || math.IsInf(x, 0) {
			return nil, false
		}
		logs = append(logs, math.Log(x))
	}
	return logs, true
}

// slope returns the change of ln(goodput) from the first trial of a run to the last that all strategies have in common, for
// example because the machine or the server gets slower. It is the slope of the regression line (ordinary least squares)
// through all trials, each relative to the mean of its repeats. It is 0 if a t test does not show that there is a slope.
func (s single) slope(trials []results.Trial) float64 {
	when := make(map[*results.Trial]float64, len(trials))
	for i := range trials {
		when[&trials[i]] = float64(i) / float64(len(trials))
	}
	var times, products, squares float64 // sums over the deviations of trials from the mean of their repeats
	free := -1                           // degrees of freedom
	for _, at := range s.order {
		rates, all := s.logs(at, results.Goodput())
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
