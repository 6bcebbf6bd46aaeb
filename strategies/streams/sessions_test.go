package streams

import (
	"crypto/tls"
	"testing"
)

// Connections that resume one session at a time must not share what quic-go writes to.
func TestEachConnectionResumesACopyOfASession(t *testing.T) {
	shared := &tls.SessionState{EarlyData: true}
	session, err := tls.NewResumptionState([]byte("ticket"), shared)
	if err != nil {
		t.Fatal(err)
	}
	cache := sessionCopies{tls.NewLRUClientSessionCache(1)}
	if got, found := cache.Get("host"); got != nil || found {
		t.Errorf("an empty cache has %v, %v", got, found)
	}
	cache.Put("host", session)
	for range 2 {
		got, found := cache.Get("host")
		if !found {
			t.Fatal("the session is not in the cache")
		}
		ticket, state, err := got.ResumptionState()
		if err != nil || string(ticket) != "ticket" || !state.EarlyData {
			t.Errorf("got the ticket %q and the state %+v, %v", ticket, state, err)
		}
		state.EarlyData = false
	}
	if !shared.EarlyData {
		t.Error("the cache's own session was written to")
	}
}
