package strategies_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sweetspot/server"
	"sweetspot/strategies"
)

// What goes over the wire is what the target says, and the same for every client.
func TestEveryClientSendsTheSame(t *testing.T) {
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
		http.MethodPost, "/a%2Fb/../c?q=1", "example.test", "HTTP/1.1", "hello",
		http.Header{"User-Agent": {"sweetspot"}, "X-Two": {"a", "b"}, "Cookie": {"own=1"}, "Content-Length": {"5"}},
	}
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		var got atomic.Pointer[received]
		srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got.Store(&received{r.Method, r.RequestURI, r.Host, r.Proto, string(body), r.Header})
		}))
		defer srv.Close()
		w := newWork(3, srv.URL+"/a%2Fb/../c?q=1")
		run(t, s, target, 1, w)
		want := want
		if traits(s).Tidies {
			want.Path = "/c?q=1"
			if sent := got.Load(); sent != nil && slices.Equal(sent.Header["X-Two"], []string{"a, b"}) {
				sent.Header["X-Two"] = []string{"a", "b"} // which means the same
			}
		}
		if diff := cmp.Diff(&want, got.Load()); diff != "" {
			t.Errorf("the server received (-want +got):\n%s\n%s", diff, w.errors())
		}
	})
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		srv := witness(t, server.Config{})
		w := newWork(1, srv.URL()+"redirect/3")
		run(t, s, strategies.Target{}, 1, w)
		if got := w.outcomes[0]; got.Status != http.StatusFound || got.Class != strategies.OK {
			t.Errorf("got %+v, want the redirect itself", got)
		}
		if got := srv.Stats().Requests; got != 1 {
			t.Errorf("the server saw %d requests, want 1", got)
		}
	})
}

func TestASessionKeepsItsCookies(t *testing.T) {
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		excused(t, traits(s).Anew, "it keeps no cookies")
		srv := witness(t, server.Config{})
		session := open(t, s, strategies.Target{}, 2)
		for _, w := range []*work{newWork(1, srv.URL()+"login"), newWork(10, srv.URL()+"private")} {
			if err := session.Run(t.Context(), 2, w); err != nil {
				t.Fatal(err)
			}
			if got := w.classes()[strategies.OK]; int64(got) != w.n {
				t.Errorf("%d of %d requests to %s succeeded: %v", got, w.n, w.urls[0], w.outcomes[0])
			}
		}
	})
}

func TestBodiesAreHandedOverWholeAndAsSent(t *testing.T) {
	const size = 100_000
	odd := errors.New("odd")
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		excused(t, traits(s).Command != nil, "another process cannot call a function of this one")
		srv := witness(t, server.Config{Body: size, Gzip: true})
		var handled atomic.Int64
		target := strategies.Target{Handle: func(r *strategies.Request, status int, body []byte) error {
			if handled.Add(1); r.Index%2 == 1 {
				return odd
			}
			if status != http.StatusOK || len(body) != size || !strings.HasPrefix(string(body), "{") {
				t.Errorf("handed status %d and %d bytes, want 200 and %d of JSON", status, len(body), size)
			}
			return nil
		}}
		w := newWork(6, srv.URL())
		run(t, s, target, 2, w)
		want := map[strategies.Class]int{strategies.OK: 3, strategies.Undecodable: 3}
		if diff := cmp.Diff(want, w.classes()); diff != "" || handled.Load() != 6 {
			t.Errorf("%d handled, outcomes (-want +got):\n%s", handled.Load(), diff)
		}
		if got := w.outcomes[0].Bytes; got != size {
			t.Errorf("%d bytes reported, want %d", got, size)
		}
	})
}

func TestBodiesAreDecodedIfAsked(t *testing.T) {
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, map[string]string{"/good": `{"message": "hällo"}`, "/bad": `{"message"`}[r.URL.Path])
		}))
		defer srv.Close()
		for decode, want := range map[bool]map[strategies.Class]int{
			false: {strategies.OK: 6},
			true:  {strategies.OK: 3, strategies.Undecodable: 3},
		} {
			w := newWork(6, srv.URL+"/good", srv.URL+"/bad")
			run(t, s, strategies.Target{JSON: decode}, 2, w)
			if diff := cmp.Diff(want, w.classes()); diff != "" {
				t.Errorf("decode %v: outcomes (-want +got):\n%s\n%s", decode, diff, w.errors())
			}
			if got := w.outcomes[0].Bytes; got != 21 {
				t.Errorf("%d bytes reported, want 21", got)
			}
		}
	})
}

func TestABodyOfABadStatusIsNotDecoded(t *testing.T) {
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		srv := httptest.NewServer(http.NotFoundHandler())
		defer srv.Close()
		w := newWork(2, srv.URL)
		run(t, s, strategies.Target{JSON: true}, 1, w)
		if got := w.classes()[strategies.BadStatus]; got != 2 {
			t.Errorf("got %v, want 2 of class %v: %s", w.classes(), strategies.BadStatus, w.errors())
		}
	})
}

func TestInsecureAcceptsAnyCertificate(t *testing.T) {
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		srv := witness(t, server.Config{TLS: true})
		w := newWork(10, srv.URL())
		run(t, s, strategies.Target{Insecure: true}, 2, w)
		if got := w.classes()[strategies.OK]; got != 10 {
			t.Errorf("%d of 10 succeeded: %s", got, w.errors())
		}
	})
}

// A server may close connections that are idle between two runs. That is no failure of the requests that come next.
func TestConnectionsClosedWhileIdleAreReplaced(t *testing.T) {
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		var seen atomic.Int64
		srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen.Add(1) }))
		defer srv.Close()
		session := open(t, s, strategies.Target{}, 4)
		for range 2 {
			w := newWork(20, srv.URL)
			if err := session.Run(t.Context(), 4, w); err != nil {
				t.Fatal(err)
			}
			if got := w.classes()[strategies.OK]; got != 20 {
				t.Errorf("%d of 20 succeeded: %s", got, w.errors())
			}
			srv.CloseClientConnections()
			time.Sleep(150 * time.Millisecond) // idle for long enough to be suspected
		}
		if got := seen.Load(); got != 40 {
			t.Errorf("the server saw %d requests, want 40", got)
		}
	})
}

func TestALongHeadIsNoFault(t *testing.T) {
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		excused(t, traits(s).ShortHeads, "its library has a bound of its own")
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Security-Policy", strings.Repeat("a", 10_000))
		}))
		defer srv.Close()
		w := newWork(4, srv.URL)
		run(t, s, strategies.Target{}, 2, w)
		if got := w.classes()[strategies.OK]; got != 4 {
			t.Errorf("%d of 4 succeeded: %s", got, w.errors())
		}
	})
}

// An answer may come before the whole body was sent; the next request's body must still be whole.
func TestAnEarlyAnswerDoesNotSpoilTheNextBody(t *testing.T) {
	body := []byte(strings.Repeat("0123456789", 100_000))
	everyStrategy(t, func(t *testing.T, s strategies.Strategy) {
		var bad atomic.Int64
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/early" {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
				return
			}
			if got, err := io.ReadAll(r.Body); err != nil || string(got) != string(body) {
				bad.Add(1)
			}
		}))
		defer srv.Close()
		run(t, s, strategies.Target{Method: http.MethodPost, Body: body}, 2, newWork(20, srv.URL+"/early", srv.URL+"/late"))
		if n := bad.Load(); n > 0 {
			t.Errorf("%d bodies arrived spoilt", n)
		}
	})
}
