package optimum

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"sweetspot/results/stat"
)

// A Sample is what was reached in every block of a comparison by one of those that are compared: by a strategy at a limit, or
// whatever else a key K stands for.
type Sample[K comparable] struct {
	Of     K
	Copy   bool      // whether this is a hidden second copy of the sample of the same key, for an A/A test
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
type Pair[K comparable] struct {
	A, B      K
	Copy      bool    // whether B is the second copy of A
	Ratio     float64 // of A's goodput to B's
	Low, High float64 // interval of Ratio, wider by [stat.Negligible]; those of all pairs together are right with 95% confidence
	P         float64 // probability of a difference at least as large if none is more than negligible, adjusted for the number of pairs
}

// Differs reports whether one of the two is certainly faster, and by more than the share [stat.Negligible]: whether the
// interval excludes 1.
func (p Pair[K]) Differs() bool { return p.Low > 1 || p.High < 1 }

// An Interval is that of the ratio of a strategy's goodput to that of the fastest of its family, whichever that is: at most
// 1. It includes 1 unless another strategy is certainly faster, and is 1 only if the strategy certainly is the fastest.
type Interval struct{ Low, High float64 }

// standing returns what the interval says.
func (i Interval) standing() Standing {
	switch {
	case i.High < 1:
		return Slower
	case i.Low >= 1:
		return Fastest
	}
	return Indistinguishable
}

// A Ranking is what paired measurements say about the differences between strategies.
type Ranking[K comparable] struct {
	Blocks    int // complete ones, which alone count
	Pairs     []Pair[K]
	Standings []map[K]Standing // of each family; copies are left out
	Versus    []map[K]Interval // of each family; empty if there are too few blocks, or the comparison is void
	Void      bool             // a strategy differed from its own copy: the measurement cannot compare strategies
	Warnings  []Warning
}

// FewestBlocks is how many complete blocks it takes to name a winner. With fewer, Student's t has too few degrees of freedom
// to be robust against noise that is not normal.
const FewestBlocks = 10

// Compare says which strategies differ in goodput. The samples must have been measured in complete blocks, every
// strategy once in each, in random order: then changes of the machine from block to block cancel in the ratios. A block in
// which any of the samples has no goodput does not count. With fewer than two complete blocks there are no pairs.
//
// The floor is by how much the samples differ, each on its own, from one such measurement to the next. What they have in common
// cancels in the ratios.
//
// A family names samples that are compared with one another, such as strategies at one limit; a sample may be in several,
// and without any family all are one. Every pair of a family gets a paired t test of its log-ratios, and all pairs of all
// families together, each counted once, get Holm's correction (Holm 1979), so that at most one run in twenty names a
// difference where there is none, however many families it has. Interval and p agree: an interval excludes 1 where p is at
// most 0.05. The interval of a strategy's ratio to the fastest follows from those of its pairs, as in Hsu's multiple comparisons
// with the best (Hsu 1984): it is at most 1, and it lies between the least of the lower ends and the least of the upper ends,
// since the fastest is the one to which the ratio is the least. A copy is compared with its original only, and voids all families if it differs.
func Compare[K comparable](samples []Sample[K], floor stat.Component, families ...[]K) Ranking[K] {
	if len(families) == 0 {
		families = [][]K{originals(samples)}
	}
	logs, blocks := complete(samples)
	c := Ranking[K]{Blocks: blocks}
	if blocks >= 2 {
		c.Pairs = pairs(samples, floor, families, logs)
	}
	for _, p := range c.Pairs {
		if p.Copy && p.Differs() {
			c.Void = true
			c.Warnings = append(c.Warnings, Warning{CopyDiffers, numbers{"ratio": p.Ratio}, fmt.Sprintf(
				"%v differs from a second copy of itself by %.1f%%: nothing here can be trusted", p.A, 100*math.Abs(p.Ratio-1))})
		}
	}
	if blocks < FewestBlocks {
		c.Warnings = append(c.Warnings, Warning{TooFewBlocks, numbers{"blocks": float64(blocks), "needed": FewestBlocks},
			fmt.Sprintf("to name a winner takes at least %d complete blocks, not %d", FewestBlocks, blocks)})
	}
	for _, family := range families {
		versus := c.versus(family)
		standings := make(map[K]Standing)
		for _, of := range family {
			standings[of] = Indistinguishable
			if interval, known := versus[of]; known {
				standings[of] = interval.standing()
			}
		}
		c.Standings, c.Versus = append(c.Standings, standings), append(c.Versus, versus)
	}
	return c
}

// originals returns the keys of the samples that are no copies.
func originals[K comparable](samples []Sample[K]) []K {
	var all []K
	for _, s := range samples {
		if !s.Copy {
			all = append(all, s.Of)
		}
	}
	return all
}

// complete returns ln(goodput) by sample and block for the blocks in which every sample has one.
func complete[K comparable](samples []Sample[K]) (logs [][]float64, blocks int) {
	logs = make([][]float64, len(samples))
	for b := 0; len(samples) > 0 && b < len(samples[0].Blocks); b++ {
		if slices.ContainsFunc(samples, func(s Sample[K]) bool {
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
func pairs[K comparable](samples []Sample[K], floor stat.Component, families [][]K, logs [][]float64) []Pair[K] {
	var tests []*paired[K]
	beyond := floor.Twice()
	beyond.Allowance = math.Log1p(stat.Negligible)
	for i, a := range samples {
		for k, b := range samples[i+1:] {
			related := !a.Copy && !b.Copy && slices.ContainsFunc(families, func(family []K) bool {
				return slices.Contains(family, a.Of) && slices.Contains(family, b.Of)
			})
			if related || a.Of == b.Of {
				tests = append(tests, &paired[K]{a.Of, b.Of, stat.Paired(logs[i], logs[i+1+k], beyond)})
			}
		}
	}
	return adjusted(tests)
}

// A paired is a paired t test of the logarithms of two samples.
type paired[K comparable] struct {
	a, b K
	stat.Test
}

// adjusted returns the pairs, the most certain difference first, with Holm's correction for their number.
func adjusted[K comparable](tests []*paired[K]) []Pair[K] {
	slices.SortStableFunc(tests, func(a, b *paired[K]) int { return cmp.Compare(a.P, b.P) })
	var all []*stat.Test
	for _, t := range tests {
		all = append(all, &t.Test)
	}
	stat.Holm(all)
	pairs := make([]Pair[K], len(tests))
	for i, t := range tests {
		pairs[i] = Pair[K]{
			A: t.a, B: t.b, Copy: t.a == t.b, P: t.P,
			Ratio: math.Exp(t.Mean), Low: math.Exp(t.Mean - t.Half), High: math.Exp(t.Mean + t.Half),
		}
	}
	return pairs
}

// Pair returns the difference between a and b, with the ratio of a's goodput to b's. It reports false if the ranking names no
// differences, or if the two are in no family together.
func (c *Ranking[K]) Pair(a, b K) (pair Pair[K], known bool) {
	if c.Void || c.Blocks < FewestBlocks {
		return pair, false
	}
	for _, p := range c.Pairs {
		switch {
		case p.Copy:
		case p.A == a && p.B == b:
			return p, true
		case p.A == b && p.B == a:
			return Pair[K]{A: a, B: b, Ratio: 1 / p.Ratio, Low: 1 / p.High, High: 1 / p.Low, P: p.P}, true
		}
	}
	return pair, false
}

// versus returns the interval of the ratio to the fastest of every strategy of a family. It is empty if the comparison names
// no differences, or if there is nothing to compare with.
func (c *Ranking[K]) versus(family []K) map[K]Interval {
	intervals := make(map[K]Interval)
	if c.Void || c.Blocks < FewestBlocks || len(family) < 2 {
		return intervals
	}
	for _, of := range family {
		intervals[of] = Interval{1, 1}
	}
	narrow := func(of K, low, high float64) {
		i := intervals[of]
		intervals[of] = Interval{min(i.Low, low), min(i.High, high)}
	}
	for _, p := range c.Pairs {
		if !p.Copy && slices.Contains(family, p.A) && slices.Contains(family, p.B) {
			narrow(p.A, p.Low, p.High)
			narrow(p.B, 1/p.High, 1/p.Low)
		}
	}
	return intervals
}
