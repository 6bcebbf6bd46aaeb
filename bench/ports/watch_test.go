package ports

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestShortAddsUpTrialsAsLongAsPortsStayTaken(t *testing.T) {
	for _, c := range []struct {
		lifetime     time.Duration
		each, trials int
		want         int
	}{{Lifetime, 20, 5, 0}, {Lifetime, 20, 6, 120}, {reuseAfter, 20, 6, 0}, {reuseAfter, 120, 1, 120}} {
		w := &Watch{supply: Supply{100, c.lifetime}}
		if got := w.Short(c.each, c.trials); got != c.want {
			t.Errorf("%+v: got %d", c, got)
		}
	}
	if got := (*Watch)(nil).Short(1e9, 1); got != 0 {
		t.Errorf("ports that are not known: got %d", got)
	}
}

// A strategy begins when half of the ports are free, which takes as long as the ports of its predecessor stay taken.
func TestAwaitWaitsForThePortsOfThePredecessor(t *testing.T) {
	for name, c := range map[string]struct {
		opened, taken int
		lifetime      time.Duration
		forever       bool // the tables never change
		least, most   time.Duration
	}{
		"few were opened":          {40, 90, Lifetime, false, 0, 0},
		"many were, and are free":  {300, 40, Lifetime, false, 0, 0},
		"most are taken":           {300, 90, Lifetime, false, 59 * time.Second, 61 * time.Second},
		"most are, for good":       {300, 90, Lifetime, true, 60 * time.Second, 67 * time.Second},
		"most are, but used again": {300, 90, reuseAfter, true, time.Second, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				w := &Watch{supply: Supply{100, c.lifetime}, waiting: func() int {
					if !c.forever && time.Since(began) >= c.lifetime {
						return 0
					}
					return c.taken
				}}
				w.Opened(c.opened)
				w.Await(t.Context())
				if took := time.Since(began); took < c.least || took > c.most {
					t.Errorf("waited %v, want %v to %v", took, c.least, c.most)
				}
				if w.Taken() != 0 {
					t.Error("would wait again")
				}
			})
		})
	}
}

func TestExhaustedTakesBothConnectionsAndTakenPorts(t *testing.T) {
	for _, c := range []struct {
		opened, taken int
		want          bool
	}{{99, 99, true}, {300, 95, true}, {10, 95, false}, {300, 10, false}} {
		w := &Watch{supply: Supply{100, Lifetime}, waiting: func() int { return c.taken }}
		w.Opened(c.opened)
		if got := w.Exhausted(); got != c.want {
			t.Errorf("%+v: got %v", c, got)
		}
	}
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		w := &Watch{supply: Supply{100, Lifetime}, waiting: func() int { return 100 }}
		w.Opened(100)
		if w.Await(ctx); time.Since(began) > time.Second {
			t.Errorf("waited %v", time.Since(began))
		}
	})
}
