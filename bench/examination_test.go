package bench_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// idle is a strategy that leaves most of its slots empty, and notes the limits that its sessions were opened for.
type idle struct {
	simulated
	opened *[]int // limits
	all    bool   // the slots are used after all
}

func (s idle) Open(_ context.Context, _ strategies.Target, limit int) (strategies.Session, error) {
	*s.opened = append(*s.opened, limit)
	return s, nil
}

func (s idle) Run(ctx context.Context, limit int, work strategies.Work) error {
	if !s.all {
		limit /= 4
	}
	return s.simulated.Run(ctx, limit, work)
}

func TestComparisonNamesAClientThatIsTheBottleneck(t *testing.T) {
	for _, test := range []struct {
		name   string
		all    bool
		opened int // a second time to see what it reaches, but only where there is reason to
		named  bool
	}{
		{"most slots empty, and no faster when a server answers at once", false, 2, true},
		{"no sign of it", true, 1, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			// Long latencies, beside which the wait for a processor, which is real, is nothing.
			s := idle{simulated{name: "idle", latency: always(time.Second)}, new([]int), test.all}
			var k kept
			found, err := bench.Comparison{
				Strategies: []strategies.Strategy{s}, Limit: 8, Repeats: 2, Instant: at(address(t)),
			}.Run(t.Context(), bench.Load{URLs: address(t), Duration: time.Second, Warmup: bench.Automatic}, k.observer())
			if err != nil || len(*s.opened) != test.opened || len(k.trials) != 2 {
				t.Errorf("%s: %d sessions and %d trials of the run, %v; want %d and 2",
					test.name, len(*s.opened), len(k.trials), err, test.opened)
			}
			warnings := results.Words(found.Warnings)
			if named := strings.Contains(strings.Join(warnings, " "), "idle: the client is the bottleneck"); named != test.named {
				t.Errorf("%s: warnings %q", test.name, warnings)
			}
		})
	}
}

func TestSweepCalibratesAStrategyOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := idle{simulated{name: "idle", curve: knee}, new([]int), true}
		if _, _, err := sweep(t, t.Context(), bench.Sweep{Seed: 1, Instant: at(address(t))}, s); err != nil {
			t.Fatal(err)
		}
		if n := len(slices.DeleteFunc(*s.opened, func(limit int) bool { return limit != 64 })); n != 1 {
			t.Errorf("%d sessions to calibrate, want one", n)
		}
	})
}

func TestInstantServerIsStartedAtMostOnceAndOnlyIfAskedFor(t *testing.T) {
	window := bench.Load{Duration: 100 * time.Millisecond, Warmup: bench.Automatic}
	one := func(all bool) []strategies.Strategy {
		return []strategies.Strategy{idle{simulated{name: "idle", latency: always(time.Second)}, new([]int), all}}
	}
	two := []strategies.Strategy{simulated{name: "knee", curve: knee}, simulated{name: "flat", curve: flat}}
	comparison := func(all []strategies.Strategy) func(bench.InstantServer) bench.Plan {
		return func(instant bench.InstantServer) bench.Plan {
			return bench.Comparison{Strategies: all, Limit: 8, Repeats: 2, Instant: instant}
		}
	}
	sweep := func(objective *bench.Objective) func(bench.InstantServer) bench.Plan {
		return func(instant bench.InstantServer) bench.Plan {
			return bench.Sweep{
				Strategies: two, Min: 1, Max: 64, Share: 0.97, Budget: time.Hour, Seed: 1, Repeats: 2, Objective: objective, Instant: instant,
			}
		}
	}
	for _, test := range []struct {
		name string
		plan func(bench.InstantServer) bench.Plan
		load bench.Load
		want int // starts
	}{
		{"a comparison in which a sign speaks for the client", comparison(one(false)), window, 1},
		{"a comparison without a sign", comparison(one(true)), window, 0},
		{"a comparison of batches", comparison(one(false)), bench.Load{Requests: 40}, 0},
		{"a comparison at a rate", comparison(one(false)), bench.Load{Duration: time.Second, Rate: 2}, 0},
		{"a sweep of two strategies", sweep(nil), window, 1},
		{"a sweep of batches", sweep(nil), bench.Load{Requests: 40}, 0},
		{"a sweep for an objective", sweep(&bench.Objective{Quantile: "p99", Seconds: 0.01}), window, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				starts := 0
				instant := func(context.Context) (bench.URLs, error) {
					starts++
					return address(t), nil
				}
				load := test.load
				load.URLs = address(t)
				if _, err := test.plan(instant).Run(t.Context(), load, bench.Observer{}); err != nil || starts != test.want {
					t.Errorf("%d starts (%v), want %d", starts, err, test.want)
				}
			})
		})
	}
}

func TestInstantServerThatDoesNotStartEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := idle{simulated{name: "idle", latency: always(time.Second)}, new([]int), false}
		refused := errors.New("no free port")
		found, err := bench.Comparison{
			Strategies: []strategies.Strategy{s}, Limit: 8, Repeats: 2,
			Instant: func(context.Context) (bench.URLs, error) { return nil, refused },
		}.Run(t.Context(), bench.Load{URLs: address(t), Duration: time.Second, Warmup: bench.Automatic}, bench.Observer{})
		if !errors.Is(err, refused) || len(found.Strategies) != 1 {
			t.Errorf("got %v and %d strategies, want %v and what was measured", err, len(found.Strategies), refused)
		}
	})
}
