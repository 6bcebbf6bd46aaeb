package arrivals_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench/arrivals"
)

// clock returns a clock that begins now.
func clock() func() time.Duration {
	began := time.Now()
	return func() time.Duration { return time.Since(began) }
}

func TestTakeHandsOutEachArrivalOnceWhenItIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 100
		now := clock()
		time.Sleep(time.Second) // the arrivals begin when the first is asked for
		source := arrivals.Open(arrivals.Poisson, 50, 1, n, 10, now)
		defer source.Close()
		var (
			mu    sync.Mutex
			taken []int64
			all   sync.WaitGroup
		)
		for range 7 {
			all.Go(func() {
				for {
					a, ok := source.Take(t.Context())
					if !ok {
						return
					}
					if a.Due != now() {
						t.Errorf("arrival %d, due at %v, was handed out at %v", a.Index, a.Due, now())
					}
					mu.Lock()
					taken = append(taken, a.Index)
					mu.Unlock()
				}
			})
		}
		all.Wait()
		var due []int64
		source.Due(0, now()+1, func(a arrivals.Arrival) { due = append(due, a.Index) })
		if !slices.Equal(taken, due) || len(due) != n {
			t.Errorf("handed out %v, due were %v", taken, due)
		}
	})
}

func TestTakeEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := arrivals.Open(arrivals.Constant, 1, 1, 1<<40, 10, clock())
		defer source.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				for ok := true; ok; _, ok = source.Take(ctx) {
				}
			})
		}
		all.Wait() // else the test ends in a deadlock
		if a, ok := source.Claim(); !ok || a.Index != 3 {
			t.Errorf("%+v, %v: two were handed out, and one was claimed by whoever waited at the end", a, ok)
		}
	})
}

// What waits for a slot could begin when the slot became free, and not when it was due.
func TestBeginSaysSinceWhenASlotWasFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := arrivals.Open(arrivals.Constant, 1, 1, 10, 2, clock())
		defer source.Close()
		if at := source.Begin(0); at != 0 {
			t.Errorf("the first: %v", at)
		}
		source.Begin(0)
		if at := source.Begin(0); at != arrivals.NoSlot {
			t.Errorf("a third of two: %v, want none", at)
		}
		source.End() // the third
		time.Sleep(time.Second)
		source.End()
		time.Sleep(time.Second)
		if at := source.Begin(500 * time.Millisecond); at != time.Second {
			t.Errorf("due before a slot was free: %v, want when it was", at)
		}
		source.End()
		if at := source.Begin(3 * time.Second); at != 3*time.Second {
			t.Errorf("due later: %v, want when it is due", at)
		}
	})
}
