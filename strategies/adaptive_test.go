package strategies

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/strategies/network"
)

// The limit follows the latencies of successes and is reported. It never exceeds the limit of the run.
func TestAdaptiveLimitFollowsTheLatencies(t *testing.T) {
	const allowed = 200
	slow := settled(t, allowed, &simulated{latency: func(inFlight int64) time.Duration { // a server that shares 2,000 per second
		return time.Duration(inFlight) * time.Second / 2000
	}})
	fast := settled(t, allowed, &simulated{latency: func(int64) time.Duration { return 10 * time.Millisecond }})
	if slow < 1 || slow >= fast || fast <= adaptiveStart {
		t.Errorf("it settled on %d where requests slow each other down, and on %d where they do not", slow, fast)
	}
	if refused := settled(t, allowed, &simulated{class: BadStatus, latency: func(int64) time.Duration { return time.Millisecond }}); refused != adaptiveStart {
		t.Errorf("it settled on %d where all requests fail, want the %d that it starts with", refused, adaptiveStart)
	}
}

// The limiter lives as long as the session: a Run goes on from the limit that the Run before has found. Another limit that is allowed
// has a limiter of its own.
func TestAdaptiveLimiterLivesAsLongAsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const allowed = 200
		server := &simulated{latency: func(int64) time.Duration { return 10 * time.Millisecond }}
		session, err := adaptive.With(Client{Name: "simulated", Open: server.open}).Open(t.Context(), Target{}, allowed)
		if err != nil {
			t.Fatal(err)
		}
		defer session.Close()
		run := func(limit int, requests int64) int {
			work := &countdown{}
			work.left.Store(requests)
			if err := session.Run(t.Context(), limit, work); err != nil {
				t.Fatal(err)
			}
			return session.Usage().Limit
		}
		found := run(allowed, 10_000)
		if found <= adaptiveStart {
			t.Fatalf("it found %d, want more than the %d that it starts with", found, adaptiveStart)
		}
		if other := run(allowed/2, 10); other > found/2 {
			t.Errorf("another limit begins at %d, want about %d", other, adaptiveStart)
		}
		if again := run(allowed, 10); again < found {
			t.Errorf("the next run begins at %d, want the %d that was found", again, found)
		}
	})
}

// A session is settling until the mean of its limit stays where it is.
func TestAdaptiveSettles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &simulated{latency: func(inFlight int64) time.Duration {
			return max(10*time.Millisecond, time.Duration(inFlight)*time.Second/2000)
		}}
		session, err := adaptive.With(Client{Name: "simulated", Open: server.open}).Open(t.Context(), Target{}, 200)
		if err != nil {
			t.Fatal(err)
		}
		defer session.Close()
		ctx, cancel := context.WithCancel(t.Context())
		work := &countdown{}
		work.left.Store(1 << 40)
		ended := make(chan error)
		go func() { ended <- session.Run(ctx, 200, work) }()
		began := time.Now()
		time.Sleep(settleSpan)
		if !session.Usage().Settling {
			t.Error("it has settled before there were two spans of time to compare")
		}
		for session.Usage().Settling && time.Since(began) < 2*time.Minute {
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(began); took > 64*time.Second { // the seventh span
			t.Errorf("it took %v to settle", took)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		settledOn := session.Usage().Limit
		work.left.Store(100)
		if err := session.Run(t.Context(), 200, work); err != nil || session.Usage().Settling {
			t.Errorf("%v, settling %v: want the next run to begin settled", err, session.Usage().Settling)
		}
		t.Logf("settled on %d after %v", settledOn, time.Since(began))
	})
}

// settled returns the limit that the strategy has chosen after some thousand requests, in virtual time.
func settled(t *testing.T, allowed int, server *simulated) (limit int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		session, err := adaptive.With(Client{Name: "simulated", Open: server.open}).Open(t.Context(), Target{}, allowed)
		if err != nil {
			t.Fatal(err)
		}
		defer session.Close()
		work := &countdown{}
		work.left.Store(4000)
		if err := session.Run(t.Context(), allowed, work); err != nil {
			t.Fatal(err)
		}
		limit = session.Usage().Limit
	})
	if server.peak.Load() > int64(allowed) {
		t.Errorf("%d were in flight, want at most %d", server.peak.Load(), allowed)
	}
	return limit
}

// simulated is a server, with its client, whose latency depends on how many requests are in flight.
type simulated struct {
	class          Class
	latency        func(inFlight int64) time.Duration
	inFlight, peak atomic.Int64
}

func (s *simulated) open(Target, *network.Network, int) Stack { return s }
func (s *simulated) Caller() Caller                           { return s }
func (s *simulated) Close()                                   {}

func (s *simulated) Do(*Request) Outcome {
	n := s.inFlight.Add(1)
	defer s.inFlight.Add(-1)
	for peak := s.peak.Load(); n > peak && !s.peak.CompareAndSwap(peak, n); peak = s.peak.Load() {
	}
	time.Sleep(s.latency(n))
	return Outcome{Class: s.class}
}

// countdown is a Work with a number of requests.
type countdown struct{ left atomic.Int64 }

func (c *countdown) Worker() Worker { return c }
func (c *countdown) Next(ctx context.Context, _ *Request) bool {
	return c.left.Add(-1) >= 0 && ctx.Err() == nil
}
func (c *countdown) Done(*Request, Outcome) {}
