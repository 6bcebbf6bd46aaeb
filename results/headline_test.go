package results_test

import (
	"testing"

	"sweetspot/results"
)

// swept returns a sweep of strategies with these limits to use, and with these standings.
func swept(limits map[string]int, standings map[string]results.Standing) *results.Run {
	run := &results.Run{Command: "sweep"}
	for _, name := range []string{"eventloop", "fasthttp", "semaphore"} {
		if limits[name] == 0 {
			continue
		}
		o := results.Optimum{Strategy: name, Verdict: results.Peak, Limit: limits[name], Certain: true, Share: 0.97, PerSecond: float64(10 * limits[name])}
		if limits[name] < 0 {
			o = results.Optimum{Strategy: name, Verdict: results.NoKnee, Limit: -limits[name], PerSecond: 99}
		}
		run.Optima = append(run.Optima, o)
		run.Strategies = append(run.Strategies, results.Summary{
			Strategy: name, Limit: o.Limit, Trials: 10, PerSecond: o.PerSecond, Verdict: standings[name], CPUMicroseconds: float64(len(name)),
		})
	}
	return run
}

func TestHeadlineNamesOneAnswer(t *testing.T) {
	const fastest, slower, same = results.Fastest, results.Slower, results.Indistinguishable
	for _, c := range []struct {
		name string
		run  *results.Run
		want string
	}{
		{"nothing", &results.Run{Command: "bench"}, "Nothing has been measured yet"},
		{"one strategy", swept(map[string]int{"semaphore": 60}, nil), "Use 60 requests at once, with semaphore"},
		{"a limit of one", swept(map[string]int{"semaphore": 1}, nil), "Use 1 request at once, with semaphore"},
		{"the fastest", swept(map[string]int{"eventloop": 90, "semaphore": 60}, map[string]results.Standing{"eventloop": fastest, "semaphore": slower}),
			"Use 90 requests at once, with eventloop"},
		{"as fast with a smaller limit", swept(map[string]int{"eventloop": 90, "semaphore": 60}, map[string]results.Standing{"eventloop": fastest, "semaphore": same}),
			"Use 60 requests at once, with semaphore"},
		{"as fast with the same limit and less CPU time", swept(map[string]int{"eventloop": 60, "fasthttp": 60}, map[string]results.Standing{"eventloop": fastest, "fasthttp": same}),
			"Use 60 requests at once, with fasthttp"},
		{"not compared", swept(map[string]int{"eventloop": 90, "semaphore": 60}, nil), "Use 90 requests at once, with eventloop"},
		{"only one names a limit to use", swept(map[string]int{"eventloop": -512, "semaphore": 60}, map[string]results.Standing{"eventloop": fastest, "semaphore": slower}),
			"Use 60 requests at once, with semaphore"},
		{"none names a limit to use", swept(map[string]int{"eventloop": -512}, nil), "Best so far: 512 requests at once, with eventloop"},
		{"unstable", &results.Run{Command: "sweep", Optima: []results.Optimum{{Strategy: "pool", Verdict: results.Unstable}}}, "No limit can be named"},
		{"interrupted", &results.Run{Command: "sweep", Trials: make([]results.Trial, 3)}, "No limit yet: 3 trials and no conclusion"},
		{"one bench", &results.Run{Strategies: []results.Summary{{Strategy: "pool", Limit: 60, PerSecond: 1000}}}, "pool: 1,000/s at limit 60"},
		{"the largest rate that is held", &results.Run{Command: "sweep", Optima: []results.Optimum{
			{Strategy: "pool", Verdict: results.Objective, Over: results.OverRate, Limit: 900, Objective: "p99 <= 50ms"},
			{Strategy: "eventloop", Verdict: results.Objective, Over: results.OverRate, Limit: 800, Objective: "p99 <= 50ms", Certain: true},
		}}, "800/s is held, with eventloop"},
		{"a rate that only seems to be held", &results.Run{Command: "sweep", Optima: []results.Optimum{
			{Strategy: "pool", Verdict: results.Objective, Over: results.OverRate, Limit: 900, Objective: "p99 <= 50ms"},
		}}, "900/s seems to be held, with pool"},
		{"an open loop", &results.Run{Strategies: []results.Summary{
			{Strategy: "pool", PerSecond: 510, Trials: 10, Late: new(float64), Response: &results.Latency{P99: 0.05}},
			{Strategy: "fasthttp", PerSecond: 509, Trials: 10, Late: new(float64), Response: &results.Latency{P99: 0.04}},
		}}, "99% of the responses came within 40.0 ms of when they were due, with fasthttp"},
		{"a winner", &results.Run{Strategies: []results.Summary{
			{Strategy: "pool", PerSecond: 1000, Trials: 10, Verdict: fastest}, {Strategy: "fasthttp", PerSecond: 100, Trials: 10, Verdict: slower},
		}}, "pool is the fastest"},
		{"two of three not told apart", &results.Run{Strategies: []results.Summary{
			{Strategy: "pool", PerSecond: 1000, Trials: 10, Verdict: fastest}, {Strategy: "a", PerSecond: 990, Trials: 10, Verdict: same}, {Strategy: "b", PerSecond: 100, Trials: 10, Verdict: slower},
		}}, "No clear winner among 2 strategies"},
		{"none told apart", &results.Run{Strategies: []results.Summary{
			{Strategy: "pool", PerSecond: 1000, Trials: 10, Verdict: fastest}, {Strategy: "a", PerSecond: 990, Trials: 10, Verdict: same},
		}}, "No difference shown between 2 strategies"},
		{"too few repeats", &results.Run{Strategies: []results.Summary{
			{Strategy: "pool", PerSecond: 1000, Trials: 3, Verdict: fastest}, {Strategy: "a", PerSecond: 990, Trials: 3, Verdict: same},
		}}, "Too few repeats to say which strategy is the fastest"},
		{"failures only", &results.Run{Strategies: []results.Summary{{Strategy: "pool"}}}, "No request succeeded"},
	} {
		if got := c.run.Headline().String(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestBoundReadsTheObjective(t *testing.T) {
	for _, c := range []struct {
		objective, name string
		seconds         float64
	}{
		{"p99 <= 200ms", "p99", 0.2}, {"max <= 1.5ms", "max", 0.0015}, {"p999 <= 1e+06ms", "p999", 1000}, {"", "", 0}, {"p42 <= 1ms", "", 0}, {"p99 < 1", "", 0},
	} {
		f, seconds, known := (&results.Optimum{Objective: c.objective}).Bound()
		if known != (c.name != "") || known && (f.Name != c.name || seconds != c.seconds) {
			t.Errorf("%q: got %s, %g, %t", c.objective, f.Name, seconds, known)
		}
	}
}
