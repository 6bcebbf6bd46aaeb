package strategytest

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
)

// A stuck server keeps a request from ending: each in another phase of it.
type stuck struct {
	name string
	url  func(t testing.TB, c candidate) string
	want strategies.Class // of a request that reaches its timeout

	follow int // redirects that are followed
}

var stuckServers = []stuck{
	{"an address that does not answer", func(t testing.TB, c candidate) string {
		return c.silent(t, func() string { return "http://" + Unanswered(t, "127.0.0.1:0") + "/" })
	}, strategies.Timeout, 0},
	{"a TLS handshake that hangs", func(t testing.TB, c candidate) string {
		return c.silent(t, func() string { return "https" + strings.TrimPrefix(hangingServer(t), "http") })
	}, strategies.Timeout, 0},
	{"a server that never answers", func(t testing.TB, c candidate) string {
		if c.protocol == strategies.HTTP3 {
			return c.server(t, server.Config{Fail: server.Failures{Hang: 1}}).URL()
		}
		return hangingServer(t)
	}, strategies.Timeout, 0},
	{"a body that has no end", endlessServer, strategies.Timeout, 0},
	{"redirects that have no end", endlessRedirects, strategies.Timeout, 1 << 30},
}

// open opens a session for requests to the server.
func (s stuck) open(t *testing.T, c candidate, target strategies.Target, limit int) strategies.Session {
	if target.Follow = s.follow; target.Follow > 0 {
		return c.openFollowing(t, target, limit)
	}
	return Open(t, c, target, limit)
}

// closeEndsWhatIsInFlight checks that Close during a Run ends it.
func closeEndsWhatIsInFlight(t *testing.T, c candidate) {
	const limit = 3
	for _, server := range stuckServers {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel() // nearly all of it is waiting
			session := server.open(t, c, strategies.Target{Timeout: time.Minute, DialTimeout: time.Minute}, limit)
			w := NewWork(1<<40, server.url(t, c))
			ended := runAside(t, session, limit, w)
			time.Sleep(c.delay(20 * time.Millisecond)) // so that requests are in that phase; if not, Close must end them too
			var closing sync.WaitGroup
			for range 2 { // twice, and at the same time
				closing.Go(func() {
					if err := session.Close(); err != nil {
						t.Errorf("close: %v", err)
					}
				})
			}
			closing.Wait()
			// Far more than the tenth of a second that Close promises, and far less than the timeout: the machine may be busy.
			if !ended(10 * time.Second) {
				t.Fatal("the run goes on after Close")
			}
			w.Check(t)
			for _, o := range w.Outcomes {
				if o.Class != strategies.Other || !errors.Is(o.Err, net.ErrClosed) {
					t.Errorf("an outcome of class %v, %v, want one that wraps %v", o.Class, o.Err, net.ErrClosed)
				}
			}
			// A schedule may start more than limit requests, which wait in the client, but after Close none.
			if most := int64(10 * limit); w.Started > most {
				t.Errorf("%d requests were started, want at most %d: none after Close", w.Started, most)
			}
		})
	}
}

// timeoutsBoundEveryPhase checks that no server can hold a run for longer than the timeouts, whatever a request waits for.
func timeoutsBoundEveryPhase(t *testing.T, c candidate) {
	const limit = 2
	for _, server := range stuckServers {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel() // nearly all of it is waiting
			target := strategies.Target{Timeout: 300 * time.Millisecond, DialTimeout: 250 * time.Millisecond}
			w := NewWork(2*limit, server.url(t, c))
			if !runAside(t, server.open(t, c, target, limit), limit, w)(20 * time.Second) {
				t.Fatal("the run goes on long after its timeouts")
			}
			w.Check(t)
			if got := w.Classes()[server.want]; int64(got) != w.N {
				t.Errorf("got %v, want %d of class %v: %s", w.Classes(), w.N, server.want, w.Errors())
			}
		})
	}
}

// runAside runs w on another goroutine. The function it returns waits for the end of the run, at most for the given time, and
// reports whether it has ended.
func runAside(t *testing.T, session strategies.Session, limit int, w *Work) (ended func(within time.Duration) bool) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := session.Run(t.Context(), limit, w); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Errorf("run: %v", err)
		}
	}()
	return func(within time.Duration) bool {
		select {
		case <-done:
			return true
		case <-time.After(within):
			return false
		}
	}
}

// hangingServer starts a server that accepts connections, reads and never answers.
func hangingServer(t testing.TB) (url string) {
	return serve(t, func(c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) })
}

// endlessServer starts a server that answers each connection with a body that has no end.
func endlessServer(t testing.TB, c candidate) (url string) {
	if c.protocol != strategies.HTTP1 {
		srv := c.site(func(w http.ResponseWriter, _ *http.Request) { writeForever(w, strings.Repeat("x", 0x1000)) })
		t.Cleanup(srv.CloseClientConnections)
		return srv.URL
	}
	return RawServer(t, func(c *net.TCPConn) {
		chunk := []byte("1000\r\n" + strings.Repeat("x", 0x1000) + "\r\n")
		_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		for ; err == nil; _, err = c.Write(chunk) {
			time.Sleep(time.Millisecond) // an endless body need not be a fast one
		}
	})
}

// endlessRedirects starts a server whose answers redirect to itself.
func endlessRedirects(t testing.TB, c candidate) (url string) {
	srv := c.site(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(time.Millisecond) // the same as for a body
		w.Header().Set("Location", "/")
		w.WriteHeader(http.StatusFound)
	})
	t.Cleanup(srv.Close)
	return srv.URL
}

// writeForever writes the text again and again, until the client has had enough.
func writeForever(w io.Writer, text string) {
	for err := error(nil); err == nil; _, err = io.WriteString(w, text) {
		time.Sleep(time.Millisecond)
	}
}
