package streams_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/strategies/streams"
)

// A fakeConn allows a number of requests at a time.
type fakeConn struct {
	mu      sync.Mutex
	allowed int
	now     int // requests on it
	peak    int
	used    int // requests so far
	full    bool
	gone    bool
	closed  bool
}

func (c *fakeConn) Streams() int { return c.allowed }

func (c *fakeConn) Reserve() streams.Room {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.gone || c.closed:
		return streams.Gone
	case c.full || c.now == c.allowed:
		return streams.Full
	}
	c.now++
	c.used++
	c.peak = max(c.peak, c.now)
	return streams.Open
}

func (c *fakeConn) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now--
}

func (c *fakeConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	return nil
}

// A fakeServer opens connections, which takes a second.
type fakeServer struct {
	allowed int
	err     error

	mu    sync.Mutex
	conns []*fakeConn
	wake  []func()
}

func (s *fakeServer) open(changed func()) (*fakeConn, error) {
	time.Sleep(time.Second)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	c := &fakeConn{allowed: s.allowed}
	s.conns, s.wake = append(s.conns, c), append(s.wake, changed)
	return c, nil
}

// run makes n requests by each of that many callers, each of which takes a second or more.
func run(t *testing.T, p *streams.Pool[*fakeConn], callers, n int) {
	t.Helper()
	var all sync.WaitGroup
	defer all.Wait()
	for range callers {
		all.Go(func() {
			for range n {
				place, err := p.Acquire(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				time.Sleep(time.Second + rand.N(time.Second))
				place.Conn.end()
				p.Release(place)
			}
		})
	}
}

func TestPoolOpensAsFewConnectionsAsItNeeds(t *testing.T) {
	for _, c := range []struct{ limit, streams, allowed, conns int }{
		{60, 0, 1000, 1}, {60, 10, 1000, 6}, {61, 10, 1000, 7}, {60, 1, 1000, 60}, {60, 0, 25, 3}, {60, 100, 25, 3}, {1, 10, 1000, 1},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &fakeServer{allowed: c.allowed}
				p := streams.NewPool(c.limit, c.streams, server.open)
				run(t, p, c.limit, 5)
				run(t, p, (c.limit+1)/2, 5) // fewer do not need others
				used := 0
				for _, conn := range server.conns {
					used += conn.used
					if most := min(c.allowed, max(c.streams, c.allowed*(1-min(c.streams, 1)))); conn.peak > most {
						t.Errorf("%d requests at a time on a connection, want at most %d", conn.peak, most)
					}
				}
				if len(server.conns) != c.conns || used != 5*(c.limit+(c.limit+1)/2) {
					t.Errorf("%d connections with %d requests, want %d with %d", len(server.conns), used, c.conns, 5*(c.limit+(c.limit+1)/2))
				}
				p.Close()
				for _, conn := range server.conns {
					if !conn.closed {
						t.Error("a connection is open after Close")
					}
				}
			})
		})
	}
}

func TestPoolHoldsTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{allowed: 1000}
		run(t, streams.NewPool(7, 0, server.open), 40, 3)
		if len(server.conns) != 1 || server.conns[0].peak != 7 || server.conns[0].used != 120 {
			t.Errorf("%d connections, the first with %+v, want one with 7 of 120 requests at a time", len(server.conns), server.conns[0])
		}
	})
}

func TestPoolReplacesConnectionsThatAreGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{allowed: 1000}
		p := streams.NewPool(5, 0, server.open)
		run(t, p, 5, 2)
		server.conns[0].gone = true
		run(t, p, 5, 2)
		if len(server.conns) != 2 || server.conns[1].used != 10 {
			t.Errorf("%d connections, want a second one with 10 requests", len(server.conns))
		}
	})
}

// A connection may say that it is full although it has fewer requests than it allows: then requests wait, and no further
// connection is opened.
func TestPoolWaitsForConnectionsThatAreFullForNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{allowed: 1000}
		p := streams.NewPool(5, 0, server.open)
		run(t, p, 1, 1)
		server.conns[0].full = true
		go func() {
			time.Sleep(time.Minute)
			server.conns[0].mu.Lock()
			server.conns[0].full = false
			server.conns[0].mu.Unlock()
			server.wake[0]()
		}()
		began := time.Now()
		run(t, p, 5, 1)
		if took := time.Since(began); len(server.conns) != 1 || took < time.Minute || took > 2*time.Minute {
			t.Errorf("%d connections, %v: want the first one again after a minute", len(server.conns), took)
		}
	})
}

func TestPoolGivesTheErrorOfTheDialToAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failure := errors.New("no")
		p := streams.NewPool(5, 0, (&fakeServer{err: failure}).open)
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if _, err := p.Acquire(t.Context()); !errors.Is(err, failure) {
					t.Errorf("got %v, want %v", err, failure)
				}
			})
		}
		all.Wait()
	})
}

func TestPoolWaitsNoLongerThanTheContext(t *testing.T) {
	for name, prepare := range map[string]func(*streams.Pool[*fakeConn], *fakeServer){
		"for the dial":  func(*streams.Pool[*fakeConn], *fakeServer) {},
		"for the limit": func(p *streams.Pool[*fakeConn], _ *fakeServer) { _, _ = p.Acquire(context.Background()) },
		"for a full connection": func(p *streams.Pool[*fakeConn], s *fakeServer) {
			place, _ := p.Acquire(context.Background())
			p.Release(place)
			s.conns[0].full = true
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &fakeServer{allowed: 1000}
				p := streams.NewPool(1, 0, server.open)
				prepare(p, server)
				ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				if _, err := p.Acquire(ctx); !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("got %v, want that the time is over", err)
				}
				time.Sleep(2 * time.Second) // the dial goes on, and serves others
			})
		})
	}
}

func TestPoolRefusesAServerThatAllowsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{}
		if _, err := streams.NewPool(5, 0, server.open).Acquire(t.Context()); err == nil || !server.conns[0].closed {
			t.Errorf("got %v, want an error, and the connection closed", err)
		}
	})
}

func TestExpiryMovesAndExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := streams.NewExpiry(time.Now().Add(time.Second))
		for range 10 {
			time.Sleep(900 * time.Millisecond)
			if e.Err() != nil || !e.Move(time.Now().Add(time.Second)) {
				t.Fatal("it has expired before its time")
			}
		}
		began := time.Now()
		<-e.Done()
		if took := time.Since(began); took != time.Second || !errors.Is(e.Err(), context.DeadlineExceeded) || e.Move(time.Now().Add(time.Hour)) {
			t.Errorf("it expired after %v with %v, want after 1s, for good", took, e.Err())
		}
	})
}
