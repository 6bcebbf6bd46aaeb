package bench_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// hanging is a strategy whose requests are never answered. They end when the session is closed, unless the strategy is deaf.
type hanging struct {
	simulated
	deaf    bool          // nothing ends its requests
	opening bool          // Open does not return before the test is over
	answers int           // requests that are answered at once, before the others hang
	over    chan struct{} // closed when the test is over
	closed  chan struct{}
	once    *sync.Once
}

// hangingStrategy returns a strategy whose Runs and Opens have returned when the test is over.
func hangingStrategy(t *testing.T, name string, change func(*hanging)) hanging {
	h := hanging{simulated: simulated{name: name}, over: make(chan struct{}), closed: make(chan struct{}), once: &sync.Once{}}
	if change != nil {
		change(&h)
	}
	t.Cleanup(func() { close(h.over) })
	return h
}

func (h hanging) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	if h.opening {
		<-h.over
	}
	return h, nil
}

func (h hanging) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

func (h hanging) Run(ctx context.Context, limit int, work strategies.Work) error {
	closed := h.closed
	if h.deaf {
		closed = h.over
	}
	var workers sync.WaitGroup
	defer workers.Wait()
	for range limit {
		workers.Go(func() {
			worker := work.Worker()
			var request strategies.Request
			for worker.Next(ctx, &request) {
				if request.Index < int64(h.answers) {
					time.Sleep(10 * time.Millisecond)
					worker.Done(&request, strategies.Answered(200, 1, nil))
					continue
				}
				<-closed
				worker.Done(&request, strategies.Failed(fmt.Errorf("read: %w", net.ErrClosed)))
			}
		})
	}
	return nil
}

// Whatever is under way, an interrupted plan returns within a second, and what was in flight is counted as cut off.
func TestInterruptedPlansEndWithinASecond(t *testing.T) {
	window := bench.Load{Duration: time.Second, Warmup: bench.Automatic}
	for name, test := range map[string]struct {
		change  func(*hanging)
		load    bench.Load
		succeed int64
		cutOff  int64
		broken  bool // whether its trial has an error instead
		none    bool // whether there is no trial
	}{
		"a window in which nothing is answered": {nil, window, 0, 4, false, false},
		"a batch in which nothing is answered":  {nil, bench.Load{Requests: 100}, 0, 4, false, false},
		"a batch whose end is not answered":     {func(h *hanging) { h.answers = 50 }, bench.Load{Requests: 54}, 50, 4, false, false},
		"a window that begins to hang":          {func(h *hanging) { h.answers = 100 }, window, 23, 4, false, false},
		"a strategy that does not return":       {func(h *hanging) { h.deaf = true }, window, 0, 0, true, false},
		"a strategy that does not open":         {func(h *hanging) { h.opening = true }, window, 0, 0, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(2*time.Second, cancel)
				began := time.Now()
				var k kept
				test.load.URLs = address(t)
				_, err := bench.Comparison{
					Strategies: []strategies.Strategy{hangingStrategy(t, "a", test.change), hangingStrategy(t, "b", test.change)}, Limit: 4, Repeats: 3,
				}.Run(ctx, test.load, k.observer())
				if took := time.Since(began); took > 3*time.Second || !errors.Is(err, context.Canceled) {
					t.Errorf("returned %v after the interrupt with error %v, want that it was interrupted within a second", took-2*time.Second, err)
				}
				if test.none != (len(k.trials) == 0) || len(k.trials) > 1 {
					t.Fatalf("%d trials, want that the other strategy has no turn", len(k.trials))
				}
				for _, got := range k.trials {
					if got.Purpose != results.Interrupted || (got.Error != "") != test.broken {
						t.Errorf("purpose %q, error %q", got.Purpose, got.Error)
					}
					if got.Succeeded != test.succeed || got.CutOff != test.cutOff || got.Failures() != 0 || got.FirstError != "" {
						t.Errorf("%d succeeded, %d failed (%s), %d were cut off, want %d, none and %d",
							got.Succeeded, got.Failures(), got.FirstError, got.CutOff, test.succeed, test.cutOff)
					}
				}
			})
		})
	}
}

// A sweep and batches are interrupted in the same way, and so is the examination of a client.
func TestEveryPlanIsInterrupted(t *testing.T) {
	for name, plan := range map[string]func(s strategies.Strategy) bench.Plan{
		"sweep": func(s strategies.Strategy) bench.Plan {
			return bench.Sweep{Strategies: []strategies.Strategy{s}, Min: 1, Max: 64, Share: 0.97, Budget: time.Hour}
		},
		"batches": func(s strategies.Strategy) bench.Plan {
			return bench.Batches{Entries: []bench.Entry{{Strategy: s, Limit: 4}}, Repeats: 3}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(2*time.Second, cancel)
				began := time.Now()
				var k kept
				_, err := plan(hangingStrategy(t, "a", nil)).Run(ctx, bench.Load{URLs: address(t), Requests: 100}, k.observer())
				if took := time.Since(began); took > 3*time.Second || !errors.Is(err, context.Canceled) {
					t.Errorf("returned after %v with error %v", took, err)
				}
				if len(k.trials) != 1 || k.trials[0].CutOff == 0 {
					t.Errorf("trials %+v, want one with what was in flight", k.trials)
				}
			})
		})
	}
}
