package strategies_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

// overTLS runs a test with every client in this process.
func overTLS(t *testing.T, test func(t *testing.T, s strategies.Strategy)) {
	for _, name := range []string{"pool", "fasthttp"} {
		t.Run(name, func(t *testing.T) {
			s, err := strategies.Get(name)
			if err != nil {
				t.Fatal(err)
			}
			test(t, s)
		})
	}
}

// The first connection makes the whole handshake, and the others resume its session.
func TestNewConnectionsResumeASession(t *testing.T) {
	overTLS(t, func(t *testing.T, s strategies.Strategy) {
		const n = 6
		var resumed atomic.Int64
		srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			if r.TLS.DidResume {
				resumed.Add(1)
			}
		}))
		defer srv.Close()
		w := strategytest.NewWork(n, srv.URL)
		strategytest.Run(t, s, strategies.Target{Insecure: true}, 1, w)
		if got := w.Classes()[strategies.OK]; got != n || resumed.Load() != n-1 {
			t.Errorf("%d of %d succeeded, and %d sessions were resumed, want %d: %s", got, n, resumed.Load(), n-1, w.Errors())
		}
	})
}

// A response without a length ends with the connection. That is its end only if TLS says so: anybody may end a TCP connection.
func TestEndOfTheConnectionMustBeAnnounced(t *testing.T) {
	srv := httptest.NewTLSServer(nil)
	srv.Close()
	for name, announced := range map[string]bool{"announced": true, "unannounced": false} {
		t.Run(name, func(t *testing.T) {
			url := strategytest.ConnServer(t, func(c *net.TCPConn) {
				secured := tls.Server(c, &tls.Config{Certificates: srv.TLS.Certificates})
				if _, err := secured.Read(make([]byte, 4096)); err != nil {
					return
				}
				_, _ = io.WriteString(secured, "HTTP/1.1 200 OK\r\n\r\nhello")
				if announced {
					_ = secured.CloseWrite()
				}
				_ = c.CloseWrite()
				_, _ = io.Copy(io.Discard, c)
			})
			overTLS(t, func(t *testing.T, s strategies.Strategy) {
				want := strategies.Truncated
				if announced {
					want = strategies.OK
				}
				w := strategytest.NewWork(3, "https"+strings.TrimPrefix(url, "http"))
				strategytest.Run(t, s, strategies.Target{Insecure: true}, 1, w)
				if got := w.Classes()[want]; got != 3 {
					t.Errorf("got %v, want 3 of class %v: %s", w.Classes(), want, w.Errors())
				}
			})
		})
	}
}
