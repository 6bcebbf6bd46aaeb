package results_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"sweetspot/results"
)

// made returns a trial as it would be measured: about perSecond for two seconds, give or take noise (a share of one).
func made(t testing.TB, random *rand.Rand, strategy string, limit, block int, perSecond, noise float64) results.Trial {
	t.Helper()
	trial := results.Trial{
		Strategy: strategy, Limit: limit, Block: block, Warmup: int64(limit), CutOff: int64(limit),
		Failed:  map[string]int64{"connect": 0, "timeout": 0, "status": 0},
		Elapsed: 2, InFlightMean: float64(limit) * 0.998, Connections: limit, Warnings: []results.Warning{},
	}
	succeed(t, random, &trial, int64(trial.Elapsed*perSecond*(1+noise*random.NormFloat64())))
	return trial
}

// succeed gives the trial that many successes and everything that follows from them.
func succeed(t testing.TB, random *rand.Rand, trial *results.Trial, n int64) {
	t.Helper()
	trial.Succeeded, trial.Started = n, n+trial.CutOff
	trial.Status = map[int]int64{}
	if n > 0 {
		trial.Status[200] = n
	}
	trial.Bytes = 24 * n
	trial.PerSecond = float64(n) / trial.Elapsed
	trial.CPU = 20e-6 * float64(n)
	histogram := results.NewHistogram()
	for range n {
		mean := float64(trial.Limit) / trial.PerSecond
		histogram.Record(time.Duration(mean * (0.8 + 0.2*random.ExpFloat64()) * 1e9))
	}
	trial.Latency = histogram.Latency()
	var err error
	if trial.Histogram, err = histogram.Encode(); err != nil {
		t.Fatal(err)
	}
}

// fail adds n failures of a class to the trial.
func fail(trial *results.Trial, class string, n int64, cause string) {
	trial.Started += n
	trial.Failed[class] += n
	trial.FirstError = cause
}

// empty returns a run that has measured nothing yet.
func empty(command string) *results.Run {
	return &results.Run{
		Version: results.Version, Command: command, Target: "http://127.0.0.1:41234/", Started: "2026-11-22T07:44:52Z", Seed: 42,
		Machine: results.Machine{Go: "go1.26", OS: "linux", Arch: "amd64", CPUs: 2, OpenFiles: 65536},
		Settings: results.Settings{Method: "GET", DurationSecond: 2, TimeoutSeconds: 30, DialSeconds: 5, DNSSeconds: 300,
			KeepAlive: true, HTTP: "HTTP/1.1"},
	}
}

// compared returns a run that compares strategies over so many repeats.
func compared(t testing.TB, repeats int) *results.Run {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	run := empty("bench")
	for block := range repeats {
		for _, s := range []struct {
			name  string
			limit int
			rate  float64
		}{
			{"sequential", 1, 145}, {"pool", 60, 2528}, {"semaphore", 60, 2540}, {"unbounded", 60, 1571},
			{"fasthttp", 60, 2533}, {"python-requests-session", 60, 702},
		} {
			run.Trials = append(run.Trials, made(t, random, s.name, s.limit, block, s.rate, 0.01))
		}
	}
	conclude(run)
	return run
}

// conclude compares the strategies of a run by their rates alone.
func conclude(run *results.Run) {
	run.Strategies = results.Summarise(run.Trials)
	for i := range run.Strategies {
		s := &run.Strategies[i]
		switch {
		case s.VersusFastest == 1:
			s.Verdict = results.Fastest
		case s.VersusFastest > 0.97:
			s.Verdict = results.Indistinguishable
		default:
			s.Verdict = results.Slower
		}
	}
}

// swept returns a run with one strategy swept over limits with a peak of 605/s near 60.
func swept(t testing.TB) *results.Run {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	run := empty("sweep")
	for block := range 3 {
		for _, limit := range []int{1, 2, 4, 8, 16, 32, 44, 52, 60, 69, 90, 128, 256, 512} {
			n := float64(limit)
			run.Trials = append(run.Trials, made(t, random, "semaphore", limit, block, 20*n/(1+0.000278*n*(n-1)), 0.008))
		}
	}
	run.Optima = []results.Optimum{{
		Strategy: "semaphore", Verdict: results.Peak, Limit: 52, Low: 44, High: 52, Certain: true, Share: 0.97, PerSecond: 600.1,
		Peak:     results.PeakLimit{Limit: 60, Low: 53, High: 69, PerSecond: 605},
		Explored: [2]int{1, 512}, Trials: 42, Requests: 41234, Elapsed: 97.1,
	}}
	return run
}
