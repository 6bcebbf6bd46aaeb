package threshold_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/threshold"
)

// measured returns a comparison of two strategies with round figures: pool has 1,000 and fasthttp 2,000 a second, and 1%
// of pool's requests failed.
func measured(t testing.TB) *results.Run {
	random := rand.New(rand.NewPCG(1, 2))
	run := fixture.Empty("bench")
	run.Trials = []results.Trial{
		fixture.Trial(t, random, "pool", 60, 0, 990, 0), fixture.Trial(t, random, "fasthttp", 60, 0, 2000, 0), fixture.Trial(t, random, "semaphore", 60, 0, 0, 0),
	}
	fixture.Fail(&run.Trials[0], "timeout", 20, "timeout")
	fixture.Conclude(run)
	return run
}

func parsed(t *testing.T, text string) *threshold.Threshold {
	t.Helper()
	g, err := threshold.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return g
}

func TestFailureIsEmptyOrSaysWhatWasMeasured(t *testing.T) {
	run := measured(t)
	for _, c := range []struct{ text, want string }{
		{"per_second(fasthttp) > 2 * per_second(pool)", ""},
		{"per_second(fasthttp) >= 2000", ""},
		{"per_second(fasthttp) > 2e3", "not met: per_second(fasthttp) > 2e3: per_second(fasthttp) is 2,000"},
		{"2000 <= per_second( fasthttp )", ""},
		{"per_second(pool) > 2 + 3 * 4 - 10 / 5 - -1", ""},
		{"per_second(pool) < (2 + 3) * 4", "not met: per_second(pool) < (2 + 3) * 4: 990 against 20.0, where per_second(pool) is 990"},
		{"errors(pool) <= 1%", ""},
		{"errors(pool) < 1 %", "not met: errors(pool) < 1 %: errors(pool) is 1%, 20 of 2,000 requests"},
		{"errors(fasthttp) <= 0", ""},
		{"p99(pool) < 1s", ""},
		{"p99(pool) < 1000ms", ""},
		{"p99(pool) * 2 < 1m", ""},
		{"p99(pool) / p50(pool) < 10", ""},
		{"max(pool) < mean(pool)", "not met: max(pool) < mean(pool): max(pool) is "},
		{"p90(pool) < p50(pool)", "not met: p90(pool) < p50(pool): p90(pool) is "},
		{"cpu(fasthttp) < 20.1us", ""},
		{"cpu(fasthttp) < 19.9µs", "not met: cpu(fasthttp) < 19.9µs: cpu(fasthttp) is 20 µs"},
		{"per_second(pool) / (per_second(fasthttp) - 2000) > 1", "it divides by 0 where per_second(pool) is 990, per_second(fasthttp) is 2,000"},
		{"p99(semaphore) < 1s", "p99(semaphore) is not known: no request succeeded"},
		{"per_second(semaphore) >= 1", "not met: per_second(semaphore) >= 1: per_second(semaphore) is 0"},
		{"per_second(unbounded) >= 1", "per_second(unbounded) is not known: it was not measured"},
		{"errors(unbounded) <= 1", "errors(unbounded) is not known: it was not measured"},
	} {
		got := parsed(t, c.text).Failure(run)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

func TestFailureWritesFiguresAsTablesDoUnlessTheyCouldLookEqual(t *testing.T) {
	run := measured(t)
	run.Strategies[0].Latency.P99 = 0.0123456
	for _, c := range []struct{ text, want string }{
		{"p99(pool) < 10ms", "p99(pool) is " + (results.Latencies()[4].Write)(0.0123456)},
		{"p99(pool) < 12.3ms", "p99(pool) is 12.3456 ms"},
	} {
		if got := parsed(t, c.text).Failure(run); !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestFailureReportsTheIntervalWithoutDecidingByIt(t *testing.T) {
	run := fixture.Compared(t, 3)
	got := parsed(t, "per_second(pool) > 3000").Failure(run)
	if !strings.Contains(got, "per_second(pool) is 2,53") || !strings.Contains(got, " (95% sure: 2,4") {
		t.Errorf("got %q", got)
	}
	low, point := *run.Strategies[1].Low, run.Strategies[1].PerSecond
	if got := parsed(t, "per_second(pool) > 2500").Failure(run); low > 2500 || point < 2500 || got != "" {
		t.Errorf("the interval is from %g, the estimate is %g, got %q", low, point, got)
	}
}

func TestFailureKnowsTheLimitAndThePeakOfASweep(t *testing.T) {
	run := fixture.Swept(t)
	run.Strategies = results.Summarise(run.Trials)[7:8] // at the limit to use
	for _, c := range []struct{ text, want string }{
		{"limit(semaphore) <= 60", ""},
		{"limit(semaphore) > 60", "limit(semaphore) is 52, the smallest such is in (44, 52]"},
		{"peak(semaphore) > 600", ""},
		{"per_second(semaphore) >= 0.9 * peak(semaphore)", ""},
	} {
		if got := parsed(t, c.text).Failure(run); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.text, got, c.want)
		}
	}
	run.Optima[0].Certain = false
	if got := parsed(t, "limit(semaphore) > 60").Failure(run); !strings.HasSuffix(got, "in (44, 52], the best guess so far") {
		t.Errorf("uncertain: got %q", got)
	}
	run.Optima[0].Verdict, run.Optima[0].Peak = results.Objective, results.PeakLimit{}
	if got := parsed(t, "peak(semaphore) > 1").Failure(run); !strings.HasSuffix(got, "is not known: the sweep did not look for it") {
		t.Errorf("an objective: got %q", got)
	}
	run.Optima[0].Verdict = results.NoKnee
	if got := parsed(t, "limit(semaphore) <= 60").Failure(run); !strings.Contains(got, "the sweep's verdict is no-knee, so it names no limit to use") {
		t.Errorf("still rising: got %q", got)
	}
	run.Optima[0].Verdict = results.Unstable
	if got := parsed(t, "per_second(semaphore) > 0").Failure(run); !strings.Contains(got, "is not known: the sweep's verdict is unstable") {
		t.Errorf("unstable: got %q", got)
	}
	run.Optima = nil
	if got := parsed(t, "per_second(semaphore) > 0").Failure(run); !strings.Contains(got, "is not known: it was not measured") {
		t.Errorf("interrupted: got %q", got)
	}
}

func TestParseRejectsFaultsWithTheirPlace(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "column 1: want a number or a figure such as per_second(pool) at the end"},
		{"per_second(pool)", "column 17: want one of < <= > >= at the end"},
		{"per_second(pool) = 5", `column 18: want one of < <= > >= before "= 5"`},
		{"per_second(pool) > ", "column 20: want a number or a figure"},
		{"per_second(pool) > 2,000", `column 21: want the end, or one of + - * / before ",000"`},
		{"1 < per_second(pool) < 5", `column 22: want the end, or one of + - * / before "< 5"`},
		{"per_sec(pool) > 1", `column 1: "per_sec" is not a figure: want one of per_second, mean, `},
		{"per_second > 1", `column 12: want (STRATEGY) after per_second before "> 1"`},
		{"per_second( ) > 1", "column 12: want the name of a strategy, as in per_second(pool)"},
		{"per_second(pool > 1", "column 12: want the name of a strategy and )"},
		{"(1 + 2 > per_second(pool)", "column 8: want ) for the ( in column 1"},
		{"p99(pool) < 50", "column 11: compares a duration with a number: durations need a unit, such as 50ms"},
		{"p99(pool) + 1 < 50ms", "column 11: adds a duration and a number"},
		{"p99(pool) * p99(pool) < 50ms", "column 23: compares a duration to the power of 2 with a duration"},
		{"p99(pool) < 50min", `column 15: "min" is not a unit: want %, ns, us, ms, s, m or h`},
		{"p99(pool) < 1.2.3s", `column 13: "1.2.3": want a number such as 0.5`},
		{"per_second(pool) < 1e999", `column 20: "1e999": want a number such as 0.5`},
		{"1 < 2", "column 1: asks for no figure"},
		{"errors(µ) < $", `column 13: want a number or a figure such as per_second(pool) before "$"`},
		{strings.Repeat("(", 1001), "want at most 1000 characters"},
		{strings.Repeat("(", 1000), "column 1001: want a number"},
	} {
		if _, err := threshold.Parse(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40s:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestCheckRejectsWhatARunCannotTell(t *testing.T) {
	for _, c := range []struct{ text, command, want string }{
		{"p99(pool) < 1s", "bench", ""},
		{"limit(pool) > 5", "sweep", ""},
		{"5 < limit(pool)", "bench", "column 5: limit(pool) is for a sweep"},
		{"p99(pool) < p99(pol)", "bench", "column 13: p99(pol) is not to be run: want one of pool, fasthttp"},
	} {
		err := parsed(t, c.text).Check(c.command, []string{"pool", "fasthttp"})
		if (err == nil) != (c.want == "") || (err != nil && err.Error() != c.want) {
			t.Errorf("%s for %s: got %v, want %q", c.text, c.command, err, c.want)
		}
	}
}

func TestErrorRateIgnoresTrialsWithAPurpose(t *testing.T) {
	run := measured(t)
	slowed := run.Trials[0]
	slowed.Purpose = results.Causal
	slowed.Failed = map[string]int64{"timeout": slowed.Started}
	run.Trials = append(run.Trials, slowed)
	if share, words, err := threshold.ErrorRate(run, "pool"); share != 0.01 || words != "1%, 20 of 2,000 requests" || err != nil {
		t.Errorf("got %g, %q, %v, want 1%%", share, words, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("per_second(fasthttp) > 0.8 * per_second(eventloop)")
	f.Add("-(p99(pool) + 5ms) / 2 <= 1e-3s")
	f.Add("errors(pool+net/http) < 1 %")
	run := measured(f)
	f.Fuzz(func(t *testing.T, text string) {
		g, err := threshold.Parse(text)
		said := ""
		if err != nil {
			said = err.Error()
		} else {
			said = g.Failure(run)
		}
		if err != nil && said == "" || strings.ContainsAny(said, "\n\r\x1b") {
			t.Errorf("%q: %q is not one line", text, said)
		}
	})
}
