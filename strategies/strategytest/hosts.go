package strategytest

import (
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
)

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
