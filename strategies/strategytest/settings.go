package strategytest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sweetspot/server"
	"sweetspot/strategies"
)

// The server receives what the target says, the same from every client.
func targetIsSent(t *testing.T, c candidate) {
	type received struct {
		Method, Path, Host, Proto, Body string
		Header                          http.Header
	}
	target := strategies.Target{
		Method: http.MethodPost,
		Header: http.Header{"Host": {"example.test"}, "X-Two": {"a", "b"}, "Cookie": {"own=1"}},
		Body:   []byte("hello"),
	}
	want := received{
		http.MethodPost, "/a%2Fb/../c?q=1", "example.test", c.protocol.String(), "hello",
		http.Header{"User-Agent": {"sweetspot"}, "X-Two": {"a", "b"}, "Cookie": {"own=1"}, "Content-Length": {"5"}},
	}
	var got atomic.Pointer[received]
	srv := c.site(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got.Store(&received{r.Method, r.RequestURI, r.Host, protocolOf(r), string(body), r.Header})
	})
	defer srv.Close()
	w := NewWork(3, srv.URL+"/a%2Fb/../c?q=1")
	Run(t, c, target, 1, w)
	if diff := cmp.Diff(&want, got.Load()); diff != "" {
		t.Errorf("the server received (-want +got):\n%s\n%s", diff, w.Errors())
	}
}

func redirectsAreNotFollowed(t *testing.T, c candidate) {
	srv := c.server(t, server.Config{})
	w := NewWork(1, srv.URL()+"redirect/3")
	Run(t, c, strategies.Target{}, 1, w)
	if got := w.Outcomes[0]; got.Status != http.StatusFound || got.Class != strategies.OK {
		t.Errorf("got %+v, want the redirect itself", got)
	}
	if got := srv.Stats().Requests; got != 1 {
		t.Errorf("the server saw %d requests, want 1", got)
	}
}

func sessionKeepsCookies(t *testing.T, c candidate) {
	skipIf(t, c.traits.Stateless, "it keeps no cookies")
	srv := c.server(t, server.Config{})
	session := Open(t, c, strategies.Target{}, 2)
	for _, w := range []*Work{NewWork(1, srv.URL()+"login"), NewWork(10, srv.URL()+"private")} {
		if err := session.Run(t.Context(), 2, w); err != nil {
			t.Fatal(err)
		}
		if got := w.Classes()[strategies.OK]; int64(got) != w.N {
			t.Errorf("%d of %d requests to %s succeeded: %v", got, w.N, w.URLs[0], w.Outcomes[0])
		}
	}
}

func handleGetsWholeBodies(t *testing.T, c candidate) {
	const size = 100_000
	odd := errors.New("odd")
	skipIf(t, c.otherProcess, "another process cannot call a function of this process")
	srv := c.server(t, server.Config{Body: size, Gzip: true})
	var handled atomic.Int64
	target := strategies.Target{Handle: func(r *strategies.Request, a strategies.Answer) error {
		if handled.Add(1); r.Index%2 == 1 {
			return odd
		}
		if a.Status != http.StatusOK || len(a.Body) != size || !strings.HasPrefix(string(a.Body), "{") {
			t.Errorf("got status %d and %d bytes, want 200 and %d of JSON", a.Status, len(a.Body), size)
		}
		return nil
	}}
	w := NewWork(6, srv.URL())
	Run(t, c, target, 2, w)
	want := map[strategies.Class]int{strategies.OK: 3, strategies.Undecodable: 3}
	if diff := cmp.Diff(want, w.Classes()); diff != "" || handled.Load() != 6 {
		t.Errorf("Handle was called %d times; outcomes (-want +got):\n%s", handled.Load(), diff)
	}
	if got := w.Outcomes[0].Bytes; got != size {
		t.Errorf("%d bytes reported, want %d", got, size)
	}
}

func bodiesAreDecoded(t *testing.T, c candidate) {
	srv := c.site(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, map[string]string{"/good": `{"message": "hällo"}`, "/bad": `{"message"`}[r.URL.Path])
	})
	defer srv.Close()
	for decode, want := range map[bool]map[strategies.Class]int{
		false: {strategies.OK: 6},
		true:  {strategies.OK: 3, strategies.Undecodable: 3},
	} {
		w := NewWork(6, srv.URL+"/good", srv.URL+"/bad")
		Run(t, c, strategies.Target{JSON: decode}, 2, w)
		if diff := cmp.Diff(want, w.Classes()); diff != "" {
			t.Errorf("decode %v: outcomes (-want +got):\n%s\n%s", decode, diff, w.Errors())
		}
		if got := w.Outcomes[0].Bytes; got != 21 {
			t.Errorf("%d bytes reported, want 21", got)
		}
	}
}

func badStatusIsNotDecoded(t *testing.T, c candidate) {
	srv := c.site(http.NotFound)
	defer srv.Close()
	w := NewWork(2, srv.URL)
	Run(t, c, strategies.Target{JSON: true}, 1, w)
	if got := w.Classes()[strategies.BadStatus]; got != 2 {
		t.Errorf("got %v, want 2 of class %v: %s", w.Classes(), strategies.BadStatus, w.Errors())
	}
}

// Every strategy that can ask an expectation asks the same one of each response: of any status, with or without a body.
func expectationsDecide(t *testing.T, c candidate) {
	srv := c.site(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("X-Two", "a")
		w.Header().Add("X-Two", "b")
		w.Header().Add("Set-Cookie", "c=1; Path=/none")
		w.Header()["Content-Type"] = nil
		switch r.URL.Path {
		case "/empty":
			w.WriteHeader(http.StatusNoContent)
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "missing")
		default:
			_, _ = io.WriteString(w, "whole")
		}
	})
	defer srv.Close()
	odd := fmt.Errorf("%w: odd", strategies.ErrUnexpected)
	for name, test := range map[string]struct {
		expect strategies.Expectation
		met    func(a strategies.Answer) bool
		want   [3]strategies.Class // of the whole one, the empty one and the missing one
	}{
		"bytes":       {strategies.Expectation{}, func(a strategies.Answer) bool { return a.Bytes == 5 }, [3]strategies.Class{strategies.OK, strategies.Unexpected, strategies.BadStatus}},
		"status":      {strategies.Expectation{Status: true}, func(a strategies.Answer) bool { return a.Status == 404 }, [3]strategies.Class{strategies.Unexpected, strategies.Unexpected, strategies.OK}},
		"body":        {strategies.Expectation{Body: true}, func(a strategies.Answer) bool { return string(a.Body) == "whole" }, [3]strategies.Class{strategies.OK, strategies.Unexpected, strategies.BadStatus}},
		"body of any": {strategies.Expectation{Status: true, Body: true}, func(a strategies.Answer) bool { return string(a.Body) == "missing" }, [3]strategies.Class{strategies.Unexpected, strategies.Unexpected, strategies.OK}},
		"header": {strategies.Expectation{Header: true}, func(a strategies.Answer) bool {
			return a.Header.Get("x-tWo") == "a" && a.Header.Get("X-None") == "" && a.Header.Get("Content-Type") == "" && a.Header.Get("Set-Cookie") == "c=1; Path=/none"
		}, [3]strategies.Class{strategies.OK, strategies.OK, strategies.BadStatus}},
	} {
		test.expect.Check = func(a strategies.Answer) error {
			if test.met(a) {
				return nil
			}
			return odd
		}
		t.Run(name, func(t *testing.T) {
			skipIf(t, c.otherProcess && (test.expect.Body || test.expect.Header), "another process does not report it")
			w := NewWork(6, srv.URL+"/", srv.URL+"/empty", srv.URL+"/missing")
			Run(t, c, strategies.Target{Expect: &test.expect}, 2, w)
			for i, want := range test.want {
				if got := w.Outcomes[int64(i)]; got.Class != want || got.Status == 0 {
					t.Errorf("%s: %+v, want class %v", w.URLs[i], got, want)
				}
			}
		})
	}
}

func insecureAcceptsAnyCertificate(t *testing.T, c candidate) {
	srv := c.server(t, server.Config{TLS: true})
	w := NewWork(10, srv.URL())
	Run(t, c, strategies.Target{Insecure: true}, 2, w)
	if got := w.Classes()[strategies.OK]; got != 10 {
		t.Errorf("%d of 10 succeeded: %s", got, w.Errors())
	}
}

// A server may close connections that are idle between two runs. The next requests must not fail because of it.
func idleConnectionsAreReplaced(t *testing.T, c candidate) {
	var seen atomic.Int64
	srv := c.site(func(http.ResponseWriter, *http.Request) { seen.Add(1) })
	defer srv.Close()
	session := Open(t, c, strategies.Target{}, 4)
	for range 2 {
		w := NewWork(20, srv.URL)
		if err := session.Run(t.Context(), 4, w); err != nil {
			t.Fatal(err)
		}
		if got := w.Classes()[strategies.OK]; got != 20 {
			t.Errorf("%d of 20 succeeded: %s", got, w.Errors())
		}
		srv.CloseClientConnections()
		time.Sleep(150 * time.Millisecond) // long enough for the client to check whether the connection is stale
	}
	if got := seen.Load(); got != 40 {
		t.Errorf("the server saw %d requests, want 40", got)
	}
}

func longHeaderIsAccepted(t *testing.T, c candidate) {
	skipIf(t, c.traits.ShortHeaders, "its library has a lower limit")
	srv := c.site(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", strings.Repeat("a", 10_000))
	})
	defer srv.Close()
	w := NewWork(4, srv.URL)
	Run(t, c, strategies.Target{}, 2, w)
	if got := w.Classes()[strategies.OK]; got != 4 {
		t.Errorf("%d of 4 succeeded: %s", got, w.Errors())
	}
}

// A response may come before the whole body was sent. The next request's body must still be whole.
func earlyResponseDoesNotSpoilTheNextBody(t *testing.T, c candidate) {
	body := []byte(strings.Repeat("0123456789", 100_000))
	var bad atomic.Int64
	srv := c.site(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/early" {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		if got, err := io.ReadAll(r.Body); err != nil || string(got) != string(body) {
			bad.Add(1)
		}
	})
	defer srv.Close()
	Run(t, c, strategies.Target{Method: http.MethodPost, Body: body}, 2, NewWork(20, srv.URL+"/early", srv.URL+"/late"))
	if n := bad.Load(); n > 0 {
		t.Errorf("%d bodies arrived incomplete", n)
	}
}

// An answer that came is an answer, even if the server has closed the connection before it had the whole body.
func earlyAnswerIsAnAnswer(t *testing.T, c candidate) {
	const n = 20
	body := []byte(strings.Repeat("0123456789", 200_000))
	w := NewWork(n, c.earlyAnswer(t))
	Run(t, c, strategies.Target{Method: http.MethodPost, Body: body}, 4, w)
	got := w.Classes()[strategies.BadStatus]
	if c.traits.LosesEarly {
		got += w.Classes()[strategies.Reset]
	}
	if got != n {
		t.Errorf("got %v, want %d of class %v: %s", w.Classes(), n, strategies.BadStatus, w.Errors())
	}
}

// earlyAnswer starts a server that answers without reading the body of the request.
func (c candidate) earlyAnswer(t *testing.T) (url string) {
	if c.protocol == strategies.HTTP1 {
		return RawServer(t, Reply("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 7\r\n\r\ntoo big"))
	}
	srv := c.site(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "too big", http.StatusRequestEntityTooLarge)
	})
	t.Cleanup(srv.Close)
	return srv.URL
}
