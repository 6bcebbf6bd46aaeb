package strategies_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

// A server that closes connections after their first answer gets one request per connection. Callers that compete for few
// connections then meet one after the other that has been used. None of these connections may count against a request.
func TestUsedConnectionsNeverFailRequests(t *testing.T) {
	for _, name := range []string{"unbounded", "unbounded+fasthttp"} {
		t.Run(name, func(t *testing.T) {
			s, err := strategies.Get(name)
			if err != nil {
				t.Fatal(err)
			}
			var kept atomic.Bool
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if kept.Load() {
					return
				}
				conn, buffered, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				_, _ = buffered.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				_ = buffered.Flush()
				_ = conn.(*net.TCPConn).CloseWrite()
			}))
			defer srv.Close()
			session, err := s.Open(t.Context(), strategies.Target{}, 1)
			if err != nil {
				t.Fatal(err)
			}
			defer session.Close()
			run := func(n int64) *strategytest.Work {
				w := strategytest.NewWork(n, srv.URL)
				if err := session.Run(t.Context(), 1, w); err != nil {
					t.Fatal(err)
				}
				return w
			}
			run(40) // some of these are lost until the habit is known
			kept.Store(true)
			const n = 200 // fewer than between two probes of the habit
			if w := run(n); w.Classes()[strategies.OK] != n {
				t.Errorf("got %v, want %d of class ok: %s", w.Classes(), n, w.Errors())
			}
		})
	}
}
