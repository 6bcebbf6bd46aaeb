package report_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sweetspot/results"
	"sweetspot/results/report"
)

// law gives the goodput of the fixtures' server. Its peak is 605/s at limit 60.
var law = results.Law{A: 0.0491, B: 1.4e-5, C: 1.364e-5}

// trial returns a trial of two seconds that starts at the given second. Its goodput varies around perSecond by about 2%.
func trial(t testing.TB, random *rand.Rand, strategy string, limit int, start, perSecond float64) results.Trial {
	t.Helper()
	n := int64(2 * perSecond * (1 + 0.02*random.NormFloat64()))
	trial := results.Trial{
		Strategy: strategy, Limit: limit, Offset: start, Started: n, Succeeded: n, Failed: map[string]int64{}, Elapsed: 2,
		PerSecond: float64(n) / 2, InFlightMean: float64(limit), Connections: limit,
		Series: []results.Second{{Succeeded: n / 2, Mean: 0.1}, {Succeeded: n - n/2, Mean: 0.1}},
	}
	histogram := results.NewHistogram()
	for range n {
		histogram.Record(time.Duration(float64(limit) / perSecond * (0.7 + 0.3*random.ExpFloat64()) * 1e9))
	}
	mean := float64(limit) / perSecond
	trial.Latency = results.Latency{Mean: mean, P50: 0.9 * mean, P90: 1.4 * mean, P95: 1.6 * mean, P99: 2.1 * mean, P999: 2.6 * mean, Max: 3 * mean}
	var err error
	if trial.Histogram, err = histogram.Encode(); err != nil {
		t.Fatal(err)
	}
	return trial
}

// empty returns a run without trials.
func empty(command string) *results.Run {
	return &results.Run{
		Version: results.Version, Command: command, Target: "http://127.0.0.1:8080/", Started: "2026-11-22T09:42:26Z", Seed: 42,
		Arguments: []string{command, "-H", "Accept: text/html", "http://127.0.0.1:8080/"},
		Machine:   results.Machine{Go: "go1.26", OS: "linux", Arch: "amd64", CPU: "A processor", Kernel: "6.1.0", CPUs: 2, OpenFiles: 65536},
		Settings:  results.Settings{Method: "GET", DurationSeconds: 2, TimeoutSeconds: 10, DialSeconds: 5, DNSSeconds: 300, KeepAlive: true, HTTP: "HTTP/1.1"},
	}
}

// sweep returns a sweep of the strategies with a peak at limit 60 and three trials per limit.
func sweep(t testing.TB, strategies ...string) *results.Run {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	run := empty("sweep")
	run.Bundled = &results.Bundled{Profile: "classic", Limit: 60, PerSecond: 605, Share: 0.97, Smallest: 47}
	for n := 1; n <= 512; n *= 2 {
		run.Bundled.Curve = append(run.Bundled.Curve, results.Rate{Limit: n, PerSecond: law.PerSecond(float64(n))})
	}
	at := 1.0
	for range 3 {
		for _, limit := range []int{1, 2, 4, 8, 16, 32, 45, 64, 91, 128, 256, 512} {
			for _, strategy := range strategies {
				run.Trials = append(run.Trials, trial(t, random, strategy, limit, at, law.PerSecond(float64(limit))))
				at += 2.5
			}
		}
	}
	for _, strategy := range strategies {
		run.Optima = append(run.Optima, results.Optimum{
			Strategy: strategy, Verdict: results.Peak, Limit: 64, Low: 32, High: 64, Certain: true, Share: 0.97, PerSecond: 604,
			Peak: results.PeakLimit{Limit: 60, Low: 45, High: 91, PerSecond: 605}, Law: &law, Explored: [2]int{1, 512},
			Trials: 36, Requests: 41234, Elapsed: 97.1,
		})
	}
	run.Strategies = results.Summarise(atLimit(run.Trials, 64))
	return run
}

// strained returns a sweep to limit 4,096 with an objective for the latency. Requests fail from limit 1,024 on, and those that
// succeed there take very long.
func strained(t testing.TB) *results.Run {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 8))
	run := empty("sweep")
	at := 1.0
	for range 2 {
		for limit := 1; limit <= 4096; limit *= 2 {
			for _, strategy := range []string{"semaphore", "fasthttp", "eventloop"} {
				one := trial(t, random, strategy, limit, at, law.PerSecond(float64(limit)))
				if limit >= 1024 {
					one.Started += one.Succeeded
					one.Failed = map[string]int64{"timeout": one.Succeeded}
					one.Latency.P99 *= 100
				}
				run.Trials = append(run.Trials, one)
				at += 2.5
			}
		}
	}
	for i, strategy := range []string{"semaphore", "fasthttp", "eventloop"} {
		run.Optima = append(run.Optima, results.Optimum{
			Strategy: strategy, Verdict: results.Objective, Objective: "p99 <= 200ms", Limit: []int{32, 32, 64}[i], Low: 32, High: 128, Certain: true,
			Failing: 1024, PerSecond: 604, Explored: [2]int{1, 4096}, Trials: 26, Requests: 41234, Elapsed: 97.1,
		})
	}
	run.Strategies = results.Summarise(atLimit(run.Trials, 32))
	return run
}

// rates returns a sweep over rates with an objective for the response time. From 640 per second on, requests wait.
func rates(t testing.TB) *results.Run {
	t.Helper()
	random := rand.New(rand.NewPCG(5, 6))
	run := empty("sweep")
	run.Settings.Arrivals = "constant"
	at := 1.0
	for range 2 {
		for rate := 10; rate <= 1280; rate *= 2 {
			for _, strategy := range []string{"pool", "eventloop"} {
				one := trial(t, random, strategy, 9936, at, min(float64(rate), 700))
				one.Rate, one.Offered, one.Missed, one.Late = rate, float64(rate), new(int64), new(float64)
				wait := float64(rate) / 10_000
				one.Latency = results.Latency{Mean: 0.01, P50: 0.01, P90: 0.02, P95: 0.024, P99: 0.04, P999: 0.05, Max: 0.06}
				waits := results.NewHistogram()
				for range one.Succeeded {
					waits.Record(time.Duration(wait * (0.7 + 0.3*random.ExpFloat64()) * 1e9))
				}
				response := waits.Latency()
				one.Response = &response
				one.Responses, _ = waits.Encode()
				run.Trials = append(run.Trials, one)
				at += 2.5
			}
		}
	}
	for i, strategy := range []string{"pool", "eventloop"} {
		run.Optima = append(run.Optima, results.Optimum{
			Strategy: strategy, Over: results.OverRate, Verdict: results.Objective, Objective: "p99 <= 100ms", Limit: 320 + 320*i, Low: 320, High: 1280,
			Certain: true, PerSecond: 320, Explored: [2]int{10, 1280}, Trials: 16, Requests: 5000, Elapsed: 40,
		})
	}
	held := slices.DeleteFunc(slices.Clone(run.Trials), func(t results.Trial) bool { return t.Rate != 320 })
	run.Strategies = results.Summarise(held)
	return run
}

// atLimit returns the trials with that limit.
func atLimit(trials []results.Trial, limit int) []results.Trial {
	var at []results.Trial
	for _, t := range trials {
		if t.Limit == limit {
			at = append(at, t)
		}
	}
	return at
}

// bench returns a comparison of five strategies at limit 60. Some requests of one of them failed.
func bench(t testing.TB) *results.Run {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	run := empty("bench")
	at := 1.0
	for block := range 10 {
		for i, strategy := range []string{"pool", "semaphore", "unbounded", "fasthttp", "python-requests-session"} {
			one := trial(t, random, strategy, 60, at, 600-100*float64(i))
			one.Block = block
			if strategy == "unbounded" {
				one.Started += 30
				one.Failed = map[string]int64{"timeout": 20, "reset": 10}
				one.FirstError = "read: connection reset by peer"
				one.Warn(results.Warning{Text: "slots were full 91% of the time: the trials were too short"})
			}
			run.Trials = append(run.Trials, one)
			at += 2.5
		}
	}
	run.Strategies = results.Summarise(run.Trials)
	for i := range run.Strategies {
		run.Strategies[i].Verdict = results.Slower
	}
	run.Strategies[0].Verdict = results.Fastest
	return run
}

// oneTrialEach returns the run with only the first trial of each strategy at each limit.
func oneTrialEach(run *results.Run) *results.Run {
	seen := map[string]bool{}
	all := run.Trials
	run.Trials = nil
	for _, t := range all {
		if key := fmt.Sprint(t.Strategy, t.Limit); !seen[key] {
			seen[key] = true
			t.Histogram = ""
			run.Trials = append(run.Trials, t)
		}
	}
	run.Strategies = results.Summarise(atLimit(run.Trials, run.Strategies[0].Limit))
	return run
}

// injection is a string that a server or a URL may contain to inject a script.
const injection = `</script><img src=x onerror="window.owned=1"><script>window.owned=1</script>` + "\u2028]]>&<!--"

// hostile returns a run in which every string of foreign origin contains an injection.
func hostile(t testing.TB) *results.Run {
	run := bench(t)
	run.Target, run.Started, run.Command = "http://h/"+injection, injection, injection
	run.Arguments = []string{injection}
	run.Warnings = []results.Warning{{Text: injection}}
	run.Machine.CPU, run.Machine.Kernel, run.Settings.Method = injection, injection, injection
	run.Bundled = &results.Bundled{Profile: injection, Limit: 3, PerSecond: 9}
	for i := range run.Trials {
		one := &run.Trials[i]
		one.Strategy += injection
		one.FirstError = injection
		one.Warn(results.Warning{Text: injection})
		one.Started += 5
		one.Failed = map[string]int64{injection: 5 + one.Failed["timeout"] + one.Failed["reset"]}
		if i%2 > 0 {
			one.Limit = 30
		}
	}
	run.Strategies = results.Summarise(run.Trials)
	run.Optima = []results.Optimum{{Strategy: run.Trials[0].Strategy, Verdict: results.Unstable, Limit: 30, Warnings: []results.Warning{{Text: injection}}}}
	return run
}

// long returns a sweep of ten thousand trials, which are copies of ten.
func long(t testing.TB) *results.Run {
	random := rand.New(rand.NewPCG(5, 6))
	run := empty("sweep")
	var originals []results.Trial
	for i := range 10 {
		originals = append(originals, trial(t, random, "semaphore", 1<<i, 0, 500))
	}
	for i := range 10_000 {
		one := originals[i%len(originals)]
		one.Offset = 1 + 2.2*float64(i)
		one.PerSecond *= 1 + 0.1*math.Sin(float64(i)/500)
		run.Trials = append(run.Trials, one)
	}
	return run
}

// page returns the page that Write makes of the runs.
func page(t testing.TB, runs ...*results.Run) string {
	t.Helper()
	var text bytes.Buffer
	if err := report.Write(&text, sources(runs...), report.Options{}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// sources names the runs run-1, run-2 and so on.
func sources(runs ...*results.Run) []report.Source {
	var all []report.Source
	for i, run := range runs {
		all = append(all, report.Source{Name: "run-" + string(rune('1'+i)), Run: run})
	}
	return all
}

// file writes the page to a file and returns its URL.
func file(t testing.TB, page string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte(page), 0o666); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}
