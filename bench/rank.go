package bench

import (
	"cmp"
	"fmt"
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
		all[t.Strategy] = t.Limit
	}
	ranked, warned := rankLineups(trials, floor, all)
	return ranked[0], warned
}

// A lineup is the strategies that are compared with one another, by name, each with the limit at which it is compared.
type lineup map[string]int

// of returns the trials of the strategies at the lineup's limits.
func (l lineup) of(trials []results.Trial) []results.Trial {
	return slices.DeleteFunc(slices.Clone(trials), func(t results.Trial) bool { return l[t.Strategy] != t.Limit })
}

// rankLineups ranks several lineups that were measured in the same blocks. The probability that any of its statements is
// wrong is that of [Rank] for a single lineup: see [optimum.Compare].
func rankLineups(trials []results.Trial, floor *stat.Component, lineups ...lineup) (ranked [][]results.Summary, warned []results.Warning) {
	var families [][]string
	failed := map[string]bool{} // by the name of the sample
	for _, l := range lineups {
		var family []string
		summaries := results.Summarise(l.of(trials))
		for _, s := range summaries {
			name := sampleName(s.Strategy, s.Limit)
			switch {
			case s.PerSecond > 0:
				family = append(family, name)
			case !failed[name] && len(summaries) > 1:
				failed[name] = true
				why := "it had trials without a success"
				if s.Error != "" {
					why = "it broke down"
				}
				warned = append(warned, results.Warningf(results.NotCompared, "%s is not compared: %s", name, why))
			}
		}
		ranked, families = append(ranked, summaries), append(families, family)
	}
	if len(ranked[0]) < 2 {
		return ranked, nil
	}
	sound := slices.DeleteFunc(samples(trials), func(s optimum.Sample) bool { return failed[s.Name] || failed[s.CopyOf] })
	var between stat.Component
	if floor != nil {
		between = *floor
	}
	comparison := optimum.Compare(sound, between, families...)
	for i, summaries := range ranked {
		for k, s := range summaries {
			name := sampleName(s.Strategy, s.Limit)
			summaries[k].Verdict = results.Standing(comparison.Standings[i][name])
			if versus, known := comparison.Versus[i][name]; known {
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

func sampleName(strategy string, limit int) string { return fmt.Sprintf("%s at %d", strategy, limit) }

// samples returns the goodput by block of each strategy at each limit, and of the second copy of one; 0 where there is no
// whole trial.
func samples(trials []results.Trial) []optimum.Sample {
	if len(trials) == 0 {
		return nil
	}
	last := slices.MaxFunc(trials, func(a, b results.Trial) int { return cmp.Compare(a.Block, b.Block) })
	var all []optimum.Sample
	for _, t := range trials {
		sample := optimum.Sample{Name: sampleName(t.Strategy, t.Limit)}
		switch t.Purpose {
		case results.Control:
			sample.Name, sample.CopyOf = sample.Name+" again", sample.Name
		case results.Interrupted:
			continue
		}
		i := slices.IndexFunc(all, func(s optimum.Sample) bool { return s.Name == sample.Name })
		if i < 0 {
			i = len(all)
			sample.Blocks = make([]float64, last.Block+1)
			all = append(all, sample)
		}
		all[i].Blocks[t.Block] = t.PerSecond
	}
	return all
}
