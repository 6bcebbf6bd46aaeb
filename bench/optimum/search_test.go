package optimum_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"sweetspot/bench/optimum"
)

// play drives a search with what measure answers and returns its trials and the search.
func play(settings optimum.Settings, measure func(optimum.Trial) optimum.Observation) ([]optimum.Trial, *optimum.Search) {
	search := optimum.New(settings)
	var trials []optimum.Trial
	for trial, ok := search.Next(); ok; trial, ok = search.Next() {
		trials = append(trials, trial)
		search.Add(trial, measure(trial))
	}
	return trials, search
}

// exactly measures a site without any error.
func (s *site) exactly(trial optimum.Trial) optimum.Observation {
	i := trial.Limit - 1
	return optimum.Observation{PerSecond: s.truth[i], Failed: 1 - s.truth[i]/s.answer[i]}
}

// ramp returns the limits of the trials of the ramp.
func ramp(trials []optimum.Trial) []int {
	var limits []int
	for _, trial := range trials {
		if trial.Stage == optimum.Ramp {
			limits = append(limits, trial.Limit)
		}
	}
	return limits
}

func TestRampEndsWhereNothingIsLeftToSee(t *testing.T) {
	for _, c := range []struct {
		name   string
		server server
		last   int
	}{
		{"two octaves below half of the best", named("6"), 256},
		{"one below half, and the next would be dear", named("1"), 256},
		{"no gain for three octaves, and the next would be dear", named("5 shaper"), 512},
		{"requests are rejected", named("5 rejects"), 64},
		{"a dip of two octaves does not end it", named("7"), 512},
		{"a rise goes on to the end", named("9"), 512},
	} {
		trials, _ := play(optimum.Settings{Max: c.server.largest()}, newSite(t, c.server, 4096).exactly)
		if limits := ramp(trials); limits[len(limits)-1] != c.last {
			t.Errorf("%s: the ramp is %v, want it to end at %d", c.name, limits, c.last)
		}
	}
}

func TestSearchIsExactWithoutNoise(t *testing.T) {
	for _, s := range servers {
		site := newSite(t, s, 4096)
		_, search := play(optimum.Settings{Max: s.largest()}, site.exactly)
		c, enough := search.Conclude(), site.truth.Smallest(share)
		if c.Low >= enough || enough > c.High || !c.Certain {
			t.Errorf("%s: (%d, %d], certain %v, want it to hold %d", s.name, c.Low, c.High, c.Certain, enough)
		}
		if s.verdict != "" && c.Verdict != s.verdict {
			t.Errorf("%s: %s, want %s", s.name, c.Verdict, s.verdict)
		}
	}
}

// The law is the curve where it holds, and is not there where it does not.
func TestSearchConcludesTheLawWhereItFits(t *testing.T) {
	for _, number := range []string{"1", "4"} {
		site := newSite(t, named(number), 4096)
		_, search := play(optimum.Settings{}, site.exactly)
		c := search.Conclude()
		if fits := site.verdict == optimum.Peak; c.Modelled != fits || (c.Law != optimum.Law{}) != fits {
			t.Errorf("%s: modelled %v, law %v", site.name, c.Modelled, c.Law)
		}
		for _, n := range []float64{1, 16, 60, 256} {
			got, want := c.Law.Lambda*n/(1+c.Law.Sigma*(n-1)+c.Law.Kappa*n*(n-1)), site.truth[int(n)-1]
			if c.Modelled && math.Abs(got/want-1) > 0.02 {
				t.Errorf("%s: %v/s at %v, want %v", site.name, got, n, want)
			}
		}
	}
}

func TestSearchClosesInOnACliffAsFarAsItMatters(t *testing.T) {
	for _, test := range []struct {
		name        string
		least, edge int
	}{
		{"6 cliff", 73, 80},          // flat before its edge
		{"6 cliff at peak", 98, 100}, // what is missing of the edge is missing of the peak
	} {
		_, search := play(optimum.Settings{}, newSite(t, named(test.name), 4096).exactly)
		if c := search.Conclude(); c.Verdict != optimum.Cliff || c.Limit < test.least || c.Limit > test.edge {
			t.Errorf("%s: %s, limit %d, want a cliff, and from %d to %d", test.name, c.Verdict, c.Limit, test.least, test.edge)
		}
	}
}

func TestSearchRecommendsNoLimitAtWhichRequestsBeginToFail(t *testing.T) {
	site := newSite(t, named("4"), 4096)
	for name, fail := range map[string]func(*optimum.Observation){
		"errors":   func(o *optimum.Observation) { o.Failed = 0.05 },
		"timeouts": func(o *optimum.Observation) { o.Timeouts, o.Failed = true, 0.009 },
		"nothing":  func(o *optimum.Observation) { *o = optimum.Observation{Failed: 1} },
	} {
		_, search := play(optimum.Settings{}, func(trial optimum.Trial) optimum.Observation {
			o := site.exactly(trial)
			if trial.Limit > 70 {
				fail(&o)
			}
			return o
		})
		c := search.Conclude()
		if c.Limit > 70 || c.Limit < 64 || c.High > 70 {
			t.Errorf("%s above 70: limit %d of (%d, %d], want just below 70", name, c.Limit, c.Low, c.High)
		}
		if !slices.ContainsFunc(c.Warnings, func(w optimum.Warning) bool { return strings.Contains(w.Text, "begin to fail") }) {
			t.Errorf("%s above 70: warnings %v, want one that says so", name, c.Warnings)
		}
	}
}

func TestSearchIgnoresFailuresAtEveryLimit(t *testing.T) {
	site := newSite(t, named("1"), 4096)
	_, search := play(optimum.Settings{}, func(trial optimum.Trial) optimum.Observation {
		o := site.exactly(trial)
		o.Failed, o.Timeouts = 0.05, true
		return o
	})
	if c := search.Conclude(); c.Verdict != optimum.Peak || c.Low >= 47 || c.High < 47 {
		t.Errorf("%s, (%d, %d], want a peak and an interval that holds 47", c.Verdict, c.Low, c.High)
	}
}

func TestSearchConcludesNothingFromTooFewTrials(t *testing.T) {
	site := newSite(t, named("1"), 4096)
	for trials := range 8 {
		_, search := play(optimum.Settings{MaxTrials: max(1, trials)}, site.exactly)
		c := search.Conclude()
		verdict := optimum.Unstable
		if trials >= 3 {
			verdict = optimum.Guess
		}
		if !c.Thin || c.Verdict != verdict || c.Low != 0 || c.High != 4096 || len(c.Warnings) == 0 || c.Certain {
			t.Errorf("after %d trials: %+v, want a thin conclusion, %s, over everything that may be explored", trials, c, verdict)
		}
	}
	if c := optimum.New(optimum.Settings{Min: 3, Max: 9}).Conclude(); !c.Thin || c.Low != 2 || c.High != 3 || c.Limit != 3 {
		t.Errorf("without a trial: %+v", c)
	}
}

func TestSearchWarnsFirstWhyNoLimitCanBeNamed(t *testing.T) {
	search := optimum.New(optimum.Settings{Max: 64})
	for _, failed := range []float64{0, 0, 0.5} {
		trial, _ := search.Next()
		search.Add(trial, optimum.Observation{PerSecond: float64(100 * trial.Limit), Failed: failed})
	}
	c := search.Conclude()
	if c.Verdict != optimum.Unstable || len(c.Warnings) != 2 || !strings.HasPrefix(c.Warnings[0].Text, "too few trials") {
		t.Errorf("verdict %s, warnings %v; want it unstable for too few trials first, and then where requests fail", c.Verdict, c.Warnings)
	}
}

func TestSearchEndsIfTheTargetNeverAnswers(t *testing.T) {
	trials, search := play(optimum.Settings{}, func(optimum.Trial) optimum.Observation {
		return optimum.Observation{Failed: 1}
	})
	c := search.Conclude()
	if len(trials) != 1 || !c.Thin || c.Warnings[0].Text != "no trial succeeded" {
		t.Errorf("%d trials, %+v; want one, and no statement", len(trials), c)
	}
}

func TestSearchOfOneLimitEnds(t *testing.T) {
	for _, settings := range []optimum.Settings{{Min: 7, Max: 7}, {Limits: []int{7}}} {
		trials, search := play(settings, newSite(t, named("1"), 4096).exactly)
		if c := search.Conclude(); len(trials) > 1 || c.Limit != 7 || c.Low != 6 || c.High != 7 {
			t.Errorf("%d trials, %+v; want at most one, and the only limit there is", len(trials), c)
		}
	}
}

func TestSearchMeasuresAFixedGridInCompleteBlocks(t *testing.T) {
	grid := []int{30, 60, 10, 60, 20}
	m := newSite(t, named("1"), 4096).in(weather{noise: 0.05}, 1)
	trials, search := play(optimum.Settings{Max: 50, Limits: grid, MaxTrials: 40}, m.measure)
	blocks := make(map[int][]int)
	for _, trial := range trials {
		blocks[trial.Block] = append(blocks[trial.Block], trial.Limit)
	}
	first := make(map[int]bool)
	for b, limits := range blocks {
		first[limits[0]] = true
		slices.Sort(limits)
		if !slices.Equal(limits, []int{10, 20, 30, 60}) {
			t.Errorf("block %d measured %v", b, limits)
		}
	}
	if len(first) < 2 {
		t.Error("every block began with the same limit")
	}
	if c := search.Conclude(); !slices.Contains(grid, c.Limit) || c.Explored != [2]int{10, 60} {
		t.Errorf("%+v, want a limit of the grid", c)
	}
}

func TestSearchIsRepeatableByItsSeed(t *testing.T) {
	site := newSite(t, named("3"), 4096)
	run := func(seed uint64) []optimum.Trial {
		trials, _ := play(optimum.Settings{Seed: seed}, site.in(weather{noise: 0.03}, 1).measure)
		return trials
	}
	if !slices.Equal(run(1), run(1)) {
		t.Error("the same seed and the same observations gave different trials")
	}
	if slices.Equal(run(1), run(2)) {
		t.Error("two seeds gave the same order")
	}
}

func TestSearchNeverTriesALimitTwiceInABlock(t *testing.T) {
	trials, _ := play(optimum.Settings{}, newSite(t, named("3"), 4096).in(weather{noise: 0.05}, 1).measure)
	seen := make(map[[2]int]bool)
	for _, trial := range trials {
		key := [2]int{trial.Block, trial.Limit}
		if seen[key] {
			t.Errorf("block %d tries %d twice", trial.Block, trial.Limit)
		}
		seen[key] = true
	}
	if len(trials) > 70 {
		t.Errorf("%d trials, want at most 70", len(trials))
	}
}
