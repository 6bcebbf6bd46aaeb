package bench

import (
	"math"
	"slices"

	"sweetspot/bench/optimum"
	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/strategies"
)

// A finder decides which limits a search tries, and what follows from its trials. It translates between package optimum,
// which decides, and the trials and optima of a run.
type finder interface {
	next() (optimum.Trial, bool)
	add(tried optimum.Trial, t *results.Trial)
	conclude() results.Optimum // without the strategy, and without what the search took
}

// shareFinder finds the smallest limit that gives a share of the peak, with a margin below the first limit at which requests
// fail.
type shareFinder struct {
	search   *optimum.Search
	settings optimum.Settings
	seen     []observed
	latest   optimum.Trial // that the search asked for
	asked    int           // the block in which the finder has asked for a trial of the margin; -1 at first
	found    *results.Optimum
}

// An observed is a trial that was asked for, with what it measured.
type observed struct {
	optimum.Trial
	optimum.Observation
}

func newShareFinder(s optimum.Settings) *shareFinder {
	return &shareFinder{search: optimum.New(s), settings: s, asked: -1}
}

// marginTrials is how many trials the largest limit with enough margin has, at most one in each block.
const marginTrials = 3

func (f *shareFinder) next() (optimum.Trial, bool) {
	if trial, due := f.marginTrial(false); due && f.latest.Block > f.asked {
		f.asked = f.latest.Block
		return trial, true
	}
	next, ok := f.search.Next()
	if !ok {
		return f.marginTrial(true)
	}
	f.latest = next
	return next, true
}

// marginTrial returns a trial of the largest limit with enough margin below the first at which requests fail, which the search
// itself has no reason to try. It is due once the search knows that first limit well, or is over.
func (f *shareFinder) marginTrial(over bool) (optimum.Trial, bool) {
	failing := failingLimit(f.search.Conclude())
	safe := safeBelow(failing)
	if failing == 0 || safe < f.settings.Min || len(f.settings.Limits) > 0 {
		return optimum.Trial{}, false
	}
	trials, sound, most := 0, 0, 0
	for _, o := range f.seen {
		if o.Limit == safe {
			trials++
		}
		if o.Limit < failing {
			sound, most = max(sound, o.Limit), max(most, o.Trial.Completions)
		}
	}
	due := trials < marginTrials && (over || sound >= safe)
	return optimum.Trial{Stage: optimum.Refine, Block: f.latest.Block, Limit: safe, Completions: most}, due
}

// failingLimit returns the smallest limit at which requests begin to fail, 0 if there is none.
func failingLimit(c optimum.Conclusion) int {
	for _, w := range c.Warnings {
		if w.Code == optimum.FailingLimits {
			return int(w.Numbers["limit"])
		}
	}
	return 0
}

// margin is the part of a limit at which requests fail that a limit to use stays below it: where the edge lies varies with
// what else the target has to do.
const margin = 0.1

// safeBelow returns the largest limit with enough margin below a limit at which requests fail, at least one less.
func safeBelow(failing int) int { return failing - max(1, int(math.Ceil(margin*float64(failing)))) }

func (f *shareFinder) add(tried optimum.Trial, t *results.Trial) {
	seen := observation(t)
	f.search.Add(tried, seen)
	f.seen, f.found = append(f.seen, observed{tried, seen}), nil
}

// observation returns what a trial measured. Its threads are taken to wait for processors independently of one another, so that none
// of them waits for a share of exp(-waited/elapsed) of the time, if it is the sum over them that they waited; of several machines the
// mean is taken.
func observation(t *results.Trial) optimum.Observation {
	seen := optimum.Observation{
		PerSecond:   t.PerSecond,
		Completions: int(t.Succeeded),
		Failed:      failedShare(t),
		Timeouts:    t.Failed[strategies.Timeout.String()] > 0,
		AtServer:    min(outside(*t), 1),
	}
	seen.Early, seen.Late = thirds(t)
	if t.Waited > 0 {
		machines := float64(max(1, len(t.Agents)))
		seen.Ready = math.Exp(-t.Waited / machines / t.Elapsed)
	}
	return seen
}

// thirds returns the goodput in the first and in the last third of a trial's whole seconds; 0 if there are fewer than three.
func thirds(t *results.Trial) (early, late float64) {
	whole := min(int(t.Elapsed), len(t.Series))
	part := whole / 3
	for i := range part {
		early += float64(t.Series[i].Succeeded) / float64(part)
		late += float64(t.Series[whole-1-i].Succeeded) / float64(part)
	}
	return early, late
}

func (f *shareFinder) conclude() results.Optimum {
	if f.found == nil {
		found := f.concluded()
		f.found = &found
	}
	o := *f.found
	o.Warnings = slices.Clone(o.Warnings) // the caller adds some
	return o
}

// concluded is conclude, without remembering.
func (f *shareFinder) concluded() results.Optimum {
	whole := f.search.Conclude()
	failing := failingLimit(whole)
	if failing == 0 || changedServer(whole) {
		return optimumOf(whole)
	}
	most := 0 // the largest limit tried that has enough margin
	for _, o := range f.seen {
		if o.Limit <= safeBelow(failing) {
			most = max(most, o.Limit)
		}
	}
	o := optimumOf(whole)
	if most > 0 {
		o = f.upTo(most)
	} else {
		o.Verdict, o.Limit = results.Unstable, 0
	}
	o.Failing, o.Explored = failing, whole.Explored
	o.Warnings = slices.DeleteFunc(o.Warnings, func(w results.Warning) bool { return w.Code == results.FailingLimits })
	o.Warnings = append(o.Warnings, failureWarning(failing, "limit"))
	return o
}

// failureWarning says from which limit, or whatever is varied, on requests fail.
func failureWarning(failing int, varied string) results.Warning {
	safe := safeBelow(failing)
	return results.Warningf(results.FailingLimits, "requests begin to fail at a %s of %d: nothing above %d is recommended", varied, failing, safe).
		With("limit", float64(failing)).With("largest_safe", float64(safe))
}

// changedServer reports whether the server changed while it was measured. What the search then concludes rests on trials at
// all limits, those that failed included.
func changedServer(c optimum.Conclusion) bool {
	return slices.ContainsFunc(c.Warnings, func(w optimum.Warning) bool { return w.Code == optimum.Harmed || w.Code == optimum.Burst })
}

// upTo concludes from the trials at limits up to most, as if no larger one could be used. If goodput still rises there, most is
// the limit to use.
func (f *shareFinder) upTo(most int) results.Optimum {
	settings := f.settings
	settings.Max = most
	settings.Limits = slices.DeleteFunc(slices.Clone(settings.Limits), func(limit int) bool { return limit > most })
	usable := optimum.New(settings)
	var goodput []float64
	for _, o := range f.seen {
		if o.Limit > most {
			continue
		}
		usable.Add(o.Trial, o.Observation)
		if o.Limit == most {
			goodput = append(goodput, o.PerSecond)
		}
	}
	o := optimumOf(usable.Conclude())
	if o.Verdict == results.NoKnee {
		o.Verdict, o.Limit, o.Certain, o.High = results.Cliff, most, true, max(o.High, most)
		o.PerSecond = stat.Describe(goodput).Mean
	}
	return o
}

// optimumOf returns what package optimum concludes, as a run keeps it.
func optimumOf(found optimum.Conclusion) results.Optimum {
	o := results.Optimum{
		Verdict:   results.Verdict(found.Verdict),
		Limit:     found.Limit,
		Low:       found.Low,
		High:      found.High,
		Certain:   found.Certain,
		Share:     found.Share,
		PerSecond: found.PerSecond,
		Peak: results.PeakLimit{
			Limit: found.Peak.Limit, Low: found.Peak.Low, High: found.Peak.High, PerSecond: found.Peak.PerSecond,
		},
		Explored: found.Explored,
		Warnings: warnings(found.Warnings),
	}
	if found.Modelled {
		o.Law = lawOf(found.Law)
	}
	return o
}

// lawOf returns the law as a run keeps it: n requests in flight take A + B n + C n^2 seconds each.
func lawOf(l optimum.Law) *results.Law {
	return &results.Law{A: (1 - l.Sigma) / l.Lambda, B: (l.Sigma - l.Kappa) / l.Lambda, C: l.Kappa / l.Lambda}
}

// warnings returns the warnings of package optimum as those of a run.
func warnings(all []optimum.Warning) []results.Warning {
	converted := make([]results.Warning, len(all))
	for i, w := range all {
		converted[i] = results.Warning{Code: results.Code(w.Code), Numbers: w.Numbers, Text: w.Text}
	}
	return converted
}
