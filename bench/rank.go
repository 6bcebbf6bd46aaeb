package bench

import (
	"cmp"
	"math"
	"slices"

	"sweetspot/bench/optimum"
	"sweetspot/results"
	"sweetspot/results/stat"
)

// Rank summarises the trials of a comparison, and says of each strategy whether it is the fastest, slower than another, or
// indistinguishable from the fastest. If a strategy differs from its own second copy the comparison is void: then all are
// indistinguishable. A strategy that had a trial without any success is slower than those that had no such trial; one that
// broke down has no verdict; neither has an interval of its ratio to the fastest. The floor is by how much a strategy differs from run to run, apart from
// what the strategies of a run have in common; nil if it is not known. The warnings are about the comparison as a whole.
func Rank(trials []results.Trial, floor *stat.Component) ([]results.Summary, []results.Warning) {
	all := lineup{}
	for _, t := range trials {
		all[t.At()] = true
	}
	ranked, warned := rankLineups(trials, floor, all)
	return ranked[0], warned
}

// A lineup is what is compared with one another: strategies, each at its limit.
type lineup map[results.At]bool

// of returns the trials of the lineup, without void ones.
func (l lineup) of(trials []results.Trial) []results.Trial {
	return slices.DeleteFunc(slices.Clone(trials), func(t results.Trial) bool { return !l[t.At()] || t.Purpose == results.Void })
}

// rankLineups ranks several lineups that were measured in the same blocks. The probability that any of its statements is
// wrong is that of [Rank] for a single lineup: see [optimum.Compare].
func rankLineups(trials []results.Trial, floor *stat.Component, lineups ...lineup) (ranked [][]results.Summary, warned []results.Warning) {
	e := enter(trials, lineups)
	if len(e.summaries[0]) < 2 {
		return e.summaries, nil
	}
	comparison := e.compare(trials, floor)
	for i, summaries := range e.summaries {
		for k, s := range summaries {
			summaries[k].Verdict = results.Standing(comparison.Standings[i][s.At()])
			if versus, known := comparison.Versus[i][s.At()]; known {
				summaries[k].VersusLow, summaries[k].VersusHigh = &versus.Low, &versus.High
			}
			if s.PerSecond == 0 && s.Error == "" && len(e.families[i]) > 0 {
				summaries[k].Verdict = results.Slower
			}
		}
	}
	return e.summaries, append(e.warned, warnings(comparison.Warnings)...)
}

// RankTargets summarises the trials of a comparison of two targets, and says of each strategy how the first target compares with
// the second. The strategies are not compared with one another: a test of more than was asked for would make every interval
// wider. The floor and the warnings are those of [Rank], and so is what happens if a strategy differs from its own second copy.
func RankTargets(trials []results.Trial, floor *stat.Component) ([]results.Summary, []results.Versus, []results.Warning) {
	var lineups []lineup
	for _, t := range trials {
		at := t.At()
		at.Target = 0
		other := at
		other.Target = 1
		if !slices.ContainsFunc(lineups, func(l lineup) bool { return l[at] }) {
			lineups = append(lineups, lineup{at: true, other: true})
		}
	}
	e := enter(trials, lineups)
	comparison := e.compare(trials, floor)
	var all []results.Versus
	for _, summaries := range e.summaries {
		if len(summaries) < 2 { // the run was interrupted before the other target's turn
			continue
		}
		slices.SortFunc(summaries, func(a, b results.Summary) int { return cmp.Compare(a.At().Target, b.At().Target) })
		first, second := summaries[0], summaries[1]
		v := versus(first, second)
		if pair, known := comparison.Pair(first.At(), second.At()); known && !math.IsInf(pair.High, 0) {
			v.Ratio, v.Low, v.High = &pair.Ratio, &pair.Low, &pair.High
			switch {
			case pair.High < 1:
				v.Verdict = results.VersusSlower
			case pair.Low > 1:
				v.Verdict = results.VersusFaster
			}
		}
		all = append(all, v)
	}
	return results.Summarise(trials), all, append(e.warned, warnings(comparison.Warnings)...)
}

// versus returns how a strategy compares on two targets before any test: the ratio, or on which of them it has trials without a
// success.
func versus(first, second results.Summary) results.Versus {
	v := results.Versus{Strategy: first.Strategy, Limit: first.Limit, Streams: first.Streams, Verdict: results.VersusSame}
	switch {
	case first.Error != "" || second.Error != "":
		v.Verdict = ""
	case first.PerSecond > 0 && second.PerSecond > 0:
		ratio := first.PerSecond / second.PerSecond
		v.Ratio = &ratio
	case second.PerSecond > 0:
		v.Verdict = results.VersusSlower
	case first.PerSecond > 0:
		v.Verdict = results.VersusFaster
	}
	return v
}

// entered is what takes part in a comparison of lineups.
type entered struct {
	summaries [][]results.Summary // of each lineup
	families  [][]results.At      // those of each lineup that can be compared
	failed    map[results.At]bool
	warned    []results.Warning // about those that cannot
}

func enter(trials []results.Trial, lineups []lineup) entered {
	e := entered{failed: map[results.At]bool{}}
	for _, l := range lineups {
		var family []results.At
		summaries := results.Summarise(l.of(trials))
		for _, s := range summaries {
			at := s.At()
			switch {
			case s.PerSecond > 0:
				family = append(family, at)
			case !e.failed[at] && len(summaries) > 1:
				e.failed[at] = true
				why := "it had trials without a success"
				if s.Error != "" {
					why = "it broke down"
				}
				e.warned = append(e.warned, results.Warningf(results.NotCompared, "%s is not compared: %s", at, why))
			}
		}
		e.summaries, e.families = append(e.summaries, summaries), append(e.families, family)
	}
	return e
}

// compare compares those that can be compared, each with the others of its family.
func (e entered) compare(trials []results.Trial, floor *stat.Component) optimum.Ranking[results.At] {
	sound := slices.DeleteFunc(samples(trials), func(s optimum.Sample[results.At]) bool { return e.failed[s.Of] })
	var between stat.Component
	if floor != nil {
		between = *floor
	}
	return optimum.Compare(sound, between, e.families...)
}

// recode gives the warnings with one code another one, since the reason is another than that code's.
func recode(warnings []results.Warning, from, to results.Code) {
	for i := range warnings {
		if warnings[i].Code == from {
			warnings[i].Code = to
		}
	}
}

// samples returns the goodput by block of what the trials measure, and of the second copy of one; 0 where there is no whole
// trial.
func samples(trials []results.Trial) []optimum.Sample[results.At] {
	if len(trials) == 0 {
		return nil
	}
	last := slices.MaxFunc(trials, func(a, b results.Trial) int { return cmp.Compare(a.Block, b.Block) })
	var all []optimum.Sample[results.At]
	for _, t := range trials {
		if t.Purpose == results.Interrupted || t.Purpose == results.Void {
			continue
		}
		of, again := t.At(), t.Purpose == results.Control
		i := slices.IndexFunc(all, func(s optimum.Sample[results.At]) bool { return s.Of == of && s.Copy == again })
		if i < 0 {
			i = len(all)
			all = append(all, optimum.Sample[results.At]{Of: of, Copy: again, Blocks: make([]float64, last.Block+1)})
		}
		all[i].Blocks[t.Block] = t.PerSecond
	}
	return all
}
