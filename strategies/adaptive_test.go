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
