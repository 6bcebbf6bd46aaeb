package strategies_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
)

// The conformance tests hold the event loop to what every strategy must do. These are about what it does by itself.

func eventLoop(t *testing.T) strategies.Strategy {
	s, err := strategies.Get("eventloop")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestALargeRequestIsSentWhole(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<18) // 4 MiB: more than a socket takes at once
	var whole atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		time.Sleep(10 * time.Millisecond) // for the socket to fill up
		if got, _ := io.ReadAll(r.Body); bytes.Equal(got, body) {
			whole.Add(1)
		}
	}))
	defer srv.Close()
	w := newWork(9, srv.URL)
	run(t, eventLoop(t), strategies.Target{Method: http.MethodPut, Body: body}, 4, w)
	if got := w.classes()[strategies.OK]; got != 9 || whole.Load() != 9 {
		t.Errorf("%d succeeded and %d arrived whole, want 9: %s", got, whole.Load(), w.errors())
	}
}

func TestAHeadRequestHasNoBody(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5")
	}))
	defer srv.Close()
	w := newWork(10, srv.URL)
	run(t, eventLoop(t), strategies.Target{Method: http.MethodHead}, 2, w)
	if got := w.classes()[strategies.OK]; got != 10 || w.outcomes[0].Bytes != 0 {
		t.Errorf("%d of 10 succeeded, with %d bytes: %s", got, w.outcomes[0].Bytes, w.errors())
	}
}

// One session may go to many hosts, by name and by address, over http and https.
func TestRequestsToManyHosts(t *testing.T) {
	one, two, secure := witness(t, server.Config{}), witness(t, server.Config{}), witness(t, server.Config{TLS: true})
	named := strings.Replace(one.URL(), "127.0.0.1", "localhost", 1)
	const n = 40
	w := newWork(5*n, one.URL(), two.URL()+"?q=a b", secure.URL(), named, "http://no..name/") // which the resolver knows for none without asking
	run(t, eventLoop(t), strategies.Target{Insecure: true}, 6, w)
	if got := w.classes(); got[strategies.OK] != 4*n || got[strategies.Unresolved] != n {
		t.Errorf("got %v, want %d ok and %d of class %v: %s", got, 4*n, n, strategies.Unresolved, w.errors())
	}
	if a, b, c := one.Stats().Requests, two.Stats().Requests, secure.Stats().Requests; a != 2*n || b != n || c != n {
		t.Errorf("the servers saw %d, %d and %d requests, want %d, %d and %d", a, b, c, 2*n, n, n)
	}
}

func TestAURLThatIsNoneIsAnOutcome(t *testing.T) {
	w := newWork(8, "http://[::1", "gopher://host/", "/path", "http://")
	run(t, eventLoop(t), strategies.Target{}, 3, w)
	if got := w.classes()[strategies.Other]; got != 8 {
		t.Errorf("got %v, want 8 of class %v", w.classes(), strategies.Other)
	}
}

// While the rate holds the next request back the loop sees to those in flight, and it starts none before its time.
func TestARateDoesNotBlockTheLoop(t *testing.T) {
	srv := witness(t, server.Config{Delay: 2 * time.Millisecond})
	p := &paced{work: newWork(8, srv.URL()), every: 30 * time.Millisecond}
	session := open(t, eventLoop(t), strategies.Target{Timeout: 20 * time.Millisecond}, 1)
	if err := session.Run(t.Context(), 1, p); err != nil {
		t.Fatal(err)
	}
	p.check(t)
	if got := p.classes()[strategies.OK]; got != 8 || p.early > 0 {
		t.Errorf("%d of 8 succeeded, and %d were asked for before their time: %s", got, p.early, p.errors())
	}
}

func TestCancellationEndsTheWaitForTheRate(t *testing.T) {
	srv := witness(t, server.Config{})
	p := &paced{work: newWork(8, srv.URL()), every: time.Hour}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := open(t, eventLoop(t), strategies.Target{}, 1).Run(ctx, 1, p); err != nil {
		t.Fatal(err)
	}
	if p.started > 1 {
		t.Errorf("%d were started, want the first at most", p.started)
	}
}

// paced is work with a rate. Its Next does not block: it counts being called too early.
type paced struct {
	*work
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
	return p.work.Next(ctx, r)
}

// A response that takes long to decode does not keep the others waiting: while all but one are being decoded, that one
// goes on making requests.
func TestDecodingDoesNotStallTheLoop(t *testing.T) {
	srv := witness(t, server.Config{})
	var decoding atomic.Int64
	release := make(chan struct{})
	target := strategies.Target{Handle: func(r *strategies.Request, _ int, _ []byte) error {
		if r.Index == 0 {
			decoding.Add(1)
			<-release
		}
		if r.Index == 50 {
			close(release)
		}
		return nil
	}}
	w := newWork(60, srv.URL())
	run(t, eventLoop(t), target, 8, w)
	if got := w.classes()[strategies.OK]; got != 60 || decoding.Load() != 1 {
		t.Errorf("%d of 60 succeeded: %s", got, w.errors())
	}
}

// Cookies are the session's: what one loop is told all of them send.
func TestLoopsShareTheirCookies(t *testing.T) {
	srv := witness(t, server.Config{})
	session := open(t, eventLoop(t), strategies.Target{Header: http.Header{"Cookie": {"own=1"}}}, 16)
	for _, path := range []string{"login", "private"} {
		w := newWork(64, srv.URL()+path)
		if err := session.Run(t.Context(), 16, w); err != nil {
			t.Fatal(err)
		}
		if got := w.classes()[strategies.OK]; got != 64 {
			t.Errorf("%s: %d of 64 succeeded: %s", path, got, fmt.Sprint(w.classes()))
		}
	}
}
