package strategies_test

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

// A response that takes long to decode does not keep the others waiting: while the first is being decoded, all that were
// in flight with it end.
func TestDecodingDoesNotStallTheLoop(t *testing.T) {
	const limit = 8
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // as many decoders, one of which is held up
	srv := witness(t, server.Config{})
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
	w := newWork(limit, srv.URL())
	run(t, eventLoop(t), target, limit, w)
	if got := w.classes()[strategies.OK]; got != limit {
		t.Errorf("%d of %d succeeded: %s", got, limit, w.errors())
	}
}

// A response may come before the whole request is sent, and the connection break while it is being decoded. The request
// ends once, and its place is not taken from the next.
func TestARequestEndsOnceThoughItsConnectionBreaksLater(t *testing.T) {
	address := misbehave(t, func(c *net.TCPConn) {
		say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")(c)
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
	session, good := open(t, eventLoop(t), target, 1), witness(t, server.Config{})
	for _, w := range []*work{newWork(1, address), newWork(3, good.URL())} {
		if err := session.Run(t.Context(), 1, w); err != nil {
			t.Fatal(err)
		}
		w.check(t)
		if got := w.classes()[strategies.OK]; got != int(w.n) {
			t.Errorf("%d of %d succeeded: %s", got, w.n, w.errors())
		}
	}
}

// A server may answer without wanting the body, and close the connection with the rest of it on the way.
func TestAnAnswerCountsThoughTheRequestIsNotTaken(t *testing.T) {
	address := misbehave(t, func(c *net.TCPConn) {
		say("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")(c)
		time.Sleep(20 * time.Millisecond) // and what has not been read makes it a reset
	})
	w := newWork(20, address)
	run(t, eventLoop(t), strategies.Target{Method: http.MethodPost, Body: bytes.Repeat([]byte("x"), 8<<20)}, 4, w)
	if got := w.classes()[strategies.BadStatus]; got != 20 {
		t.Errorf("got %v, want 20 answers of 413: %s", w.classes(), w.errors())
	}
}

func TestALargeResponseIsReadWhole(t *testing.T) {
	const size = 8 << 20 // many times what a loop reads of a connection at a time
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, size))
	}))
	defer srv.Close()
	w := newWork(12, srv.URL)
	run(t, eventLoop(t), strategies.Target{}, 4, w)
	for index, o := range w.outcomes {
		if o.Class != strategies.OK || o.Bytes != size {
			t.Errorf("request %d: class %v, %d bytes, want %d: %v", index, o.Class, o.Bytes, size, o.Err)
		}
	}
}

// What is wrong with a response or left of a request stays with its connection, which carries no other.
func TestAConnectionInDoubtIsNotUsedAgain(t *testing.T) {
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
			address := misbehave(t, func(c *net.TCPConn) {
				connections.Add(1)
				for {
					say(doubt.answer)(c)
					if len(doubt.target.Body) > 0 {
						<-release // and takes no more of it
						return
					}
					if _, err := c.Read(make([]byte, 4096)); err != nil {
						return
					}
				}
			})
			session := open(t, eventLoop(t), doubt.target, 1)
			w := newWork(n, address)
			if err := session.Run(t.Context(), 1, w); err != nil {
				t.Fatal(err)
			}
			w.check(t)
			if got, used := connections.Load(), session.Usage().Connections; got != n || used != n {
				t.Errorf("%d requests used %d connections by the server's count and %d by the client's, want one each: %s",
					n, got, used, w.errors())
			}
		})
	}
}

// A server may close an idle connection without a word. The request that meets it is made on another, and seen once.
func TestRequestsThatMeetAClosedConnection(t *testing.T) {
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
			address := misbehave(t, func(c *net.TCPConn) {
				seen.Add(1)
				say(ok)(c)
				time.Sleep(20 * time.Millisecond) // the Run is over then
				end(c)
				_ = c.Close()
				ended <- struct{}{}
			})
			session := open(t, eventLoop(t), strategies.Target{}, 1)
			for range 4 {
				w := newWork(1, address)
				if err := session.Run(t.Context(), 1, w); err != nil {
					t.Fatal(err)
				}
				if got := w.classes()[strategies.OK]; got != 1 {
					t.Fatalf("the request failed: %s", w.errors())
				}
				<-ended
			}
			if got := seen.Load(); got != 4 {
				t.Errorf("the server saw %d requests, want 4", got)
			}
		})
	}
}

func TestARequestThatTheServerHasSeenIsNotMadeAgain(t *testing.T) {
	var seen atomic.Int64
	address := misbehave(t, func(c *net.TCPConn) {
		seen.Add(1)
		say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(c)
		if n, _ := c.Read(make([]byte, 4096)); n > 0 {
			seen.Add(1) // and closes
		}
	})
	w := newWork(6, address)
	run(t, eventLoop(t), strategies.Target{}, 1, w)
	if got := w.classes(); got[strategies.OK] != 3 || got[strategies.Reset] != 3 || seen.Load() != 6 {
		t.Errorf("got %v, and the server saw %d, want 3 answered, 3 of class %v and 6 seen: %s", got, seen.Load(), strategies.Reset, w.errors())
	}
}

// With many hosts there are at most twice as many connections as requests may be in flight, and none when the session is
// closed.
func TestIdleConnectionsMakeRoomForOthers(t *testing.T) {
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
	w := newWork(5*hosts, urls...)
	session, err := eventLoop(t).Open(t.Context(), strategies.Target{}, limit)
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Run(t.Context(), limit, w); err != nil {
		t.Fatal(err)
	}
	if got := w.classes()[strategies.OK]; got != 5*hosts {
		t.Errorf("%d of %d succeeded: %s", got, 5*hosts, w.errors())
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

func TestTheUserOfAURLIsSentAndItsFragmentIsNot(t *testing.T) {
	var got atomic.Pointer[string]
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		line := r.RequestURI + " " + user + " " + password
		got.Store(&line)
	}))
	defer srv.Close()
	run(t, eventLoop(t), strategies.Target{}, 1, newWork(1, strings.Replace(srv.URL, "//", "//me:p%40ss@", 1)+"/path?q=1#part"))
	if line := got.Load(); line == nil || *line != "/path?q=1 me p@ss" {
		t.Errorf("the server received %v", line)
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
