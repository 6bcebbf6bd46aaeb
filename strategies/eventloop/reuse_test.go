package eventloop_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

// A connection on which something is left over, or will be closed, carries no other request.
func TestConnectionInDoubtIsNotReused(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
	for _, doubt := range []struct {
		name, answer string
		target       strategies.Target
	}{
		{"the server says that it closes", ok + "Connection: close\r\n\r\nhi", strategies.Target{}},
		{"the client says so", ok + "\r\nhi", strategies.Target{Header: http.Header{"Connection": {"close"}}}},
		{"there is more than the response", ok + "\r\nhi, and more", strategies.Target{}},
		{"the body has no end", "HTTP/1.1 200 OK\r\n\r\n", strategies.Target{Timeout: 50 * time.Millisecond}},
		{"the request has not been sent whole", ok + "\r\nhi", strategies.Target{Method: http.MethodPut, Body: make([]byte, 16<<20)}},
	} {
		t.Run(doubt.name, func(t *testing.T) {
			const n = 6
			var connections atomic.Int64
			release := make(chan struct{})
			defer close(release)
			address := strategytest.RawServer(t, func(c *net.TCPConn) {
				connections.Add(1)
				for {
					strategytest.Reply(doubt.answer)(c)
					if len(doubt.target.Body) > 0 {
						<-release // without reading more of the request
						return
					}
					if _, err := c.Read(make([]byte, 4096)); err != nil {
						return
					}
				}
			})
			session := strategytest.Open(t, eventLoop(t), doubt.target, 1)
			w := strategytest.NewWork(n, address)
			if err := session.Run(t.Context(), 1, w); err != nil {
				t.Fatal(err)
			}
			w.Check(t)
			if got, used := connections.Load(), session.Usage().Connections; got != n || used != n {
				t.Errorf("%d requests used %d connections by the server's count and %d by the client's, want one each: %s",
					n, got, used, w.Errors())
			}
		})
	}
}

// A server may close an idle connection. The next request is then made on another connection, and the server sees it once.
func TestRequestOnAClosedIdleConnectionIsRepeated(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	for name, end := range map[string]func(c *net.TCPConn){
		"closed": func(*net.TCPConn) {},
		"reset":  func(c *net.TCPConn) { _ = c.SetLinger(0) },
		"half closed": func(c *net.TCPConn) {
			_ = c.CloseWrite()
			time.Sleep(10 * time.Millisecond)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var seen atomic.Int64
			ended := make(chan struct{})
			address := strategytest.RawServer(t, func(c *net.TCPConn) {
				seen.Add(1)
				strategytest.Reply(ok)(c)
				time.Sleep(20 * time.Millisecond) // the Run is over then
				end(c)
				_ = c.Close()
				ended <- struct{}{}
			})
			session := strategytest.Open(t, eventLoop(t), strategies.Target{}, 1)
			for range 4 {
				w := strategytest.NewWork(1, address)
				if err := session.Run(t.Context(), 1, w); err != nil {
					t.Fatal(err)
				}
				if got := w.Classes()[strategies.OK]; got != 1 {
					t.Fatalf("the request failed: %s", w.Errors())
				}
				<-ended
			}
			if got := seen.Load(); got != 4 {
				t.Errorf("the server saw %d requests, want 4", got)
			}
		})
	}
}

// A server may close every connection some time after its first answer. What is sent in that time is lost, so such a server
// soon gets one request per connection.
func TestServerThatClosesUnannouncedLosesFewRequests(t *testing.T) {
	address := strategytest.RawServer(t, func(c *net.TCPConn) {
		strategytest.Reply("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(c)
		time.Sleep(2 * time.Millisecond)
	})
	w := strategytest.NewWork(50, address)
	strategytest.Run(t, eventLoop(t), strategies.Target{}, 1, w)
	if got := w.Classes(); got[strategies.OK]+got[strategies.Reset] != 50 || got[strategies.Reset] > 3 {
		t.Errorf("got %v, want at most 3 of class %v: %s", got, strategies.Reset, w.Errors())
	}
}

func TestRequestThatTheServerHasSeenIsNotRepeated(t *testing.T) {
	var seen atomic.Int64
	address := strategytest.RawServer(t, func(c *net.TCPConn) {
		seen.Add(1)
		strategytest.Reply("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(c)
		if n, _ := c.Read(make([]byte, 4096)); n > 0 {
			seen.Add(1) // and closes
		}
	})
	w := strategytest.NewWork(6, address)
	strategytest.Run(t, eventLoop(t), strategies.Target{}, 1, w)
	if got := w.Classes(); got[strategies.OK] != 3 || got[strategies.Reset] != 3 || seen.Load() != 6 {
		t.Errorf("got %v, and the server saw %d, want 3 answered, 3 of class %v and 6 seen: %s", got, seen.Load(), strategies.Reset, w.Errors())
	}
}

// With many hosts there are at most eight times as many connections as requests may be in flight. When the session is closed there
// are none.
func TestIdleConnectionsAreClosedForOthers(t *testing.T) {
	const limit, hosts = 6, 40
	var connections atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			connections.Add(1)
		case http.StateClosed:
			connections.Add(-1)
		}
	}
	srv.Start()
	defer srv.Close()
	var urls []string
	for i := range hosts {
		urls = append(urls, strings.Replace(srv.URL, "//", fmt.Sprintf("//user%d@", i), 1))
	}
	w := strategytest.NewWork(5*hosts, urls...)
	session, err := eventLoop(t).Open(t.Context(), strategies.Target{}, limit)
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Run(t.Context(), limit, w); err != nil {
		t.Fatal(err)
	}
	if got := w.Classes()[strategies.OK]; got != 5*hosts {
		t.Errorf("%d of %d succeeded: %s", got, 5*hosts, w.Errors())
	}
	atMost := func(most int64) {
		t.Helper()
		for deadline := time.Now().Add(5 * time.Second); connections.Load() > most; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) { // the server takes a moment to notice
				t.Fatalf("%d connections are open, want at most %d", connections.Load(), most)
			}
		}
	}
	atMost(8 * limit)
	if err := session.Close(); err != nil {
		t.Fatal(err)
	}
	atMost(0)
}
