package optimum_test

import (
	"cmp"
	"flag"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"sweetspot/bench/optimum"
)

var (
	finder      = flag.Bool("finder", false, "simulate many sweeps of every server with every budget, and print what was reached")
	finderSeeds = flag.Int("finder-seeds", 1000, "how many sweeps of each server with each budget, with -finder")
	finderOnly  = flag.String("finder-only", "", "with -finder, only the servers whose names contain this")
	finderEach  = flag.Bool("finder-each", false, "with -finder, a row for each weather as well")
)

const share = 0.97

// A score is what many sweeps of a server came to.
type score struct {
	name                             string
	aims                             targets
	runs, good, holds, right, models int
	named                            int // how often a limit is recommended at all
	claims, true, flagged            int // how often a limit was said to be enough with certainty, and was
	peaks, placed                    int // how often there is a peak to place, and its interval holds it
	widths, misplaced, trials, costs []float64
}

// add scores a sweep against the truth.
func (s *score) add(m *machine, c optimum.Conclusion) {
	s.runs++
	peak, enough := m.truth.Peak(), m.truth.Smallest(share)
	gives := m.truth[c.Limit-1] / peak.PerSecond
	if !c.Thin { // else the verdict names no limit
		s.named++
		if gives >= share-0.01 {
			s.good++
		}
	}
	if c.Low < enough && enough <= c.High {
		s.holds++
	}
	if c.Certain {
		s.claims++
		if gives >= share-1e-9 {
			s.true++
		}
	}
	flag := m.flag
	if m.weather.drift != 0 && flag == "" {
		flag = optimum.Drift
	}
	flagged := slices.ContainsFunc(c.Warnings, func(w optimum.Warning) bool { return w.Code == flag })
	if flagged {
		s.flagged++
	}
	if m.verdict == "" || c.Verdict == m.verdict || flagged {
		s.right++
	}
	if m.verdict == optimum.Peak {
		s.peaks++
		if c.Peak.Low <= peak.N && peak.N <= c.Peak.High {
			s.placed++
		}
	}
	if c.Modelled {
		s.models++
		s.misplaced = append(s.misplaced, math.Abs(float64(c.Peak.Limit)/float64(peak.N)-1))
	}
	s.widths = append(s.widths, float64(c.High)/float64(c.Low+1))
	s.trials = append(s.trials, float64(m.trials))
	s.costs = append(s.costs, m.elapsed)
}

func (s *score) share(n int) float64 { return float64(n) / float64(s.runs) }

// quantile returns the value below which that part of the values lies.
func quantile(values []float64, part float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(part*float64(len(sorted)-1))]
}

const header = "server            weather  runs  named  limit  holds  width  claims       peak's   off 95th  trials  seconds  verdict flagged\n" +
	"                                        good  truth median   true  of     place    percent.    max   median    right\n"

func (s *score) row(weather string) string {
	off, place := "-", "-"
	if s.models >= s.runs/10 { // else there is no peak to speak of, and a few models of nothing say nothing
		off = fmt.Sprintf("%.1f%%", 100*quantile(s.misplaced, 0.95))
	}
	if s.peaks > 0 {
		place = fmt.Sprintf("%.1f%%", 100*float64(s.placed)/float64(s.peaks))
	}
	return fmt.Sprintf("%-17s %-6s %5d %5d %5.1f%% %5.1f%% %6.2f %5.1f%% %4d %7s %9s %7.0f %8.0f %7.1f%% %6.1f%%\n", s.name, weather, s.runs,
		s.named, 100*float64(s.good)/float64(max(1, s.named)), 100*s.share(s.holds), quantile(s.widths, 0.5), 100*float64(s.true)/float64(max(1, s.claims)), s.claims, place, off,
		quantile(s.trials, 1), quantile(s.costs, 0.5), 100*s.share(s.right), 100*s.share(s.flagged))
}

// targets are what the finder must reach for a server, over all weathers, beside what it must reach for all.
type targets struct {
	width, off float64 // at most; 0 for no target
	verdict    bool
	claim      bool    // what is said to be enough with certainty is enough
	good       float64 // how often the limit is good, at least; 0 stands for 95%
}

// enoughRuns is how many runs it takes to hold a quantile to a target.
const enoughRuns = 200

// misses returns the targets that the score certainly misses: below a share by more than twice the error
// of as many runs.
func (s *score) misses() []string {
	const wanted = 0.95
	var misses []string
	atLeast := func(what string, n, of int, wanted float64) {
		if of > 0 && float64(n)/float64(of) < wanted-2*math.Sqrt(wanted*(1-wanted)/float64(of)) {
			misses = append(misses, fmt.Sprintf("%s in %.1f%% of %d runs, want %.0f%%", what, 100*float64(n)/float64(of), of, 100*wanted))
		}
	}
	least := func(what string, n, of int) { atLeast(what, n, of, wanted) }
	most := func(what string, got, want float64) {
		if want > 0 && !(got <= want+1e-9) {
			misses = append(misses, fmt.Sprintf("%s is %.3g, want at most %.3g", what, got, want))
		}
	}
	if s.named > s.runs/50 { // Of a server that takes too long, next to no sweep names a limit.
		atLeast("the limit is good", s.good, s.named, cmp.Or(s.aims.good, wanted))
	}
	least("the interval holds the truth", s.holds, s.runs)
	least("the peak is where it is said to be", s.placed, s.peaks)
	if s.aims.verdict {
		least("the verdict is right", s.right, s.runs)
	}
	if s.aims.claim {
		least("what is said to be certain is true", s.true, s.claims)
	}
	if s.runs >= enoughRuns {
		most("the median width", quantile(s.widths, 0.5), s.aims.width)
		most("the 95th percentile of the peak's error", quantile(s.misplaced, 0.95), s.aims.off)
	}
	most("the number of trials", quantile(s.trials, 1), 70)
	return misses
}

// TestFinder holds the search to its targets on servers whose truth is known, by the code that sweeps real ones.
func TestFinder(t *testing.T) {
	seeds := 30 // a server, over all weathers
	switch {
	case *finder:
		seeds = *finderSeeds
	case testing.Short() || racing:
		seeds = 18
	}
	for _, b := range []budget{scaled, usual, brief} {
		all := servers
		if b != scaled {
			all = append(slices.Clone(servers), harder...)
		}
		tables := make([]string, len(all))
		t.Run(b.name, func(t *testing.T) {
			for i, s := range all {
				if !strings.Contains(s.name, *finderOnly) {
					continue
				}
				t.Run(s.name, func(t *testing.T) {
					if b != scaled { // which is the budget that these targets are for
						s.aims.width, s.aims.off, s.aims.verdict = 0, 0, false
					}
					tables[i] = simulate(t, s, b, seeds)
				})
			}
		})
		t.Log("budget " + b.name + "\n" + header + strings.Join(tables, ""))
	}
}

// simulate sweeps a server in all weathers by turns and returns its rows of the table.
func simulate(t *testing.T, s server, b budget, seeds int) string {
	site := newSite(t, s, b.max)
	type swept struct {
		m *machine
		c optimum.Conclusion
	}
	sweeps := make([]swept, seeds)
	var workers sync.WaitGroup
	for first := range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for seed := first; seed < seeds; seed += runtime.GOMAXPROCS(0) {
				m := site.in(weathers[seed%len(weathers)], uint64(seed))
				sweeps[seed] = swept{m, m.drive(b.search(site, uint64(seed)), b.of(site)).Conclude()}
			}
		})
	}
	workers.Wait()
	all := &score{name: s.name, aims: s.aims}
	each := make([]score, len(weathers))
	for seed, one := range sweeps {
		all.add(one.m, one.c)
		each[seed%len(weathers)].name = s.name
		each[seed%len(weathers)].add(one.m, one.c)
	}
	for _, miss := range all.misses() {
		t.Errorf("%s: %s", s.name, miss)
	}
	table := all.row("all")
	if *finderEach {
		for i, w := range weathers {
			table += each[i].row(w.name)
		}
	}
	return table
}
