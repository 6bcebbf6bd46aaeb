package bench_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// idle is a strategy that leaves half of its slots empty, and tells what its sessions were opened for.
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
		limit /= 2
	}
	return s.simulated.Run(ctx, limit, work)
}

func TestAClientThatIsTheBottleneckIsNamed(t *testing.T) {
	for _, test := range []struct {
		name   string
		all    bool
		opened int // a second time to see what it reaches, but only where there is reason to
		named  bool
	}{
		{"half of the slots empty, and no faster when a server answers at once", false, 2, true},
		{"no sign of it", true, 1, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			// Long latencies, beside which the wait for a processor, which is real, is nothing.
			s := idle{simulated{name: "idle", latency: always(time.Second)}, new([]int), test.all}
			var warnings []string
			var k kept
			observer := k.observer()
			observer.Warn = func(w results.Warning) { warnings = append(warnings, w.String()) }
			err := bench.Comparison{
				Load:       bench.Load{URLs: address(t), Duration: time.Second, Warmup: bench.Automatic},
				Strategies: []strategies.Strategy{s}, Limit: 8, Repeats: 2, Instant: address(t),
			}.Run(t.Context(), observer)
			if err != nil || len(*s.opened) != test.opened || len(k.trials) != 2 {
				t.Errorf("%s: %d sessions and %d trials of the run, %v; want %d and 2",
					test.name, len(*s.opened), len(k.trials), err, test.opened)
			}
			if named := strings.Contains(strings.Join(warnings, " "), "idle: the client is the bottleneck"); named != test.named {
				t.Errorf("%s: warnings %q", test.name, warnings)
			}
		})
	}
}

func TestASweepMeasuresOnceWhatAStrategyReaches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := idle{simulated{name: "idle", curve: knee}, new([]int), true}
		if _, _, err := sweep(t, t.Context(), bench.Sweep{Seed: 1, Instant: address(t)}, s); err != nil {
			t.Fatal(err)
		}
		if n := len(slices.DeleteFunc(*s.opened, func(limit int) bool { return limit != 64 })); n != 1 {
			t.Errorf("%d sessions to calibrate, want one", n)
		}
	})
}
