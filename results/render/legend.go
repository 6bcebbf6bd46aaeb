package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// legend says how to read the figures of the run's tables. It is empty if nothing succeeded.
func legend(r *results.Run) string {
	var succeeded, failed int64
	for _, t := range r.Trials {
		succeeded += t.Succeeded
		failed += t.Failures()
	}
	if succeeded == 0 {
		return ""
	}
	words := loops(r.Trials)
	if failed > 0 {
		words += ". Failed requests are not included. "
	} else {
		words += ". No request failed. "
	}
	words += repeats(r.Trials)
	if r.PeakMemory > 0 {
		words += fmt.Sprintf(" %s used at most %s of memory.", process(r), text.Bytes(r.PeakMemory))
	}
	words += programs(r.Trials)
	words += verdicts(slices.Concat(r.Strategies, r.AtCommon), r.Floor) + besideWords(r)
	if slices.ContainsFunc(r.Trials, func(t results.Trial) bool { return isNearPeak(r, t) }) {
		words += " " + results.NearPeak + ": the peak may be here."
	}
	return words
}

// process names the process whose memory is known.
func process(r *results.Run) string {
	if len(r.Agents) > 0 {
		return "The coordinator of the agents"
	}
	return "The client"
}

// verdicts says how to read the verdicts of the summaries, whose intervals include the floor if there is one.
func verdicts(compared []results.Summary, floor *stat.Component) string {
	words := ""
	if slices.ContainsFunc(compared, func(s results.Summary) bool { return s.Verdict == results.Slower && s.VersusLow != nil }) {
		words += " How much slower than the fastest is an interval; all of them together are right with 95% confidence."
	}
	if slices.ContainsFunc(compared, func(s results.Summary) bool { return strings.HasSuffix(s.Versus(), results.NotToldApart) }) {
		words += " Not told apart: it may be the fastest; more or longer trials narrow the interval."
	}
	if slices.ContainsFunc(compared, func(s results.Summary) bool { return s.VersusLow != nil }) {
		words += floorWords(floor)
	}
	if slices.ContainsFunc(compared, func(s results.Summary) bool { return s.Versus() == results.NearFastest }) {
		words += " ~ fastest: indistinguishable from the fastest."
	}
	return words
}

// besideWords says how to read the comparison of two targets.
func besideWords(r *results.Run) string {
	if !slices.ContainsFunc(r.Versus, func(v results.Versus) bool { return v.Low != nil }) {
		return ""
	}
	words := " 0/1 is the ratio of the goodput on target 0 to that on target 1; all intervals together are right with 95% confidence (Holm's correction)."
	if slices.ContainsFunc(r.Versus, func(v results.Versus) bool { return v.Low != nil && v.Verdict == results.VersusSame }) {
		words += " Not told apart: the interval includes 1; more or longer trials narrow it."
	}
	return words + floorWords(r.Floor)
}

// floorWords says that intervals include the floor; nothing if there is none.
func floorWords(floor *stat.Component) string {
	if floor == nil {
		return ""
	}
	return " The intervals include that a strategy differs by a standard deviation of " + text.Percent(floor.Deviation) + " from run to run on its own."
}

// isNearPeak reports whether the trial's row has the mark [results.NearPeak].
func isNearPeak(r *results.Run, t results.Trial) bool {
	return r.OptimumOf(t.At()).Mark(t.Level(), t.PerSecond) == results.NearPeak
}

// programs says how much memory the external programs used.
func programs(trials []results.Trial) string {
	most := map[string]int64{}
	for _, t := range trials {
		most[t.Strategy] = max(most[t.Strategy], t.Memory)
	}
	var each []string
	for _, strategy := range slices.Sorted(maps.Keys(most)) {
		if most[strategy] > 0 {
			each = append(each, strategy+" "+text.Bytes(most[strategy]))
		}
	}
	if len(each) == 0 {
		return ""
	}
	return " Memory of external programs: " + strings.Join(each, ", ") + "."
}

// repeats says what the spread in the tables is.
func repeats(trials []results.Trial) string {
	least, most := len(trials), 0
	summaries := results.Summarise(trials)
	for _, s := range summaries {
		if _, known := s.KnownSpread(); known {
			least, most = min(least, s.Trials), max(most, s.Trials)
		}
	}
	switch {
	case most == 0 && !slices.ContainsFunc(summaries, func(s results.Summary) bool { return s.Trials > 1 }):
		return "One trial each, so the spread is not known."
	case most == 0:
		return "Two trials at most, so the spread is not known."
	case least == most:
		return fmt.Sprintf("± is the standard deviation over %d repeats.", most)
	}
	return fmt.Sprintf("± is the standard deviation over %d to %d repeats.", least, most)
}
