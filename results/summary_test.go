package results_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
)

// noHistogram is the warning of trials like those of rates.
const noHistogram = "latency left out: a trial has no histogram"

// rates returns one trial of a strategy for each of the rates.
func rates(strategy string, rates ...float64) []results.Trial {
	var trials []results.Trial
	for block, rate := range rates {
		trials = append(trials, results.Trial{
			Strategy: strategy, Limit: 8, Block: block, Started: int64(rate) + 3, Succeeded: int64(rate), CutOff: 3,
			Elapsed: 1, PerSecond: rate, CPU: rate * 10e-6, InFlightMean: 7.5,
		})
	}
	return trials
}

func TestSummariseKeepsTheOrderOfFirstAppearance(t *testing.T) {
	trials := slices.Concat(rates("pool", 10), rates("sequential", 5), rates("pool", 20))
	trials[2].Limit = 16
	trials = append(trials, rates("pool", 40)...)
	var got []results.Summary
	for _, s := range results.Summarise(trials) {
		got = append(got, results.Summary{Strategy: s.Strategy, Limit: s.Limit, Trials: s.Trials})
	}
	want := []results.Summary{
		{Strategy: "pool", Limit: 8, Trials: 2}, {Strategy: "sequential", Limit: 8, Trials: 1}, {Strategy: "pool", Limit: 16, Trials: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSummariseTakesTheGeometricMeanWithStudentsInterval(t *testing.T) {
	s := results.Summarise(rates("pool", 100, 110, 121))[0]
	// The logarithms are 0.0953 apart, so their deviation is 0.0953 and t(0.975; 2) = 4.3027 gives 4.3027*0.0953/√3.
	half := 4.302652729911275 * math.Log(1.1) / math.Sqrt(3)
	want := results.Summary{PerSecond: 110, Spread: math.Log(1.1), Microseconds: 1e6 / 110}
	got := results.Summary{PerSecond: s.PerSecond, Spread: s.Spread, Microseconds: s.Microseconds}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
		t.Error(diff)
	}
	interval := []float64{*s.Low, *s.High}
	if diff := cmp.Diff([]float64{110 * math.Exp(-half), 110 * math.Exp(half)}, interval, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
		t.Error(diff)
	}
}

func TestSummariseGivesOneTrialNoInterval(t *testing.T) {
	if s := results.Summarise(rates("pool", 100))[0]; s.Low != nil || s.High != nil || s.Spread != 0 {
		t.Errorf("got low %v, high %v, spread %v; want none", s.Low, s.High, s.Spread)
	}
}

func TestSummariseComparesWithTheFastestAndWithSequential(t *testing.T) {
	got := results.Summarise(slices.Concat(rates("sequential", 20), rates("pool", 80), rates("fasthttp", 100)))
	for i, want := range []struct{ fastest, sequential float64 }{{0.2, 1}, {0.8, 4}, {1, 5}} {
		if math.Abs(got[i].VersusFastest-want.fastest) > 1e-12 || math.Abs(*got[i].VersusSequential-want.sequential) > 1e-12 {
			t.Errorf("%s: got %v and %v, want %v", got[i].Strategy, got[i].VersusFastest, *got[i].VersusSequential, want)
		}
	}
	if alone := results.Summarise(rates("pool", 80))[0]; alone.VersusSequential != nil {
		t.Errorf("versus sequential = %v without a sequential", *alone.VersusSequential)
	}
}

func TestSummariseProjectsByArithmetic(t *testing.T) {
	want := []results.Projection{{Requests: 1000, Seconds: 2}, {Requests: 4000, Seconds: 8}, {Requests: 1679616, Seconds: 3359.232}}
	got := results.Summarise(rates("pool", 500))[0].Projected
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
		t.Error(diff)
	}
}

func TestSummariseMergesHistogramsForPercentiles(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	fast, slow := fixture.Trial(t, random, "pool", 1, 0, 900, 0), fixture.Trial(t, random, "pool", 1, 1, 100, 0)
	s := results.Summarise([]results.Trial{fast, slow})[0]
	if s.Latency.P50 > fast.Latency.P90 || s.Latency.P99 < slow.Latency.P50 || s.Latency.Max != slow.Latency.Max {
		t.Errorf("merged %+v\nfast   %+v\nslow   %+v", s.Latency, fast.Latency, slow.Latency)
	}
	slow.Histogram = ""
	s = results.Summarise([]results.Trial{fast, slow})[0]
	if want := []string{noHistogram}; s.Latency != (results.Latency{}) || !slices.Equal(results.Words(s.Warnings), want) {
		t.Errorf("got %+v and %q, want no latency and %q", s.Latency, s.Warnings, want)
	}
	slow.Histogram = fast.Histogram
	s = results.Summarise([]results.Trial{fast, slow})[0]
	if want := []string{"latency left out: the histograms hold 3,600 of 2,000 successes"}; !slices.Equal(results.Words(s.Warnings), want) {
		t.Errorf("got %q, want %q", s.Warnings, want)
	}
}

func TestSummarisePoolsWarningsByWhatTheySay(t *testing.T) {
	trials := rates("pool", 10, 10, 10)
	trials[0].Warn(results.Warning{Text: "the client was busy 97% of the time"})
	trials[2].Warn(results.Warning{Text: "the client was busy 95.5% of the time"})
	trials[2].Warn(results.Warning{Text: "stale connection"})
	for i := range trials {
		trials[i].Warn(results.Warning{Text: "short trial"})
	}
	want := []string{
		"short trial", "1 of 3 trials: stale connection", "2 of 3 trials, for one: the client was busy 95.5% of the time",
		noHistogram,
	}
	if diff := cmp.Diff(want, results.Words(results.Summarise(trials)[0].Warnings)); diff != "" {
		t.Error(diff)
	}
}

func TestSummariseTakesTheRateAsZeroIfATrialHasNoSuccess(t *testing.T) {
	for _, trials := range [][]results.Trial{rates("pool", 0), rates("pool", 0, 0), rates("pool", 100, 0, 90)} {
		trials[0].Failed = map[string]int64{"timeout": 3, "reset": 0}
		trials[0].Started += 3
		s := results.Summarise(trials)[0]
		if s.PerSecond != 0 || s.Low != nil || s.Spread != 0 || s.Microseconds != 0 || s.Projected != nil || s.VersusFastest != 0 {
			t.Errorf("got %+v, want no rate and nothing that follows from one", s)
		}
		if diff := cmp.Diff(map[string]int64{"timeout": 3}, s.Failed); diff != "" {
			t.Error(diff)
		}
	}
	want := []string{"1 of 3 trials: no request succeeded: the rate is taken as 0", noHistogram}
	if diff := cmp.Diff(want, results.Words(results.Summarise(rates("pool", 100, 0, 90))[0].Warnings)); diff != "" {
		t.Error(diff)
	}
}

func TestSummariseReturnsFiniteFiguresInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	extremes := []float64{0, 1e-300, 0.001, 1, 604.9, 2e5, 1e300, math.MaxFloat64, math.SmallestNonzeroFloat64}
	for range 2000 {
		var trials []results.Trial
		for range 1 + random.IntN(4) {
			trials = append(trials, results.Trial{
				Strategy: []string{"pool", "sequential"}[random.IntN(2)], Limit: 1,
				PerSecond: extremes[random.IntN(len(extremes))], Elapsed: extremes[random.IntN(len(extremes))],
				CPU: random.Float64(), InFlightMean: random.Float64(),
			})
		}
		summaries := results.Summarise(trials)
		if _, err := json.Marshal(summaries); err != nil { // which no NaN and no infinity survives
			t.Fatalf("%v: from %+v", err, trials)
		}
		for _, s := range summaries {
			if s.Low != nil && !(*s.Low <= s.PerSecond && s.PerSecond <= *s.High) {
				t.Fatalf("%v is outside of (%v, %v): from %+v", s.PerSecond, *s.Low, *s.High, trials)
			}
		}
	}
}

func TestSummariseIgnoresTheOrderOfTrials(t *testing.T) {
	run := fixture.Compared(t, 4)
	for i := range run.Trials {
		if i%3 == 0 {
			run.Trials[i].Warn(results.Warning{Text: "busy " + run.Trials[i].Strategy[:i%4] + "%"})
		}
	}
	byName := cmpopts.SortSlices(func(a, b results.Summary) bool { return a.Strategy < b.Strategy })
	want := results.Summarise(run.Trials)
	random := rand.New(rand.NewPCG(9, 10))
	for range 3 {
		random.Shuffle(len(run.Trials), func(i, j int) { run.Trials[i], run.Trials[j] = run.Trials[j], run.Trials[i] })
		if diff := cmp.Diff(want, results.Summarise(run.Trials), byName, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestSummariseScalesTheIntervalWithTheRates(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	for range 200 {
		factor := math.Exp(4 * random.NormFloat64())
		var plain, scaled []float64
		for range 2 + random.IntN(6) {
			rate := 100 * math.Exp(random.NormFloat64())
			plain, scaled = append(plain, rate), append(scaled, factor*rate)
		}
		a, b := results.Summarise(rates("pool", plain...))[0], results.Summarise(rates("pool", scaled...))[0]
		want := []float64{factor * *a.Low, factor * a.PerSecond, factor * *a.High, a.Spread}
		if diff := cmp.Diff(want, []float64{*b.Low, b.PerSecond, *b.High, b.Spread}, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestSpreadIsKnownFromThreeTrialsOn(t *testing.T) {
	for n, want := range map[int]bool{1: false, 2: false, 3: true, 10: true} {
		var all []float64
		for i := range n {
			all = append(all, 100+float64(i))
		}
		s := results.Summarise(rates("pool", all...))[0]
		if share, known := s.KnownSpread(); known != want || share != s.Spread {
			t.Errorf("%d trials: %g, known %v, want %v", n, share, known, want)
		}
	}
}
