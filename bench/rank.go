package bench

import (
	"cmp"
	"slices"

	"sweetspot/bench/optimum"
	"sweetspot/results"
)

// Rank summarises the trials of a comparison, and says of each strategy whether it is the fastest, slower than another,
// or cannot be told from the fastest. If a strategy differs from its own second copy the comparison is void: then nothing
// can be told from anything. The warnings are about the comparison as a whole.
func Rank(trials []results.Trial) (ranked []results.Summary, warnings []string) {
	ranked = results.Summarise(trials)
	if len(ranked) < 2 {
		return ranked, nil
	}
	comparison := optimum.Compare(samples(trials))
	for i := range ranked {
		ranked[i].Verdict = string(comparison.Standings[ranked[i].Strategy])
	}
	return ranked, comparison.Warnings
}

// samples returns the goodput of each strategy by block; 0 where it has no trial.
func samples(trials []results.Trial) []optimum.Sample {
	if len(trials) == 0 {
		return nil
	}
	last := slices.MaxFunc(trials, func(a, b results.Trial) int { return cmp.Compare(a.Block, b.Block) })
	var all []optimum.Sample
	for _, t := range trials {
		sample := optimum.Sample{Name: t.Strategy}
		if t.Purpose == results.Control {
			sample = optimum.Sample{Name: t.Strategy + " again", CopyOf: t.Strategy}
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
