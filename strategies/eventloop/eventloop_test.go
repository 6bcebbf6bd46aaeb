package eventloop_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
	_ "sweetspot/strategies/eventloop"
	"sweetspot/strategies/strategytest"
)

// Package all holds the event loop to the contract of all strategies. These tests are about what is particular to it.

func eventLoop(t *testing.T) strategies.Strategy {
	s, err := strategies.Get("eventloop")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLargeRequestIsSentWhole(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<18) // 4 MiB: more than a socket takes at once
	var whole atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		time.Sleep(10 * time.Millisecond) // for the socket to fill up
		if got, _ := io.ReadAll(r.Body); bytes.Equal(got, body) {
			whole.Add(1)
		}
	}))
	defer srv.Close()
	w := strategytest.NewWork(9, srv.URL)
	strategytest.Run(t, eventLoop(t), strategies.Target{Method: http.MethodPut, Body: body}, 4, w)
	if got := w.Classes()[strategies.OK]; got != 9 || whole.Load() != 9 {
		t.Errorf("%d succeeded and %d arrived whole, want 9: %s", got, whole.Load(), w.Errors())
	}
}

func TestHeadResponseHasNoBody(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5")
	}))
	defer srv.Close()
	w := strategytest.NewWork(10, srv.URL)
	strategytest.Run(t, eventLoop(t), strategies.Target{Method: http.MethodHead}, 2, w)
	if got := w.Classes()[strategies.OK]; got != 10 || w.Outcomes[0].Bytes != 0 {
		t.Errorf("%d of 10 succeeded, with %d bytes: %s", got, w.Outcomes[0].Bytes, w.Errors())
	}
}

// The hosts are given by name and by address, with http and https.
func TestOneSessionMakesRequestsToManyHosts(t *testing.T) {
	one, two, secure := strategytest.Server(t, server.Config{}), strategytest.Server(t, server.Config{}), strategytest.Server(t, server.Config{TLS: true})
	named := strings.Replace(one.URL(), "127.0.0.1", "localhost", 1)
	const n = 40
	w := strategytest.NewWork(5*n, one.URL(), two.URL()+"?q=a b", secure.URL(), named, "http://no..name/") // not a valid name, so no DNS query is made
	strategytest.Run(t, eventLoop(t), strategies.Target{Insecure: true}, 6, w)
	if got := w.Classes(); got[strategies.OK] != 4*n || got[strategies.Unresolved] != n {
		t.Errorf("got %v, want %d ok and %d of class %v: %s", got, 4*n, n, strategies.Unresolved, w.Errors())
	}
	if a, b, c := one.Stats().Requests, two.Stats().Requests, secure.Stats().Requests; a != 2*n || b != n || c != n {
		t.Errorf("the servers saw %d, %d and %d requests, want %d, %d and %d", a, b, c, 2*n, n, n)
	}
}

func TestInvalidURLIsAnOutcome(t *testing.T) {
	w := strategytest.NewWork(8, "http://[::1", "gopher://host/", "/path", "http://")
	strategytest.Run(t, eventLoop(t), strategies.Target{}, 3, w)
	if got := w.Classes()[strategies.Other]; got != 8 {
		t.Errorf("got %v, want 8 of class %v", w.Classes(), strategies.Other)
	}
}

// While the loop waits for the next start it handles the requests in flight, and it starts none too early.
func TestRateDoesNotBlockTheLoop(t *testing.T) {
	srv := strategytest.Server(t, server.Config{Delay: 2 * time.Millisecond})
	p := &paced{Work: strategytest.NewWork(8, srv.URL()), every: 30 * time.Millisecond}
	session := strategytest.Open(t, eventLoop(t), strategies.Target{Timeout: 20 * time.Millisecond}, 1)
	if err := session.Run(t.Context(), 1, p); err != nil {
		t.Fatal(err)
	}
	p.Check(t)
	if got := p.Classes()[strategies.OK]; got != 8 || p.early > 0 {
		t.Errorf("%d of 8 succeeded, and %d were started too early: %s", got, p.early, p.Errors())
	}
}

func TestCancellationEndsTheWaitForTheNextStart(t *testing.T) {
	srv := strategytest.Server(t, server.Config{})
	p := &paced{Work: strategytest.NewWork(8, srv.URL()), every: time.Hour}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := strategytest.Open(t, eventLoop(t), strategies.Target{}, 1).Run(ctx, 1, p); err != nil {
		t.Fatal(err)
	}
	if p.Started > 1 {
		t.Errorf("%d were started, want the first at most", p.Started)
	}
}

// paced is work with a rate. Its Next does not block; it counts how often it is called too early.
type paced struct {
	*strategytest.Work
	every time.Duration

	mu    sync.Mutex
	next  time.Time
	early int
}

func (p *paced) Worker() strategies.Worker { return p }

func (p *paced) Delay() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next.IsZero() {
		p.next = time.Now()
	}
	return time.Until(p.next)
}

func (p *paced) Next(ctx context.Context, r *strategies.Request) bool {
	if ctx.Err() == nil && p.Delay() > 0 {
		p.early++
	}
	p.mu.Lock()
	p.next = p.next.Add(p.every)
	p.mu.Unlock()
	return p.Work.Next(ctx, r)
}

// While the first response is being decoded, all other requests end.
func TestSlowHandleDoesNotBlockTheLoop(t *testing.T) {
	const limit = 8
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // two goroutines call Handle, and the first call keeps one busy
	srv := strategytest.Server(t, server.Config{})
	var handled atomic.Int64
	others := make(chan struct{})
	target := strategies.Target{Handle: func(r *strategies.Request, _ int, _ []byte) error {
		switch n := handled.Add(1); {
		case n == 1:
			select {
			case <-others:
			case <-time.After(5 * time.Second):
				return fmt.Errorf("%d were decoded meanwhile", handled.Load()-1)
			}
		case n == limit:
			close(others)
		}
		return nil
	}}
	w := strategytest.NewWork(limit, srv.URL())
	strategytest.Run(t, eventLoop(t), target, limit, w)
	if got := w.Classes()[strategies.OK]; got != limit {
		t.Errorf("%d of %d succeeded: %s", got, limit, w.Errors())
	}
}

// A response may come before the whole request was sent, and the connection may break while the response is being decoded.
// The request must end once, and free one slot only.
func TestRequestEndsOnceIfItsConnectionBreaksDuringHandle(t *testing.T) {
	address := strategytest.RawServer(t, func(c *net.TCPConn) {
		strategytest.Reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")(c)
		time.Sleep(5 * time.Millisecond)
		_ = c.SetLinger(0)
	})
	target := strategies.Target{
		Method: http.MethodPost, Body: bytes.Repeat([]byte("x"), 8<<20),
		Handle: func(*strategies.Request, int, []byte) error {
			time.Sleep(50 * time.Millisecond)
			return nil
		},
	}
	session, good := strategytest.Open(t, eventLoop(t), target, 1), strategytest.Server(t, server.Config{})
	for _, w := range []*strategytest.Work{strategytest.NewWork(1, address), strategytest.NewWork(3, good.URL())} {
		if err := session.Run(t.Context(), 1, w); err != nil {
			t.Fatal(err)
		}
		w.Check(t)
		if got := w.Classes()[strategies.OK]; got != int(w.N) {
			t.Errorf("%d of %d succeeded: %s", got, w.N, w.Errors())
		}
	}
}

// A server may respond without reading the body, and close the connection while the rest of it is being sent.
func TestResponseCountsAlthoughTheServerDidNotReadTheBody(t *testing.T) {
	address := strategytest.RawServer(t, func(c *net.TCPConn) {
		strategytest.Reply("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")(c)
		time.Sleep(20 * time.Millisecond) // closing with unread bytes sends a reset
	})
	w := strategytest.NewWork(20, address)
	strategytest.Run(t, eventLoop(t), strategies.Target{Method: http.MethodPost, Body: bytes.Repeat([]byte("x"), 8<<20)}, 4, w)
	if got := w.Classes()[strategies.BadStatus]; got != 20 {
		t.Errorf("got %v, want 20 responses of 413: %s", w.Classes(), w.Errors())
	}
}

func TestLargeResponseIsReadWhole(t *testing.T) {
	const size = 8 << 20 // many times what a loop reads per event
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, size))
	}))
	defer srv.Close()
	w := strategytest.NewWork(12, srv.URL)
	strategytest.Run(t, eventLoop(t), strategies.Target{}, 4, w)
	for index, o := range w.Outcomes {
		if o.Class != strategies.OK || o.Bytes != size {
			t.Errorf("request %d: class %v, %d bytes, want %d: %v", index, o.Class, o.Bytes, size, o.Err)
		}
	}
}

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

// With many hosts there are at most twice as many connections as requests may be in flight. When the session is closed there
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
	atMost(2 * limit)
	if err := session.Close(); err != nil {
		t.Fatal(err)
	}
	atMost(0)
}

func TestUserOfTheURLIsSentAndItsFragmentIsNot(t *testing.T) {
	var got atomic.Pointer[string]
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		line := r.RequestURI + " " + user + " " + password
		got.Store(&line)
	}))
	defer srv.Close()
	strategytest.Run(t, eventLoop(t), strategies.Target{}, 1, strategytest.NewWork(1, strings.Replace(srv.URL, "//", "//me:p%40ss@", 1)+"/path?q=1#part"))
	if line := got.Load(); line == nil || *line != "/path?q=1 me p@ss" {
		t.Errorf("the server received %v", line)
	}
}

// Cookies belong to the session: all loops send the cookies that one of them received.
func TestLoopsShareCookies(t *testing.T) {
	srv := strategytest.Server(t, server.Config{})
	session := strategytest.Open(t, eventLoop(t), strategies.Target{Header: http.Header{"Cookie": {"own=1"}}}, 16)
	for _, path := range []string{"login", "private"} {
		w := strategytest.NewWork(64, srv.URL()+path)
		if err := session.Run(t.Context(), 16, w); err != nil {
			t.Fatal(err)
		}
		if got := w.Classes()[strategies.OK]; got != 64 {
			t.Errorf("%s: %d of 64 succeeded: %s", path, got, fmt.Sprint(w.Classes()))
		}
	}
}
