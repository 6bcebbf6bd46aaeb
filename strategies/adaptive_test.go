package strategies_test

import (
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/server/capacity"
	"sweetspot/strategies"
)

// The limit moves with the latencies of successes, and is reported; it stays within the one allowed.
func TestAnAdaptiveLimitFollowsTheLatencies(t *testing.T) {
	const (
		allowed = 200
		start   = 20
	)
	crowded := settled(t, allowed, server.Config{Capacity: capacity.USL{PerSecond: 2000, Sigma: 0.4, Kappa: 0.01}})
	roomy := settled(t, allowed, server.Config{Delay: 10 * time.Millisecond})
	if crowded < 1 || crowded >= roomy || roomy <= start {
		t.Errorf("it settled on %d where requests get in each other's way, and on %d where they do not", crowded, roomy)
	}
	if refused := settled(t, allowed, server.Config{Fail: server.Failures{Status429: 1}}); refused != start {
		t.Errorf("it settled on %d where all are refused, want the %d that it starts with", refused, start)
	}
}

// settled returns the limit that the strategy has settled on after some thousand requests.
func settled(t *testing.T, allowed int, config server.Config) int {
	t.Helper()
	srv := witness(t, config)
	s, err := strategies.Get("adaptive")
	if err != nil {
		t.Fatal(err)
	}
	session := open(t, s, strategies.Target{}, allowed)
	w := newWork(4000, srv.URL())
	if err := session.Run(t.Context(), allowed, w); err != nil {
		t.Fatal(err)
	}
	w.check(t)
	if got := srv.Stats().PeakInFlight; got > int64(allowed) {
		t.Errorf("the server saw %d at once, want at most %d", got, allowed)
	}
	return session.Usage().Limit
}
