package bench_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// doors counts the sessions of the strategies that share it.
type doors struct {
	mu sync.Mutex // sessions are closed at the same time
	passed
}

type passed struct{ opened, open, most int }

// counting is a simulated strategy whose sessions are counting. It cannot be opened if it has a reason.
type counting struct {
	simulated
	doors  *doors
	reason error
}

func (c counting) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	if c.reason != nil {
		return nil, c.reason
	}
	c.doors.mu.Lock()
	defer c.doors.mu.Unlock()
	c.doors.opened++
	c.doors.open++
	c.doors.most = max(c.doors.most, c.doors.open)
	return c, nil
}

func (c counting) Close() error {
	c.doors.mu.Lock()
	defer c.doors.mu.Unlock()
	c.doors.open--
	return nil
}

func (c counting) Version() string { return c.name + " 1.0" }

func entry(d *doors, name string, limit int, reason error) bench.Entry {
	return bench.Entry{Strategy: counting{simulated{name: name, latency: always(time.Millisecond)}, d, reason}, Limit: limit}
}

// batches makes the entries' batches and returns what became of them, with the trials by strategy and limit in their order.
func batches(t *testing.T, repeats int, seed uint64, entries ...bench.Entry) (k kept, order, warnings []string, err error) {
	synctest.Test(t, func(t *testing.T) {
		observer := k.observer()
		observer.Version = func(strategy, version string) {
			if version != strategy+" 1.0" {
				t.Errorf("%s: version %q", strategy, version)
			}
		}
		var found bench.Findings
		found, err = bench.Batches{
			Entries: entries, Repeats: repeats, Seed: seed,
		}.Run(t.Context(), bench.Load{URLs: address(t), Requests: 12}, observer)
		warnings = results.Words(found.Warnings)
	})
	for _, trial := range k.trials {
		order = append(order, fmt.Sprintf("%s at %d", trial.Strategy, trial.Limit))
	}
	return k, order, warnings, err
}

func TestBatchesOpenOneSessionPerBatch(t *testing.T) {
	var d doors
	k, order, warnings, err := batches(t, 4, 1, entry(&d, "a", 3, nil), entry(&d, "a", 12, nil), entry(&d, "b", 1, nil))
	if err != nil || len(warnings) != 0 {
		t.Fatal(err, warnings)
	}
	if d.passed != (passed{opened: 12, open: 0, most: 1}) {
		t.Errorf("sessions %+v, want 12, one at a time, all closed", d.passed)
	}
	for i, trial := range k.trials {
		if trial.Started != 12 || trial.Succeeded != 12 || trial.Block != i/3 {
			t.Errorf("trial %d: %d of %d requests in block %d, want 12 of 12 in %d", i, trial.Succeeded, trial.Started, trial.Block, i/3)
		}
	}
	for block := range slices.Chunk(order, 3) {
		if got := strings.Join(slices.Sorted(slices.Values(block)), ", "); got != "a at 12, a at 3, b at 1" {
			t.Errorf("a block of %s", got)
		}
	}
	if _, again, _, _ := batches(t, 4, 1, entry(&d, "a", 3, nil), entry(&d, "a", 12, nil), entry(&d, "b", 1, nil)); !slices.Equal(order, again) {
		t.Errorf("the same seed gave %v, then %v", order, again)
	}
}

func TestBatchesLeaveOutAnEntryThatCannotBeOpened(t *testing.T) {
	var d doors
	missing := errors.New("b: want apt install b, or pip install b")
	_, order, warnings, err := batches(t, 3, 1, entry(&d, "a", 2, nil), entry(&d, "b", 2, missing))
	if err != nil || len(order) != 3 || d.open != 0 {
		t.Errorf("got %v and %v, want three batches of a", order, err)
	}
	if want := "left out: b: want apt install b, or pip install b"; !slices.Equal(warnings, []string{want}) {
		t.Errorf("got %q, want %q", warnings, want)
	}
	if _, _, _, err := batches(t, 3, 1, entry(&d, "b", 2, missing)); !errors.Is(err, missing) {
		t.Errorf("got %v, want %v", err, missing)
	}
}

func TestBatchesEndWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			d       doors
			trials  int
			ctx, up = context.WithTimeout(t.Context(), 250*time.Millisecond) // a batch and the pause after it take 106 ms
		)
		defer up()
		_, err := bench.Batches{
			Entries: []bench.Entry{entry(&d, "a", 2, nil)}, Repeats: 100,
		}.Run(ctx, bench.Load{URLs: address(t), Requests: 12}, bench.Observer{Keep: func(results.Trial) error { trials++; return nil }})
		if !errors.Is(err, context.DeadlineExceeded) || trials < 2 || trials > 3 || d.open != 0 {
			t.Errorf("got %v after %d batches, with %d sessions open", err, trials, d.open)
		}
	})
}

// Each batch of a comparison has a session of its own too, unless it is warmed up. So has the second copy.
func TestComparisonOfBatchesStartsEachCold(t *testing.T) {
	for name, c := range map[string]struct {
		load     bench.Load
		sessions passed
	}{
		"batches":               {bench.Load{Requests: 12}, passed{opened: 30, most: 1}},
		"batches, as by a flag": {bench.Load{Requests: 12, Warmup: bench.Automatic}, passed{opened: 30, most: 1}},
		"warm batches":          {bench.Load{Requests: 12, Warmup: time.Second}, passed{opened: 3, most: 3}},
		"windows":               {bench.Load{Duration: 100 * time.Millisecond, Warmup: bench.Automatic}, passed{opened: 3, most: 3}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var d doors
			c.load.URLs = address(t)
			var k kept
			found, err := bench.Comparison{
				Strategies: []strategies.Strategy{entry(&d, "a", 0, nil).Strategy, entry(&d, "b", 0, nil).Strategy}, Limit: 2, Repeats: 10,
			}.Run(t.Context(), c.load, k.observer())
			if err != nil || len(k.trials) != 30 || d.passed != c.sessions {
				t.Errorf("%s: %v after %d trials in sessions %+v, want %+v", name, err, len(k.trials), d.passed, c.sessions)
			}
			if len(found.Strategies) != 2 || found.Strategies[0].VersusLow == nil {
				t.Errorf("%s: the strategies were not compared: %v", name, found.Warnings)
			}
		})
	}
}

func TestComparisonOfBatchesLeavesOutWhatCannotBeOpened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d doors
		missing := errors.New("b: want apt install b")
		a, b := entry(&d, "a", 2, nil).Strategy, entry(&d, "b", 2, missing).Strategy
		run := func(all ...strategies.Strategy) (kept, bench.Findings, error) {
			var k kept
			found, err := bench.Comparison{
				Strategies: all, Limit: 2, Repeats: 3, Against: &bench.SecondTarget{URLs: address(t)},
			}.Run(t.Context(), bench.Load{URLs: address(t), Requests: 12}, k.observer())
			return k, found, err
		}
		k, found, err := run(a, b)
		if err != nil || len(k.trials) != 6 || !slices.Equal(results.Words(found.Warnings), []string{"left out: b: want apt install b", "to name a winner takes at least 10 complete blocks, not 3"}) {
			t.Errorf("%v after %d trials, with warnings %q", err, len(k.trials), results.Words(found.Warnings))
		}
		if _, _, err := run(b); !errors.Is(err, missing) || err.Error() != missing.Error() {
			t.Errorf("got %v, want %v", err, missing)
		}
	})
}
