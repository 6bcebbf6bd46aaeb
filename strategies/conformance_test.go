package strategies_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sweetspot/server"
	"sweetspot/strategies"
)

// These tests hold every strategy to the contract of [strategies.Session]. The server is the witness.

func witness(t *testing.T, config server.Config) *server.Server {
	t.Helper()
	s, err := server.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close server: %v", err)
		}
	})
	return s
}

func TestEachRequestIsMadeExactlyOnce(t *testing.T) {
	for _, size := range []struct{ n, limit int }{{100, 10}, {103, 10}, {3, 10}, {1, 1}, {0, 4}} {
		t.Run(fmt.Sprintf("%d at limit %d", size.n, size.limit), func(t *testing.T) {
			everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
				var mu sync.Mutex
				seen := map[string]int{}
				srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					mu.Lock()
					seen[r.URL.Path]++
					mu.Unlock()
				}))
				defer srv.Close()

				var urls []string
				want := map[string]int{}
				for i := range max(size.n, 1) {
					urls = append(urls, fmt.Sprintf("%s/%d", srv.URL, i))
				}
				for i := range size.n {
					want[fmt.Sprintf("/%d", i)] = 1
				}
				w := newWork(int64(size.n), urls...)
				run(t, s, strategies.Target{}, size.limit, w)
				if diff := cmp.Diff(want, seen); diff != "" {
					t.Errorf("requests the server saw (-want +got):\n%s", diff)
				}
				if got := w.classes()[strategies.OK]; got != size.n {
					t.Errorf("%d succeeded, want %d: %s", got, size.n, w.errors())
				}
			})
		})
	}
}

func TestExactlyLimitAreInFlight(t *testing.T) {
	const limit = 7
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		srv := witness(t, server.Config{Delay: unhurried(s, 20*time.Millisecond)})
		run(t, s, strategies.Target{}, limit, newWork(5*limit, srv.URL()))
		if got, want := srv.Stats().PeakInFlight, int64(s.Limit(limit)); got != want {
			t.Errorf("the server saw %d at once, want %d", got, want)
		}
	})
}

func TestASessionHoldsALimitBelowItsLargest(t *testing.T) {
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		srv := witness(t, server.Config{Delay: unhurried(s, 20*time.Millisecond)})
		session := open(t, s, strategies.Target{}, 9)
		for _, limit := range []int{9, 4, 1} {
			srv.Reset()
			if err := session.Run(t.Context(), limit, newWork(int64(4*limit), srv.URL())); err != nil {
				t.Fatal(err)
			}
			if got, want := srv.Stats().PeakInFlight, int64(s.Limit(limit)); got != want {
				t.Errorf("limit %d: the server saw %d at once, want %d", limit, got, want)
			}
		}
		if err := session.Run(t.Context(), 0, newWork(1, srv.URL())); err == nil {
			t.Error("limit 0: want an error")
		}
	})
}

func TestConnectionsOutliveARun(t *testing.T) {
	const limit = 5
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		excused(t, traits(s).Anew, "it keeps no connection")
		srv := witness(t, server.Config{Delay: unhurried(s, time.Millisecond)})
		session := open(t, s, strategies.Target{}, limit)
		for range 4 {
			if err := session.Run(t.Context(), limit, newWork(10*limit, srv.URL())); err != nil {
				t.Fatal(err)
			}
			if got, want := session.Usage().Connections, s.Limit(limit); got != want {
				t.Errorf("a run used %d connections, want %d", got, want)
			}
		}
		if got := srv.Stats().Connections; got > limit {
			t.Errorf("the server saw %d connections, want at most %d", got, limit)
		}
	})
}

func TestCancellationStartsNothingNewAndWaits(t *testing.T) {
	const limit = 6
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		defer goleak.VerifyNone(t, goleak.IgnoreCurrent(), housekeeping("mCleaner"), housekeeping("connsCleaner"))
		srv, err := server.Start(server.Config{Delay: 50 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		session, err := s.Open(t.Context(), strategies.Target{}, limit)
		if err != nil {
			t.Fatal(err)
		}
		defer session.Close()

		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(120*time.Millisecond, cancel)
		w := newWork(1<<40, srv.URL())
		if err := session.Run(ctx, limit, w); err != nil {
			t.Fatal(err)
		}
		w.check(t)
		stats := srv.Stats()
		if got := int64(w.classes()[strategies.OK]); got != w.started || got != stats.Status[200] {
			t.Errorf("%d succeeded, want all of the %d started and the %d the server answered: %s",
				got, w.started, stats.Status[200], w.errors())
		}
		if stats.InFlight != 0 {
			t.Errorf("%d are in flight after the run", stats.InFlight)
		}
	})
}

// housekeeping ignores goroutines that fasthttp ends by itself, a while after the last connection is closed.
func housekeeping(name string) goleak.Option {
	if name == "mCleaner" {
		return goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*Client)." + name)
	}
	return goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*HostClient)." + name)
}

func TestACancelledRunStartsNothing(t *testing.T) {
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		srv := witness(t, server.Config{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w := newWork(10, srv.URL())
		if err := open(t, s, strategies.Target{}, 3).Run(ctx, 3, w); err != nil {
			t.Fatal(err)
		}
		if got := srv.Stats().Requests; got != 0 || w.started != 0 {
			t.Errorf("%d requests were started and %d seen, want none", w.started, got)
		}
	})
}
