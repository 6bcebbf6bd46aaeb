package eventloop_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
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

// While the first response is being decoded, all other requests end.
func TestSlowHandleDoesNotBlockTheLoop(t *testing.T) {
	const limit = 8
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // two goroutines call Handle, and the first call keeps one busy
	srv := strategytest.Server(t, server.Config{})
	var handled atomic.Int64
	others := make(chan struct{})
	target := strategies.Target{Handle: func(r *strategies.Request, _ strategies.Answer) error {
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
		Handle: func(*strategies.Request, strategies.Answer) error {
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
