package bench_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/arrivals"
	"sweetspot/results"
	"sweetspot/strategies"
)

// open is a load of an open loop at a constant rate.
func open(rate float64, duration time.Duration) bench.Load {
	return bench.Load{Duration: duration, Rate: rate, Arrivals: arrivals.Constant, Warmup: time.Second}
}

// within reports whether a figure is the wanted one, but for the precision of a histogram.
func within(got, want float64) bool { return math.Abs(got-want) <= 0.001*want+1e-6 }

// accounted fails the test unless every request that was started is accounted for, and every one that was due either started or
// was missed.
func accounted(t *testing.T, trial results.Trial) {
	t.Helper()
	if !trial.Open() || trial.Started != trial.Succeeded+trial.Failures()+trial.CutOff {
		t.Errorf("%d started, %d succeeded, %d failed, %d cut off", trial.Started, trial.Succeeded, trial.Failures(), trial.CutOff)
	}
}

// With a slot for each, requests start when they are due, and nothing waits.
func TestOpenLoopStartsWhatIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := measure(t, t.Context(), simulated{name: "a", latency: always(100 * time.Millisecond)}, 20, open(100, 2*time.Second))
		accounted(t, got)
		if !within(got.Offered, 100) || *got.Missed != 0 || *got.Late > 1e-6 || !within(got.Response.Max, 0.1) || !within(got.Latency.Max, 0.1) || got.Succeeded != 200 {
			t.Errorf("offered %g, missed %d, late %g, response %+v, latency %+v, %d succeeded", got.Offered, *got.Missed, *got.Late, *got.Response, got.Latency, got.Succeeded)
		}
		if w := warned(got, results.RateMissed); w.Text != "" {
			t.Errorf("warned %q", w)
		}
	})
}

// Two slots answer 20 per second, and 30 are due: after a second of warm-up 10 wait, after another 20. The latency does not show
// it, the response time does; and what waits at the end counts as long as it has waited.
func TestOpenLoopShowsWhatWaitsInTheResponseTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := measure(t, t.Context(), simulated{name: "a", latency: always(100 * time.Millisecond)}, 2, open(30, 2*time.Second))
		accounted(t, got)
		if !within(got.Latency.Max, 0.1) || got.Succeeded != 40 || *got.Late > 1e-6 {
			t.Errorf("latency %+v, %d succeeded, late %g: want 0.1 s, 40 and 0", got.Latency, got.Succeeded, *got.Late)
		}
		// Of the 90 that are due in 3 s, 60 are begun.
		if *got.Missed < 29 || *got.Missed > 31 || !within(got.Offered, 30) {
			t.Errorf("missed %d of %g/s, want about 30 of 30/s", *got.Missed, got.Offered)
		}
		if got.Response.Max < 1 || got.Response.Max > 1.11 || got.Response.P50 < 0.6 {
			t.Errorf("response %+v, want up to a second", *got.Response)
		}
	})
}

// A server that stands still for a second holds up what is due meanwhile: 100 requests wait from 0 to 1 s. In a closed loop with
// two slots only two of them are made; the correction counts the others too.
func TestResponseTimesCountWhatAStallHoldsUp(t *testing.T) {
	for name, arriving := range map[string]arrivals.Kind{"open": arrivals.Constant, "closed": ""} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := simulated{name: "a", latency: func() time.Duration {
					if now := time.Since(began); now >= 2*time.Second && now < 3*time.Second {
						return 3*time.Second - now
					}
					return time.Millisecond
				}}
				load := open(100, 4*time.Second)
				load.Arrivals = arriving
				got := measure(t, t.Context(), s, 2, load)
				if got.Latency.P99 > 0.01 || got.Response.P99 < 0.9 || !within(got.Response.P50, 0.001) {
					t.Errorf("latency %+v, response %+v: want a p99 of 1 ms and of nearly 1 s", got.Latency, *got.Response)
				}
				if got.Response.P90 < 0.55 || got.Response.P90 > 0.66 {
					t.Errorf("response p90 %g: of 400 requests 100 wait from 0 to 1 s, want 0.6 s", got.Response.P90)
				}
			})
		})
	}
}

// tardy is a strategy that starts each request late although its slots are free.
type tardy struct {
	simulated
	by time.Duration
}

func (s tardy) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	return s, nil
}

func (s tardy) Run(ctx context.Context, limit int, work strategies.Work) error {
	return s.simulated.Run(ctx, limit, tardyWork{work, s.by})
}

type tardyWork struct {
	strategies.Work
	by time.Duration
}

func (w tardyWork) Worker() strategies.Worker { return tardyWorker{w.Work.Worker(), w.by} }

type tardyWorker struct {
	strategies.Worker
	by time.Duration
}

func (w tardyWorker) Next(ctx context.Context, r *strategies.Request) bool {
	time.Sleep(w.by)
	return w.Worker.Next(ctx, r)
}

func TestARateThatWasNotHeldSaysWhy(t *testing.T) {
	slow := simulated{name: "a", latency: always(100 * time.Millisecond)}
	for name, test := range map[string]struct {
		s      strategies.Strategy
		limit  int
		load   bench.Load
		code   results.Code
		words  string
		reason string
	}{
		"no slot": {slow, 2, open(30, 2*time.Second), results.RateMissed, "since a latency of 0.1 s takes a limit of 3", "limit_needed"},
		"no slot in a closed loop": {slow, 2, bench.Load{Duration: 2 * time.Second, Rate: 30, Warmup: time.Second},
			results.RateMissed, "since a latency of 0.1 s takes a limit of 3", "limit_needed"},
		"the client is late": {tardy{slow, 2 * time.Second}, 60, open(100, 2*time.Second), results.RateMissed, "since the client was late, by ", "late_seconds"},
		"the client is late in a closed loop": {tardy{slow, 2 * time.Second}, 60, bench.Load{Duration: 2 * time.Second, Rate: 100, Warmup: time.Second},
			results.RateMissed, "since the client did not start them in time", "busy_share"},
		"a short window": {slow, 60, bench.Load{Duration: 2 * time.Second, Rate: 4, Arrivals: arrivals.Poisson, Seed: 1, Warmup: time.Second},
			results.RateMissed, "since the window is too short: at that rate about 8 are due in 2 s", "window_seconds"},
		"held in the end, with some waiting": {simulated{name: "a", latency: alternating(90*time.Millisecond, time.Millisecond)}, 1,
			open(20, 5*time.Second), results.NoSlot, "of the requests had to wait for a slot when they were due: all 1 were taken", "waited_share"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := measure(t, t.Context(), test.s, test.limit, test.load)
				w := warned(got, test.code)
				if _, said := w.Numbers[test.reason]; !said || !strings.Contains(w.Text, test.words) {
					t.Errorf("warned %q with %v, want %q with %s", w.Text, w.Numbers, test.words, test.reason)
				}
			})
		})
	}
}

// alternating returns the two latencies in turn; safe for concurrent use.
func alternating(one, other time.Duration) func() time.Duration {
	var n atomic.Int64
	return func() time.Duration {
		if n.Add(1)%2 == 1 {
			return one
		}
		return other
	}
}

// What is due counts as late only while a slot is free for it, and a client that is late shows it.
func TestLateIsWhatTheClientItselfTakes(t *testing.T) {
	for name, test := range map[string]struct {
		s    strategies.Strategy
		want float64
	}{
		"slots are full": {simulated{name: "a", latency: always(100 * time.Millisecond)}, 0},
		"a tardy client": {tardy{simulated{name: "a", latency: always(100 * time.Millisecond)}, 30 * time.Millisecond}, 0.03},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := measure(t, t.Context(), test.s, 1, open(20, 2*time.Second))
				if math.Abs(*got.Late-test.want) > 0.001 {
					t.Errorf("late by %g s, want %g", *got.Late, test.want)
				}
			})
		})
	}
}

// The same seed offers the same, whatever the strategy.
func TestPoissonArrivalsOfATrialAreThoseOfTheirSeed(t *testing.T) {
	offered := map[string]bool{}
	for _, latency := range []time.Duration{time.Millisecond, 20 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			load := bench.Load{Requests: 500, Rate: 100, Arrivals: arrivals.Poisson, Seed: 5}
			got := measure(t, t.Context(), simulated{name: "a", latency: always(latency)}, 100, load)
			accounted(t, got)
			offered[fmt.Sprintf("%.9g", got.Offered)] = true
			if *got.Missed != 0 || got.Succeeded != 500 || math.Abs(got.Offered-100) > 15 {
				t.Errorf("missed %d, %d succeeded, offered %g", *got.Missed, got.Succeeded, got.Offered)
			}
		})
	}
	if len(offered) != 1 {
		t.Errorf("offered %v, want one rate", offered)
	}
}
