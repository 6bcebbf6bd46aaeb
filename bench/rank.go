package bench

import (
	"cmp"
	"fmt"
	"slices"

	"sweetspot/bench/optimum"
	"sweetspot/results"
)

// Rank summarises the trials of a comparison, and says of each strategy whether it is the fastest, slower than another,
// or cannot be told from the fastest. If a strategy differs from its own second copy the comparison is void: then nothing
// can be told from anything. One that had a trial without any success is slower than those that had none. The warnings
// are about the comparison as a whole.
func Rank(trials []results.Trial) (ranked []results.Summary, warnings []string) {
	ranked = results.Summarise(trials)
	if len(ranked) < 2 {
		return ranked, nil
	}
	failed := map[string]bool{}
	for _, s := range ranked {
		if s.PerSecond == 0 {
			failed[s.Strategy] = true
			warnings = append(warnings, fmt.Sprintf("%s is not compared: it had trials without a success", s.Strategy))
		}
	}
	sound := slices.DeleteFunc(slices.Clone(trials), func(t results.Trial) bool { return failed[t.Strategy] })
	comparison := optimum.Compare(samples(sound))
	for i, s := range ranked {
		ranked[i].Verdict = string(comparison.Standings[s.Strategy])
		if failed[s.Strategy] && len(failed) < len(ranked) {
			ranked[i].Verdict = results.Slower
		}
	}
	return ranked, append(warnings, comparison.Warnings...)
}

// samples returns the goodput of each strategy, and of the second copy of one, by block; 0 where it has no whole trial.
func samples(trials []results.Trial) []optimum.Sample {
	if len(trials) == 0 {
		return nil
	}
	last := slices.MaxFunc(trials, func(a, b results.Trial) int { return cmp.Compare(a.Block, b.Block) })
	var all []optimum.Sample
	for _, t := range trials {
		sample := optimum.Sample{Name: t.Strategy}
		switch t.Purpose {
		case results.Control:
			sample = optimum.Sample{Name: t.Strategy + " again", CopyOf: t.Strategy}
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
