package results

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// Warnings returns the warnings about the run as a whole and about what its sweeps conclude, one line each, fit to be
// printed on a terminal. Those about single trials stand beside their figures.
func Warnings(run *Run) []string {
	var all []string
	for _, w := range run.Warnings {
		all = append(all, clean(w))
	}
	for _, o := range run.Optima {
		for _, w := range o.Warnings {
			all = append(all, clean(o.Strategy+": "+w))
		}
	}
	return all
}

// figures are the numbers in a warning.
var figures = regexp.MustCompile(`[0-9][0-9.,]*`)

// shape returns a warning without its figures. Trials that suffer from the same thing say so with different figures;
// by its shape the warning can be given once.
func shape(warning string) string { return figures.ReplaceAllString(warning, "#") }

// poolWarnings returns the trials' distinct warnings in alphabetic order of shape, each with how many of the trials
// bear it unless all do.
func poolWarnings(trials []*Trial) []string {
	type kind struct {
		trials int
		text   string // of several alike the first in alphabetic order, so that the order of trials is no matter
		differ bool
	}
	kinds := map[string]kind{}
	for _, t := range trials {
		counted := map[string]bool{} // a trial counts once, however often it says it
		for _, w := range t.Warnings {
			key := shape(w)
			k, known := kinds[key]
			if !known {
				k.text = w
			}
			k.differ = k.differ || k.text != w
			k.text = min(k.text, w)
			if !counted[key] {
				k.trials++
			}
			counted[key] = true
			kinds[key] = k
		}
	}
	pooled := []string{}
	for _, key := range slices.Sorted(maps.Keys(kinds)) {
		k := kinds[key]
		switch {
		case k.differ && len(trials) > 1:
			pooled = append(pooled, inTrials(k.trials, len(trials))+", for one: "+k.text)
		case k.trials < len(trials):
			pooled = append(pooled, inTrials(k.trials, len(trials))+": "+k.text)
		default:
			pooled = append(pooled, k.text)
		}
	}
	return pooled
}

// inTrials says in how many of the trials something was seen.
func inTrials(n, of int) string { return fmt.Sprintf("%d of %s", n, several(of, "trial")) }
