package optimum

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"sweetspot/results/stat"
)

// A Sample is what one strategy reached in every block of a comparison.
type Sample struct {
	Name   string
	CopyOf string    // name of the sample of which this is a hidden second copy, for an A/A test; empty if it is no copy
	Blocks []float64 // goodput per second by block; 0 where the trial failed
}

// A Standing says how a strategy compares with the others.
type Standing string

// The standings.
const (
	Fastest           Standing = "fastest"           // certainly faster than every other
	Slower            Standing = "slower"            // another is certainly faster
	Indistinguishable Standing = "indistinguishable" // neither
)

// A Pair is the difference between two samples.
type Pair struct {
	A, B      string
	Ratio     float64 // of A's goodput to B's
	Low, High float64 // interval of Ratio; the intervals of all pairs together are right with 95% confidence
	P         float64 // probability of a difference at least as large by chance, adjusted for the number of pairs
}

// Differs reports whether one of the two is certainly faster, and by more than the share [stat.Negligible].
func (p Pair) Differs() bool {
	return p.P <= 1-stat.Confidence && (p.Low > 1+stat.Negligible || p.High < 1/(1+stat.Negligible))
}

// A Ranking is what paired measurements say about the differences between strategies.
type Ranking struct {
	Blocks    int // complete ones, which alone count
	Pairs     []Pair
	Standings []map[string]Standing // of each family, by name; copies are left out
	Void      bool                  // a strategy differed from its own copy: the measurement cannot compare strategies
	Warnings  []Warning
}

// FewestBlocks is how many complete blocks it takes to name a winner. With fewer, Student's t has too few degrees of freedom
// to be robust against noise that is not normal.
const FewestBlocks = 10

// Compare says which strategies differ in goodput. The samples must have been measured in complete blocks, every
// strategy once in each, in random order: then changes of the machine from block to block cancel in the ratios. A block in
// which any of the samples has no goodput does not count. With fewer than two complete blocks there are no pairs.
//
// A family names samples that are compared with one another, such as strategies at one limit; a sample may be in several,
// and without any family all are one. Every pair of a family gets a paired t test of its log-ratios, and all pairs of all
// families together, each counted once, get Holm's correction (Holm 1979), so that at most one run in twenty names a
// difference where there is none, however many families it has. Interval and p agree: an interval excludes 1 where p is at
// most 0.05. A copy is compared with its original only, and voids all families if it differs.
func Compare(samples []Sample, families ...[]string) Ranking {
	if len(families) == 0 {
		families = [][]string{originals(samples)}
	}
	logs, blocks := complete(samples)
	c := Ranking{Blocks: blocks}
	if blocks >= 2 {
		c.Pairs = pairs(samples, families, logs)
	}
	for _, p := range c.Pairs {
		if isCopy(samples, p) && p.Differs() {
			c.Void = true
			c.Warnings = append(c.Warnings, Warning{CopyDiffers, numbers{"ratio": p.Ratio}, fmt.Sprintf(
				"%s differs from a second copy of itself by %.1f%%: nothing here can be trusted", p.A, 100*math.Abs(p.Ratio-1))})
		}
	}
	if blocks < FewestBlocks {
		c.Warnings = append(c.Warnings, Warning{TooFewBlocks, numbers{"blocks": float64(blocks), "needed": FewestBlocks},
			fmt.Sprintf("to name a winner takes at least %d complete blocks, not %d", FewestBlocks, blocks)})
	}
	for _, family := range families {
		c.Standings = append(c.Standings, c.stand(family))
	}
	return c
}

// originals returns the names of the samples that are no copies.
func originals(samples []Sample) []string {
	var names []string
	for _, s := range samples {
		if s.CopyOf == "" {
			names = append(names, s.Name)
		}
	}
	return names
}

// complete returns ln(goodput) by sample and block for the blocks in which every sample has one.
func complete(samples []Sample) (logs [][]float64, blocks int) {
	logs = make([][]float64, len(samples))
	for b := 0; len(samples) > 0 && b < len(samples[0].Blocks); b++ {
		if slices.ContainsFunc(samples, func(s Sample) bool {
			return b >= len(s.Blocks) || !(s.Blocks[b] > 0) || math.IsInf(s.Blocks[b], 1)
		}) {
			continue
		}
		for i, s := range samples {
			logs[i] = append(logs[i], math.Log(s.Blocks[b]))
		}
		blocks++
	}
	return logs, blocks
}

// pairs tests every pair of a family once, and every copy against its original.
func pairs(samples []Sample, families [][]string, logs [][]float64) []Pair {
	var tests []*paired
	for i, a := range samples {
		for k, b := range samples[i+1:] {
			related := slices.ContainsFunc(families, func(family []string) bool {
				return slices.Contains(family, a.Name) && slices.Contains(family, b.Name)
			})
			if related || a.CopyOf == b.Name || b.CopyOf == a.Name {
				tests = append(tests, &paired{a.Name, b.Name, stat.Paired(logs[i], logs[i+1+k])})
			}
		}
	}
	return adjusted(tests)
}

// A paired is a paired t test of the logarithms of two samples.
type paired struct {
	a, b string
	stat.Test
}

// adjusted returns the pairs, the most certain difference first, with Holm's correction for their number.
func adjusted(tests []*paired) []Pair {
	slices.SortStableFunc(tests, func(a, b *paired) int { return cmp.Compare(a.P, b.P) })
	var all []*stat.Test
	for _, t := range tests {
		all = append(all, &t.Test)
	}
	stat.Holm(all)
	pairs := make([]Pair, len(tests))
	for i, t := range tests {
		pairs[i] = Pair{
			A: t.a, B: t.b, P: t.P,
			Ratio: math.Exp(t.Mean), Low: math.Exp(t.Mean - t.Half), High: math.Exp(t.Mean + t.Half),
		}
	}
	return pairs
}

// isCopy reports whether the pair is a sample and its copy.
func isCopy(samples []Sample, p Pair) bool {
	return slices.ContainsFunc(samples, func(s Sample) bool {
		return s.CopyOf != "" && (s.Name == p.A && s.CopyOf == p.B || s.Name == p.B && s.CopyOf == p.A)
	})
}

// stand returns the standing of every strategy of a family.
func (c *Ranking) stand(family []string) map[string]Standing {
	faster, beaten := make(map[string]int), make(map[string]bool)
	for _, p := range c.Pairs {
		if !p.Differs() || !slices.Contains(family, p.A) || !slices.Contains(family, p.B) {
			continue
		}
		winner, loser := p.A, p.B
		if p.Ratio < 1 {
			winner, loser = loser, winner
		}
		faster[winner]++
		beaten[loser] = true
	}
	standings := make(map[string]Standing)
	for _, name := range family {
		switch {
		case c.Void || c.Blocks < FewestBlocks:
			standings[name] = Indistinguishable
		case beaten[name]:
			standings[name] = Slower
		case len(family) > 1 && faster[name] == len(family)-1:
			standings[name] = Fastest
		default:
			standings[name] = Indistinguishable
		}
	}
	return standings
}
