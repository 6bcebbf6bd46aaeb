package strategies_test

import (
	"testing"

	"sweetspot/server"
	"sweetspot/server/capacity"
	"sweetspot/strategies"
)

// Against a server that gets slower the more requests it has, the limit stays below the one allowed, and is reported.
func TestAnAdaptiveLimitIsReported(t *testing.T) {
	const allowed = 200
	srv := witness(t, server.Config{Capacity: capacity.USL{PerSecond: 2000, Sigma: 0.4, Kappa: 0.01}})
	s, err := strategies.Get("adaptive")
	if err != nil {
		t.Fatal(err)
	}
	session := open(t, s, strategies.Target{}, allowed)
	w := newWork(1500, srv.URL())
	if err := session.Run(t.Context(), allowed, w); err != nil {
		t.Fatal(err)
	}
	w.check(t)
	if got := session.Usage().Limit; got < 1 || got >= allowed {
		t.Errorf("it settled on %d, want less than the %d allowed", got, allowed)
	}
	if got := srv.Stats().PeakInFlight; got > allowed {
		t.Errorf("the server saw %d at once, want at most %d", got, allowed)
	}
}
