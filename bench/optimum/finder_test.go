package optimum_test

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"sweetspot/bench/optimum"
)

var finder = flag.Bool("finder", false, "simulate 1,000 sweeps of every server in every weather, and print what was reached")

const share = 0.97

// A score is what many sweeps of a server came to.
type score struct {
	name                             string
	runs, good, holds, right, models int
	widths, misplaced, trials, costs []float64
}

// add scores a sweep against the truth.
func (s *score) add(m *machine, c optimum.Conclusion) {
	s.runs++
	peak, enough := m.truth.Peak(), m.truth.Smallest(share)
	if m.truth[c.Limit-1] >= (share-0.01)*peak.PerSecond {
		s.good++
	}
	if c.Low < enough && enough <= c.High {
		s.holds++
	}
	drifts := m.drift != 0 || m.weather.drift != 0
	if c.Verdict == m.verdict || drifts && c.Verdict == optimum.Unstable {
		s.right++
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

const header = "server           weather   runs  limit  holds  width  peak off  trials  seconds  verdict\n" +
	"                                  good  truth median  95th pct     max   median    right\n"

func (s *score) row(weather string) string {
	off := "-"
	if s.models >= s.runs/10 { // else there is no peak to speak of, and a few models of nothing say nothing
		off = fmt.Sprintf("%.1f%%", 100*quantile(s.misplaced, 0.95))
	}
	return fmt.Sprintf("%-16s %-8s %5d %5.1f%% %5.1f%% %6.2f %9s %7.0f %8.0f %7.1f%%\n", s.name, weather, s.runs,
		100*s.share(s.good), 100*s.share(s.holds), quantile(s.widths, 0.5), off,
		quantile(s.trials, 1), quantile(s.costs, 0.5), 100*s.share(s.right))
}

// targets are what the finder must reach for a server, over all weathers.
type targets struct {
	width, off float64 // at most; 0 for no target
	verdict    bool
}

func targetsOf(name string) targets {
	switch number, _, _ := strings.Cut(name, " "); number {
	case "1":
		return targets{width: 1.5, off: 0.05}
	case "3":
		return targets{width: 3, off: 0.20}
	case "5", "6", "7", "8", "9":
		return targets{verdict: true}
	}
	return targets{}
}

// misses returns the targets that the score certainly misses: below a share by more than twice the error
// of as many runs.
func (s *score) misses() []string {
	const wanted = 0.95
	slack := 2 * math.Sqrt(wanted*(1-wanted)/float64(s.runs))
	var misses []string
	least := func(what string, n int) {
		if s.share(n) < wanted-slack {
			misses = append(misses, fmt.Sprintf("%s in %.1f%% of %d runs, want %.0f%%", what, 100*s.share(n), s.runs, 100*wanted))
		}
	}
	most := func(what string, got, want float64) {
		if want > 0 && !(got <= want) {
			misses = append(misses, fmt.Sprintf("%s is %.3g, want at most %.3g", what, got, want))
		}
	}
	want := targetsOf(s.name)
	least("the limit is good", s.good)
	least("the interval holds the truth", s.holds)
	if want.verdict {
		least("the verdict is right", s.right)
	}
	most("the median width", quantile(s.widths, 0.5), want.width)
	most("the 95th percentile of the peak's error", quantile(s.misplaced, 0.95), want.off)
	most("the number of trials", quantile(s.trials, 1), 70)
	return misses
}

// TestFinder holds the search to its targets on servers whose truth is known, by the code that sweeps real ones.
func TestFinder(t *testing.T) {
	seeds := 200 // a server, over all weathers
	switch {
	case *finder:
		seeds = 1000 * len(weathers)
	case testing.Short() || racing:
		seeds = 30
	}
	tables := make([]string, len(servers))
	t.Run("servers", func(t *testing.T) {
		for i, s := range servers {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				tables[i] = simulate(t, s, seeds)
			})
		}
	})
	t.Log("\n" + header + strings.Join(tables, ""))
}

// simulate sweeps a server in all weathers by turns and returns its rows of the table.
func simulate(t *testing.T, s server, seeds int) string {
	site := newSite(t, s)
	all := &score{name: s.name}
	each := make([]score, len(weathers))
	for seed := range seeds {
		w := seed % len(weathers)
		m := site.in(weathers[w], uint64(seed))
		c := m.drive(optimum.Settings{Max: s.max, Share: share, Seed: uint64(seed)}).Conclude()
		all.add(m, c)
		each[w].name = s.name
		each[w].add(m, c)
	}
	for _, miss := range all.misses() {
		t.Errorf("server %s: %s", s.name, miss)
	}
	table := all.row("all")
	if *finder {
		for i, w := range weathers {
			table += each[i].row(w.name)
		}
	}
	return table
}
