package optimum_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"sweetspot/bench/optimum"
)

// A rival is another way to find a limit, written from its description. It measures until it is done or the seconds are over.
type rival struct {
	name string
	find func(m *machine, seconds float64) optimum.Conclusion
}

// Neither gives an interval. The bracket in which it ends is taken for one: it is what its user would believe.
var rivals = []rival{
	{"isotonic bisection", isotonicBisection},           // as AIPerf's search bisects towards a service level
	{"smallest within 3%", smallestWithinMeasuredTwice}, // as propensive/soundness does, with 5%
}

// A ladder is the trials of a rival.
type ladder struct {
	*machine
	seconds float64
	seen    map[int][]float64 // ln(goodput) by limit
}

// try measures a limit and reports whether there was time for it. Its windows are those of the finder's later trials.
func (l *ladder) try(limit int) bool {
	rate := l.truth[limit-1]
	trial := optimum.Trial{Limit: limit, Completions: max(5*limit, 20, int(min(1.5*rate, float64(max(20*limit, 1000)))))}
	if l.elapsed+settle+l.timeFor(limit, warmup, 3*limit)+l.timeFor(limit, window, trial.Completions) > l.seconds {
		return false
	}
	o := l.measure(trial)
	if o.Failed > 0.01 {
		return false
	}
	l.seen[limit] = append(l.seen[limit], math.Log(o.PerSecond))
	return true
}

// climb doubles the limit until two octaves in a row gave nothing more.
func (l *ladder) climb() {
	best, flat := math.Inf(-1), 0
	for limit := 1; limit <= len(l.truth) && flat < 2 && l.try(limit); limit *= 2 {
		flat++
		if y := l.seen[limit][0]; y > best+math.Log(1.01) {
			best, flat = y, 0
		}
	}
}

// limits returns the limits that were tried, ascending, and the mean of each.
func (l *ladder) limits() (limits []int, means []float64) {
	for limit := range l.seen {
		limits = append(limits, limit)
	}
	slices.Sort(limits)
	for _, limit := range limits {
		sum := 0.0
		for _, y := range l.seen[limit] {
			sum += y
		}
		means = append(means, sum/float64(len(l.seen[limit])))
	}
	return limits, means
}

// isotonic replaces the values by the rising sequence nearest to them (pool adjacent violators).
func isotonic(values []float64) []float64 {
	type pool struct{ sum, n float64 }
	var pools []pool
	for _, v := range values {
		pools = append(pools, pool{v, 1})
		for k := len(pools) - 1; k > 0 && pools[k-1].sum/pools[k-1].n >= pools[k].sum/pools[k].n; k-- {
			pools[k-1] = pool{pools[k-1].sum + pools[k].sum, pools[k-1].n + pools[k].n}
			pools = pools[:k]
		}
	}
	var rising []float64
	for _, p := range pools {
		rising = append(rising, slices.Repeat([]float64{p.sum / p.n}, int(p.n))...)
	}
	return rising
}

// isotonicBisection climbs, then fits a rising curve up to the best limit, and measures where that crosses the share of its top,
// until the bracket is narrow.
func isotonicBisection(m *machine, seconds float64) optimum.Conclusion {
	l := &ladder{m, seconds, map[int][]float64{}}
	l.climb()
	for {
		limits, means := l.limits()
		if len(limits) == 0 {
			return optimum.Conclusion{Limit: 1, High: 1, Certain: true}
		}
		top := 0
		for i := range means {
			if means[i] > means[top] {
				top = i
			}
		}
		rising := isotonic(means[:top+1])
		level := rising[top] + math.Log(share)
		high := slices.IndexFunc(rising, func(y float64) bool { return y >= level })
		low := 0
		if high > 0 {
			low = limits[high-1]
		}
		c := optimum.Conclusion{Limit: limits[high], Low: low, High: limits[high], Certain: true}
		if float64(c.High) <= 1.1*float64(low+1) || c.High-low <= 1 {
			return c
		}
		part := (level - rising[max(0, high-1)]) / max(rising[high]-rising[max(0, high-1)], 1e-9)
		next := int(math.Round(float64(max(1, low)) * math.Pow(float64(c.High)/float64(max(1, low)), min(max(part, 0.2), 0.8))))
		if !l.try(min(max(next, low+1), c.High-1)) {
			return c
		}
	}
}

// smallestWithinMeasuredTwice climbs, then measures the smallest limit that came within 3% of the best again, and goes up
// until one is within 3% both times.
func smallestWithinMeasuredTwice(m *machine, seconds float64) optimum.Conclusion {
	l := &ladder{m, seconds, map[int][]float64{}}
	l.climb()
	limits, means := l.limits()
	if len(limits) == 0 {
		return optimum.Conclusion{Limit: 1, High: 1, Certain: true}
	}
	level := slices.Max(means) + math.Log(share)
	for i, limit := range limits {
		low := 0
		if i > 0 {
			low = limits[i-1]
		}
		if means[i] >= level && (!l.try(limit) || l.seen[limit][1] >= level) {
			return optimum.Conclusion{Limit: limit, Low: low, High: limit, Certain: true}
		}
	}
	last := len(limits) - 1
	return optimum.Conclusion{Limit: limits[last], Low: limits[max(0, last-1)], High: limits[last], Certain: true}
}

// TestFinderRivals runs the rivals beside the finder, and shows that they claim what they do not know.
func TestFinderRivals(t *testing.T) {
	all, budgets, seeds := []server{named("1"), named("3")}, []budget{usual}, 60
	if *finder {
		all, budgets, seeds = append(slices.Clone(servers), harder...), []budget{usual, brief}, *finderSeeds
	}
	for _, b := range budgets {
		for _, r := range rivals {
			var table strings.Builder
			missed := 0
			for _, s := range all {
				if !strings.Contains(s.name, *finderOnly) {
					continue
				}
				site, sum := newSite(t, s, b.max), &score{name: s.name}
				for seed := range seeds {
					m := site.in(weathers[seed%len(weathers)], uint64(seed))
					sum.add(m, r.find(m, b.of(site)))
				}
				missed += sum.runs - sum.holds
				table.WriteString(sum.row("all"))
			}
			if missed == 0 && *finderOnly == "" {
				t.Errorf("%s never misses the truth: then the finder is more than is needed", r.name)
			}
			if *finder {
				t.Log(r.name + ", " + b.name + "\n" + header + table.String())
			}
		}
	}
}
