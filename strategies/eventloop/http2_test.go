package eventloop_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

func http2Loop(t *testing.T) strategies.Strategy {
	s, err := strategies.Get("eventloop-http2")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// crowd counts the requests that a server of HTTP/2 has at a time on each connection.
type crowd struct {
	mu     sync.Mutex
	limit  int            // as many are to be there before any is answered
	all    int            // that were there
	turn   chan struct{}  // is closed when the limit is reached
	now    map[string]int // by the client's address
	most   int
	others int // requests of another protocol
}

// wait waits until the limit is reached.
func (c *crowd) wait() {
	c.mu.Lock()
	turn := c.turn
	if c.all++; c.all%c.limit == 0 {
		c.turn = make(chan struct{})
		close(turn)
	}
	c.mu.Unlock()
	<-turn
}

// serveHTTP2 starts a server of the standard library that speaks HTTP/2 over TCP, and answers when limit requests are there.
func serveHTTP2(t *testing.T, streams, limit int, handle http.HandlerFunc) (*httptest.Server, *crowd) {
	c := &crowd{now: map[string]int{}, limit: limit, turn: make(chan struct{})}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.now[r.RemoteAddr]++
		c.most = max(c.most, c.now[r.RemoteAddr])
		if r.ProtoMajor != 2 {
			c.others++
		}
		c.mu.Unlock()
		c.wait()
		handle(w, r)
		c.mu.Lock()
		c.now[r.RemoteAddr]--
		c.mu.Unlock()
	}))
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: streams}
	srv.Start()
	t.Cleanup(srv.Close)
	return srv, c
}

func TestConnectionsAreAsFewAsTheStreamsAllow(t *testing.T) {
	for _, c := range []struct{ limit, streams, allowed, connections, most int }{
		{20, 0, 100, 1, 20},
		{20, 1, 100, 20, 1},
		{20, 7, 100, 3, 7},
		{20, 20, 100, 1, 20},
		{20, 0, 6, 4, 5},
		{20, 9, 6, 4, 5},
		{1, 9, 6, 1, 1},
	} {
		srv, crowd := serveHTTP2(t, c.allowed, c.limit, func(http.ResponseWriter, *http.Request) {})
		session := strategytest.Open(t, http2Loop(t), strategies.Target{Streams: c.streams}, 30)
		for run := range 3 {
			w := strategytest.NewWork(int64(10*c.limit), srv.URL)
			if err := session.Run(t.Context(), c.limit, w); err != nil {
				t.Fatal(err)
			}
			w.Check(t)
			if got := w.Classes()[strategies.OK]; got != 10*c.limit {
				t.Errorf("%+v: %d succeeded, want all: %s", c, got, w.Errors())
			}
			if got := session.Usage().Connections; got != c.connections && run > 0 { // before that, the server's number is not known
				t.Errorf("%+v, run %d: %d connections, want %d", c, run, got, c.connections)
			}
		}
		if crowd.most > c.most || crowd.others > 0 {
			t.Errorf("%+v: the server saw %d at a time on a connection, want at most %d; %d were of another protocol",
				c, crowd.most, c.most, crowd.others)
		}
	}
}

func TestLargeBodiesAreSentAndReceivedWhole(t *testing.T) {
	body := bytes.Repeat([]byte(`{"a":"0123456789"}`), 1<<15) // 576 KiB: together more than a session keeps at once
	srv, _ := serveHTTP2(t, 100, 1, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(10 * time.Millisecond) // for the socket to fill up
		got, _ := io.ReadAll(r.Body)
		_, _ = w.Write(got)
	})
	var whole atomic.Int64
	target := strategies.Target{Method: http.MethodPut, Body: body, Handle: func(_ *strategies.Request, a strategies.Answer) error {
		if bytes.Equal(a.Body, body) {
			whole.Add(1)
		}
		return nil
	}}
	w := strategytest.NewWork(24, srv.URL)
	strategytest.Run(t, http2Loop(t), target, 24, w)
	if got := w.Classes()[strategies.OK]; got != 24 || whole.Load() != 24 {
		t.Errorf("%d succeeded and %d came back whole, want 24: %s", got, whole.Load(), w.Errors())
	}
}

func TestTLSWithoutHTTP2IsNamed(t *testing.T) {
	old := httptest.NewUnstartedServer(http.NotFoundHandler()) // speaks HTTP/1 only, and says so
	old.Config.ErrorLog = log.New(io.Discard, "", 0)
	old.StartTLS()
	defer old.Close()
	mute, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: old.TLS.Certificates}) // knows no ALPN
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	go func() { _ = http.Serve(mute, http.NotFoundHandler()) }()
	for _, host := range []string{old.Listener.Addr().String(), mute.Addr().String()} {
		w := strategytest.NewWork(4, "https://"+host)
		strategytest.Run(t, http2Loop(t), strategies.Target{Insecure: true}, 2, w)
		want := "dial " + host + ": TLS handshake: the server does not speak h2: no agreement by ALPN"
		if got := w.Classes(); got[strategies.BadTLS] != 4 || w.Errors() != want {
			t.Errorf("%v, want 4 of class %v: %s, want %s", got, strategies.BadTLS, w.Errors(), want)
		}
	}
}

func TestHTTP2OverTLS(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto)
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	target := strategies.Target{Insecure: true, Streams: 5, Handle: func(_ *strategies.Request, a strategies.Answer) error {
		if string(a.Body) != "HTTP/2.0" {
			return errors.New("the server was asked in " + string(a.Body))
		}
		return nil
	}}
	w := strategytest.NewWork(200, srv.URL)
	session := strategytest.Open(t, http2Loop(t), target, 20)
	if err := session.Run(t.Context(), 20, w); err != nil {
		t.Fatal(err)
	}
	w.Check(t)
	if got := w.Classes()[strategies.OK]; got != 200 || session.Usage().Connections > 4 {
		t.Errorf("%d of 200 succeeded, on %d connections, want at most 4: %s", got, session.Usage().Connections, w.Errors())
	}
}

func TestEachRequestHasItsOwnMessage(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]int{}
	srv, _ := serveHTTP2(t, 100, 1, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		seen[r.Method+" "+r.Header.Get("X-One")+r.Header.Get("X-All")+" "+string(body)]++
	})
	w := strategytest.NewWork(30, srv.URL)
	w.Messages = []*strategies.Message{
		nil, {Method: "PUT", Body: []byte("one"), Header: http.Header{"X-One": {"1"}}}, {Method: "POST", Header: http.Header{"X-All": {"other"}}},
	}
	target := strategies.Target{Varied: true, Header: http.Header{"X-All": {"all"}}}
	strategytest.Run(t, http2Loop(t), target, 4, w)
	for _, want := range []string{"GET all ", "PUT 1all one", "POST other "} {
		if seen[want] != 10 {
			t.Errorf("the server saw %v, want 10 of %q", seen, want)
		}
	}
}
