package bench

import (
	"cmp"
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

// of returns the trials of the lineup.
func (l lineup) of(trials []results.Trial) []results.Trial {
	return slices.DeleteFunc(slices.Clone(trials), func(t results.Trial) bool { return !l[t.At()] })
}

// rankLineups ranks several lineups that were measured in the same blocks. The probability that any of its statements is
// wrong is that of [Rank] for a single lineup: see [optimum.Compare].
func rankLineups(trials []results.Trial, floor *stat.Component, lineups ...lineup) (ranked [][]results.Summary, warned []results.Warning) {
	var families [][]results.At
	failed := map[results.At]bool{}
	for _, l := range lineups {
		var family []results.At
		summaries := results.Summarise(l.of(trials))
		for _, s := range summaries {
			at := s.At()
			switch {
			case s.PerSecond > 0:
				family = append(family, at)
			case !failed[at] && len(summaries) > 1:
				failed[at] = true
				why := "it had trials without a success"
				if s.Error != "" {
					why = "it broke down"
				}
				warned = append(warned, results.Warningf(results.NotCompared, "%s is not compared: %s", at, why))
			}
		}
		ranked, families = append(ranked, summaries), append(families, family)
	}
	if len(ranked[0]) < 2 {
		return ranked, nil
	}
	sound := slices.DeleteFunc(samples(trials), func(s optimum.Sample[results.At]) bool { return failed[s.Of] })
	var between stat.Component
	if floor != nil {
		between = *floor
	}
	comparison := optimum.Compare(sound, between, families...)
	for i, summaries := range ranked {
		for k, s := range summaries {
			summaries[k].Verdict = results.Standing(comparison.Standings[i][s.At()])
			if versus, known := comparison.Versus[i][s.At()]; known {
				summaries[k].VersusLow, summaries[k].VersusHigh = &versus.Low, &versus.High
			}
			if s.PerSecond == 0 && s.Error == "" && len(families[i]) > 0 {
				summaries[k].Verdict = results.Slower
			}
		}
	}
	return ranked, append(warned, warnings(comparison.Warnings)...)
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
		if t.Purpose == results.Interrupted {
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
