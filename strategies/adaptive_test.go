package strategies_test

import (
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/server/capacity"
	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

// The limit follows the latencies of successes and is reported. It never exceeds the limit of the run.
func TestAdaptiveLimitFollowsTheLatencies(t *testing.T) {
	const (
		allowed = 200
		start   = 20
	)
	slow := settled(t, allowed, server.Config{Capacity: capacity.USL{PerSecond: 2000, Sigma: 0.4, Kappa: 0.01}})
	fast := settled(t, allowed, server.Config{Delay: 10 * time.Millisecond})
	if slow < 1 || slow >= fast || fast <= start {
		t.Errorf("it settled on %d where requests slow each other down, and on %d where they do not", slow, fast)
	}
	if refused := settled(t, allowed, server.Config{Fail: server.Failures{Status429: 1}}); refused != start {
		t.Errorf("it settled on %d where all requests fail, want the %d that it starts with", refused, start)
	}
}

// settled returns the limit that the strategy has chosen after some thousand requests.
func settled(t *testing.T, allowed int, config server.Config) int {
	t.Helper()
	srv := strategytest.Server(t, config)
	s, err := strategies.Get("adaptive")
	if err != nil {
		t.Fatal(err)
	}
	session := strategytest.Open(t, s, strategies.Target{}, allowed)
	w := strategytest.NewWork(4000, srv.URL())
	if err := session.Run(t.Context(), allowed, w); err != nil {
		t.Fatal(err)
	}
	w.Check(t)
	if got := srv.Stats().PeakInFlight; got > int64(allowed) {
		t.Errorf("the server saw %d in flight, want at most %d", got, allowed)
	}
	return session.Usage().Limit
}
