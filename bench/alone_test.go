package bench_test

import (
	"context"
	"encoding/json"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
	_ "sweetspot/strategies/all"
)

const aloneRounds = 10

// BenchmarkAlone sets each program in Python, measured by the harness, beside the same program run by hand, with neither
// protocol nor harness: strategies/python/alone.py. Both are processes that have just been started, make the same batch,
// and take turns. The medians of the ratios are what the harness costs.
func BenchmarkAlone(b *testing.B) {
	url := serverProcess(b, "none", 0)
	for _, program := range []struct {
		name     string
		limit    int
		requests int64
	}{
		{"python-requests", 1, 1000},
		{"python-requests-session", 1, 1000},
		{"python-threads", 100, 2000},
		{"python-aiohttp", 60, 4000},
		{"python-uvloop", 60, 4000},
		{"python-httpx", 60, 1000},
		{"python-httpx-unbounded", 60, 1000},
		{"python-pycurl", 60, 20_000},
	} {
		b.Run(program.name, func(b *testing.B) {
			for b.Loop() {
				var alone, measured []spent
				for round := range aloneRounds {
					if round%2 == 0 { // who goes first may have an advantage
						alone = append(alone, runAlone(b, program.name, program.limit, program.requests, url))
					}
					measured = append(measured, runMeasured(b, program.name, program.limit, program.requests, url))
					if round%2 == 1 {
						alone = append(alone, runAlone(b, program.name, program.limit, program.requests, url))
					}
				}
				setBesideAlone(b, "", alone, measured, program.requests, func(s spent) float64 { return s.Seconds })
				setBesideAlone(b, "CPU-", alone, measured, program.requests, func(s spent) float64 { return s.CPU })
			}
		})
	}
}

// setBesideAlone reports how a figure of the two compares: the ratio in every round, as median and quartiles, and that of
// the rounds in which either was least disturbed.
func setBesideAlone(b *testing.B, what string, alone, measured []spent, requests int64, seconds func(spent) float64) {
	var by, with, ratios []float64
	for i := range alone {
		by, with = append(by, seconds(alone[i])), append(with, seconds(measured[i]))
		ratios = append(ratios, with[i]/by[i])
	}
	b.ReportMetric(quartile(ratios, 2), what+"harness/alone")
	b.ReportMetric(quartile(ratios, 1), what+"quartile1")
	b.ReportMetric(quartile(ratios, 3), what+"quartile3")
	b.ReportMetric(slices.Min(with)/slices.Min(by), what+"least/least")
	b.ReportMetric(slices.Min(with)*1e6/float64(requests), what+"us/request")
	b.ReportMetric(slices.Min(by)*1e6/float64(requests), what+"us/request-alone")
}

// spent is what a program took for a batch: its time, and the processor time of its own process.
type spent struct {
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu_seconds"`
}

func runAlone(b *testing.B, name string, limit int, requests int64, url string) (s spent) {
	module := strings.ReplaceAll(name, "-", "_")
	for _, python := range []string{"python3", "/usr/bin/python3"} { // in the second are the libraries that apt installed
		command := exec.CommandContext(b.Context(), python, "-B", "alone.py", module, strconv.Itoa(limit), strconv.FormatInt(requests, 10), url)
		command.Dir = "../strategies/python"
		if output, err := command.Output(); err == nil && json.Unmarshal(output, &s) == nil {
			return s
		}
	}
	b.Skipf("%s does not run alone here: see %s/alone.py", name, "strategies/python")
	return s
}

func runMeasured(b *testing.B, name string, limit int, requests int64, url string) (s spent) {
	_, err := bench.Comparison{
		Strategies: []strategies.Strategy{watched{named(b, name), &s.CPU}}, Limit: limit, Repeats: 1,
	}.Run(b.Context(), bench.Load{URLs: parsed(b, url), Requests: requests, Decode: true}, bench.Observer{Keep: func(t results.Trial) error { s.Seconds = t.Elapsed; return nil }})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// watched is a strategy whose runs' processor time is noted: only that of its own process.
type watched struct {
	strategies.Strategy
	cpu *float64 // seconds
}

func (w watched) Open(ctx context.Context, target strategies.Target, maxLimit int) (strategies.Session, error) {
	session, err := w.Strategy.Open(ctx, target, maxLimit)
	return watchedSession{session, w.cpu}, err
}

type watchedSession struct {
	strategies.Session
	cpu *float64
}

func (w watchedSession) Run(ctx context.Context, limit int, work strategies.Work) error {
	before := w.Usage().CPU
	defer func() { *w.cpu += (w.Usage().CPU - before).Seconds() }()
	return w.Session.Run(ctx, limit, work)
}
