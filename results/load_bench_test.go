package results_test

import (
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

// manyTrials returns a sweep of ten limits with a number of trials of 1,250 requests each. They share 100 histograms: making
// a histogram takes longer than reading one.
func manyTrials(t testing.TB, trials int) *results.Run {
	random := rand.New(rand.NewPCG(1, 2))
	run := fixture.Empty("sweep")
	const limits, different = 10, 100
	for i := range min(trials, different) {
		run.Trials = append(run.Trials, fixture.Trial(t, random, "pool", 1<<(i%limits), i/limits, 625, 0.01))
	}
	for i := different; i < trials; i++ {
		trial := run.Trials[i%different]
		trial.Block = i / limits
		run.Trials = append(run.Trials, trial)
	}
	return run
}

// BenchmarkLoadAndDraw opens the file of a run of 10,000 trials and draws its tables. MB-taken is what the process has
// taken from the system by then, which is the most that it ever needed.
func BenchmarkLoadAndDraw(b *testing.B) {
	path := fixture.Saved(b, b.TempDir(), manyTrials(b, 10_000))
	for b.Loop() {
		run, err := results.Load(path)
		if err != nil {
			b.Fatal(err)
		}
		if err := render.Write(io.Discard, render.Run(run), render.Table, render.Screen{Columns: 100}); err != nil {
			b.Fatal(err)
		}
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.Sys)/1e6, "MB-taken")
}
