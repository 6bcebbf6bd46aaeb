package strategytest

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sweetspot/server"
	"sweetspot/strategies"
)

// The checks of [strategies.Session]: what is in flight, and when. The server counts independently.

func eachRequestIsMadeOnce(t *testing.T, c candidate) {
	const most = 10
	session := Open(t, c, strategies.Target{}, most)
	for _, size := range []struct{ n, limit int }{{100, most}, {103, most}, {3, most}, {1, 1}, {0, 4}} {
		t.Run(fmt.Sprintf("%d at limit %d", size.n, size.limit), func(t *testing.T) {
			var mu sync.Mutex
			seen := map[string]int{}
			srv := c.site(func(_ http.ResponseWriter, r *http.Request) {
				mu.Lock()
				seen[r.URL.Path]++
				mu.Unlock()
			})
			defer srv.Close()

			var urls []string
			want := map[string]int{}
			for i := range max(size.n, 1) {
				urls = append(urls, fmt.Sprintf("%s/%d", srv.URL, i))
			}
			for i := range size.n {
				want[fmt.Sprintf("/%d", i)] = 1
			}
			w := NewWork(int64(size.n), urls...)
			must(t, session.Run(t.Context(), size.limit, w))
			w.Check(t)
			mu.Lock()
			defer mu.Unlock()
			if diff := cmp.Diff(want, seen); diff != "" {
				t.Errorf("requests the server saw (-want +got):\n%s", diff)
			}
			if got := w.Classes()[strategies.OK]; got != size.n {
				t.Errorf("%d succeeded, want %d: %s", got, size.n, w.Errors())
			}
		})
	}
}

func exactlyLimitAreInFlight(t *testing.T, c candidate) {
	const limit = 7
	srv := c.server(t, server.Config{Delay: c.delay(20 * time.Millisecond)})
	Run(t, c, strategies.Target{}, limit, NewWork(5*limit, srv.URL()))
	if got, want := srv.Stats().PeakInFlight, int64(c.Limit(limit)); got != want {
		t.Errorf("the server saw %d in flight, want %d", got, want)
	}
}

func sessionHoldsLowerLimits(t *testing.T, c candidate) {
	srv := c.server(t, server.Config{Delay: c.delay(20 * time.Millisecond)})
	session := Open(t, c, strategies.Target{}, 9)
	for _, limit := range []int{9, 4, 1} {
		srv.Reset()
		if err := session.Run(t.Context(), limit, NewWork(int64(4*limit), srv.URL())); err != nil {
			t.Fatal(err)
		}
		if got, want := srv.Stats().PeakInFlight, int64(c.Limit(limit)); got != want {
			t.Errorf("limit %d: the server saw %d in flight, want %d", limit, got, want)
		}
	}
	if err := session.Run(t.Context(), 0, NewWork(1, srv.URL())); err == nil {
		t.Error("limit 0: want an error")
	}
}

func connectionsOutliveARun(t *testing.T, c candidate) {
	const limit = 5
	skipIf(t, c.traits.Stateless, "it keeps no connections")
	srv := c.server(t, server.Config{Delay: c.delay(time.Millisecond)})
	session := Open(t, c, strategies.Target{}, limit)
	for range 4 {
		if err := session.Run(t.Context(), limit, NewWork(10*limit, srv.URL())); err != nil {
			t.Fatal(err)
		}
		if got, want := session.Usage().Connections, c.connections(limit); got != want {
			t.Errorf("a run used %d connections, want %d", got, want)
		}
	}
	if got := srv.Stats().Connections; got > limit {
		t.Errorf("the server saw %d connections, want at most %d", got, limit)
	}
}

func cancellationWaits(t *testing.T, c candidate) {
	const limit = 6
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(), // fasthttp ends these goroutines some time after the last connection is closed
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*Client).mCleaner"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*HostClient).connsCleaner"))
	srv, err := server.Start(c.speaking(server.Config{Delay: 50 * time.Millisecond}))
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	session, err := c.Open(t.Context(), strategies.Target{}, limit)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()

	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(120*time.Millisecond, cancel)
	w := NewWork(1<<40, srv.URL())
	if err := session.Run(ctx, limit, w); err != nil {
		t.Fatal(err)
	}
	w.Check(t)
	stats := srv.Stats()
	if got := int64(w.Classes()[strategies.OK]); got != w.Started || got != stats.Status[200] {
		t.Errorf("%d succeeded, want all of the %d started and the %d the server answered: %s",
			got, w.Started, stats.Status[200], w.Errors())
	}
	if stats.InFlight != 0 {
		t.Errorf("%d are in flight after the run", stats.InFlight)
	}
}

func cancelledRunStartsNothing(t *testing.T, c candidate) {
	srv := c.server(t, server.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := NewWork(10, srv.URL())
	if err := Open(t, c, strategies.Target{}, 3).Run(ctx, 3, w); err != nil {
		t.Fatal(err)
	}
	if got := srv.Stats().Requests; got != 0 || w.Started != 0 {
		t.Errorf("%d requests were started and %d seen, want none", w.Started, got)
	}
}

// connectionsAreKeptToEveryHost checks that a load over several hosts keeps its connections to each of them.
func connectionsAreKeptToEveryHost(t *testing.T, c candidate) {
	const hosts, limit, perHost = 3, 4, 50
	skipIf(t, c.traits.Stateless, "it keeps no connections")
	skipIf(t, c.traits.OnePool, "it keeps no more connections than its limit")
	var (
		servers []*server.Server
		urls    []string
	)
	for range hosts {
		srv := c.server(t, server.Config{Delay: time.Millisecond})
		servers, urls = append(servers, srv), append(urls, srv.URL())
	}
	session := Open(t, c, strategies.Target{}, limit)
	w := NewWork(hosts*perHost, urls...)
	if err := session.Run(t.Context(), limit, w); err != nil {
		t.Fatal(err)
	}
	w.Check(t)
	if got := w.Classes()[strategies.OK]; got != hosts*perHost {
		t.Errorf("%d of %d succeeded: %s", got, hosts*perHost, w.Errors())
	}
	for i, srv := range servers {
		if got, most := srv.Stats().Connections, int64(c.Limit(limit)); got > most {
			t.Errorf("host %d saw %d connections, want at most %d", i, got, most)
		}
	}
}
