package eventloop_test

import (
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	wire "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

// A peer is the server's side of a connection that speaks HTTP/2.
type peer struct {
	net.Conn
	*wire.Framer
	number int64 // of the connection, from 1
}

// servePeers starts a server that takes the client's preface, and calls serve for each connection, which it then closes.
func servePeers(t testing.TB, serve func(p *peer)) (url string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for number := int64(1); ; number++ {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { // without a reset, which would overtake what was sent
					_ = conn.(*net.TCPConn).CloseWrite()
					_, _ = io.Copy(io.Discard, conn)
					_ = conn.Close()
				}()
				if _, err := io.ReadFull(conn, make([]byte, len(wire.ClientPreface))); err != nil {
					return
				}
				p := &peer{conn, wire.NewFramer(conn, conn), number}
				p.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
				p.AllowIllegalWrites = true
				serve(p)
			}()
		}
	}()
	return "http://" + listener.Addr().String() + "/"
}

// request returns the ID of the next stream that the client opens, or false at the end of the connection.
func (p *peer) request() (stream uint32, ok bool) {
	for {
		frame, err := p.ReadFrame()
		if err != nil {
			return 0, false
		}
		if h, is := frame.(*wire.MetaHeadersFrame); is {
			return h.StreamID, true
		}
	}
}

// answer answers on a stream.
func (p *peer) answer(stream uint32) {
	_ = p.WriteHeaders(wire.HeadersFrameParam{StreamID: stream, BlockFragment: []byte{0x88}, EndHeaders: true, EndStream: true})
}

// hang waits until the client closes the connection.
func (p *peer) hang() { _, _ = io.Copy(io.Discard, p.Conn) }

func TestRefusedStreamsAreMadeAgain(t *testing.T) {
	var refused, answered atomic.Int64
	url := servePeers(t, func(p *peer) {
		_ = p.WriteSettings()
		for {
			stream, ok := p.request()
			if !ok {
				return
			}
			if n := answered.Load() + refused.Load(); n%3 == 0 {
				refused.Add(1)
				_ = p.WriteRSTStream(stream, wire.ErrCodeRefusedStream)
				continue
			}
			answered.Add(1)
			p.answer(stream)
		}
	})
	w := strategytest.NewWork(50, url)
	strategytest.Run(t, http2Loop(t), strategies.Target{}, 5, w)
	if got := w.Classes()[strategies.OK]; got != 50 || answered.Load() != 50 || refused.Load() == 0 {
		t.Errorf("%d of 50 succeeded, %d were answered and %d refused: %s", got, answered.Load(), refused.Load(), w.Errors())
	}
}

// A server may end its connections in an orderly way at any time: what it has not processed goes elsewhere, once.
func TestGoAwaySendsRequestsElsewhere(t *testing.T) {
	var answered atomic.Int64
	url := servePeers(t, func(p *peer) {
		_ = p.WriteSettings()
		var last uint32
		for range 3 {
			stream, ok := p.request()
			if !ok {
				return
			}
			last = stream
			answered.Add(1)
			p.answer(stream)
		}
		_ = p.WriteGoAway(last, wire.ErrCodeNo, nil)
		p.hang()
	})
	w := strategytest.NewWork(60, url)
	strategytest.Run(t, http2Loop(t), strategies.Target{}, 6, w)
	if got := w.Classes()[strategies.OK]; got != 60 || answered.Load() != 60 {
		t.Errorf("%d of 60 succeeded, and %d were answered: %s", got, answered.Load(), w.Errors())
	}
}

// A server that closes idle connections without GOAWAY has not seen what is sent on them.
func TestConnectionsClosedWhileIdleAreReplaced(t *testing.T) {
	url := servePeers(t, func(p *peer) {
		_ = p.WriteSettings()
		if stream, ok := p.request(); ok {
			p.answer(stream)
		}
	})
	session := strategytest.Open(t, http2Loop(t), strategies.Target{Streams: 1}, 3)
	for range 20 {
		w := strategytest.NewWork(3, url)
		if err := session.Run(t.Context(), 3, w); err != nil {
			t.Fatal(err)
		}
		if got := w.Classes()[strategies.OK]; got != 3 {
			t.Fatalf("%d of 3 succeeded: %s", got, w.Errors())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// What a server may have processed is not repeated.
func TestRequestsThatTheServerMayHaveSeenAreNotRepeated(t *testing.T) {
	var seen atomic.Int64
	url := servePeers(t, func(p *peer) {
		_ = p.WriteSettings()
		for range 2 {
			stream, ok := p.request()
			if !ok {
				return
			}
			if seen.Add(1); stream == 1 {
				p.answer(stream)
			}
		}
	})
	w := strategytest.NewWork(20, url)
	strategytest.Run(t, http2Loop(t), strategies.Target{}, 1, w)
	if got := w.Classes(); got[strategies.OK] != 10 || got[strategies.Reset] != 10 || seen.Load() != 20 {
		t.Errorf("%v and %d seen, want 10 answered, 10 reset and 20 seen: %s", got, seen.Load(), w.Errors())
	}
}

// A connection on which nothing arrives any more does not take all later requests with it.
func TestASilentConnectionGetsNoFurtherRequests(t *testing.T) {
	url := servePeers(t, func(p *peer) {
		_ = p.WriteSettings()
		if p.number == 1 {
			p.hang()
		}
		for stream, ok := p.request(); ok; stream, ok = p.request() {
			p.answer(stream)
		}
	})
	w := strategytest.NewWork(40, url)
	strategytest.Run(t, http2Loop(t), strategies.Target{Timeout: 200 * time.Millisecond}, 4, w)
	if got := w.Classes(); got[strategies.OK] != 36 || got[strategies.Timeout] != 4 {
		t.Errorf("%v, want 36 answered and 4 timeouts: %s", got, w.Errors())
	}
}

func TestFailuresOverHTTP2HaveTheirClass(t *testing.T) {
	settings := func(then func(p *peer, stream uint32)) func(p *peer) {
		return func(p *peer) {
			_ = p.WriteSettings()
			for range 2 {
				if stream, ok := p.request(); ok {
					then(p, stream)
				}
			}
		}
	}
	head := func(p *peer, stream uint32) {
		_ = p.WriteHeaders(wire.HeadersFrameParam{StreamID: stream, BlockFragment: []byte{0x88}, EndHeaders: true})
	}
	for _, c := range []struct {
		name  string
		serve func(p *peer)
		want  strategies.Class
		text  string
	}{
		{"HTTP/1", func(p *peer) { _, _ = io.WriteString(p.Conn, "HTTP/1.1 400 Bad Request\r\n\r\n"); p.hang() }, strategies.Malformed,
			"malformed HTTP/2: the server does not speak HTTP/2, it answers in HTTP/1"},
		{"nothing", (*peer).hang, strategies.Timeout, "no connection in time: i/o timeout: the server has sent nothing of HTTP/2"},
		{"a close at once", func(*peer) {}, strategies.Reset, "the server closed the connection and has sent nothing of HTTP/2: EOF"},
		{"a close without an answer", settings(func(*peer, uint32) {}), strategies.Reset, "the server closed the connection without a response: EOF"},
		{"a close within the answer", settings(head), strategies.Truncated, "the connection ended within the response: unexpected EOF"},
		{"a reset stream", settings(func(p *peer, stream uint32) { _ = p.WriteRSTStream(stream, wire.ErrCodeInternal) }), strategies.Reset,
			"the server reset the stream: INTERNAL_ERROR"},
		{"a stream refused for ever", func(p *peer) {
			_ = p.WriteSettings()
			for stream, ok := p.request(); ok; stream, ok = p.request() {
				_ = p.WriteRSTStream(stream, wire.ErrCodeRefusedStream)
			}
		}, strategies.Reset, "6 tries: the server reset the stream: REFUSED_STREAM"},
		{"GOAWAY with an error", settings(func(p *peer, _ uint32) { _ = p.WriteGoAway(99, wire.ErrCodeEnhanceYourCalm, []byte("calm")) }),
			strategies.Reset, `the server ended the connection: ENHANCE_YOUR_CALM: "calm"`},
		{"no answer", settings(func(p *peer, _ uint32) { p.hang() }), strategies.Timeout, "no whole response in time: i/o timeout"},
		{"no stream allowed", func(p *peer) { _ = p.WriteSettings(wire.Setting{ID: wire.SettingMaxConcurrentStreams}); p.hang() }, strategies.Other,
			"the server allows no stream: its SETTINGS_MAX_CONCURRENT_STREAMS is 0"},
		{"a broken frame", settings(func(p *peer, _ uint32) { _ = p.WriteRawFrame(wire.FramePing, 0, 0, []byte("short")); p.hang() }),
			strategies.Malformed, "malformed HTTP/2: FRAME_SIZE_ERROR"},
		{"PING without end", settings(func(p *peer, _ uint32) {
			for p.WritePing(false, [8]byte{}) == nil {
			}
		}), strategies.Malformed, "malformed HTTP/2: 10000 frames in a row that belong to no response"},
		{"a reset of the connection", settings(func(p *peer, stream uint32) {
			if head(p, stream); stream == 3 {
				time.Sleep(20 * time.Millisecond) // for the client to have read it
				_ = p.Conn.(*net.TCPConn).SetLinger(0)
				_ = p.Close()
			}
		}),
			strategies.Reset, "read: connection reset by peer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := servePeers(t, c.serve)
			w := strategytest.NewWork(2, url)
			target := strategies.Target{Timeout: 10 * time.Second, DialTimeout: 10 * time.Second}
			if c.want == strategies.Timeout {
				target.Timeout, target.DialTimeout = 150*time.Millisecond, 100*time.Millisecond
			}
			strategytest.Run(t, http2Loop(t), target, 2, w)
			for _, o := range w.Outcomes {
				if o.Class != c.want {
					t.Errorf("class %v, want %v: %v", o.Class, c.want, o.Err)
				}
			}
			if got := w.Errors(); got != c.text {
				t.Errorf("error %q, want %q", got, c.text)
			}
		})
	}
}

func TestCloseEndsARunOverHTTP2(t *testing.T) {
	const limit = 5
	for name, serve := range map[string]func(p *peer){
		"before the SETTINGS": (*peer).hang,
		"before the answer":   func(p *peer) { _ = p.WriteSettings(); p.hang() },
		"within the answer": func(p *peer) {
			_ = p.WriteSettings()
			for stream, ok := p.request(); ok; stream, ok = p.request() {
				_ = p.WriteHeaders(wire.HeadersFrameParam{StreamID: stream, BlockFragment: []byte{0x88}, EndHeaders: true})
			}
		},
		"while streams are refused": func(p *peer) {
			_ = p.WriteSettings()
			for stream, ok := p.request(); ok; stream, ok = p.request() {
				_ = p.WriteRSTStream(stream, wire.ErrCodeRefusedStream)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			session := strategytest.Open(t, http2Loop(t), strategies.Target{Method: http.MethodPut, Body: make([]byte, 1<<20), JSON: true}, limit)
			w := strategytest.NewWork(1000, servePeers(t, serve))
			closeMidway(t, session, limit, w)
			got := w.Classes()
			delete(got, strategies.Reset) // if the machine is so busy that a request was refused for the last time meanwhile
			if len(got) != 1 || got[strategies.Other] > limit {
				t.Errorf("%v of %d started, want up to %d of class %v: %s", w.Classes(), w.Started, limit, strategies.Other, w.Errors())
			}
		})
	}
}

// The server gets what HTTP/2 allows, whatever the URL and the headers.
func TestRequestsOverHTTP2AreInItsForm(t *testing.T) {
	got := make(chan []string, 1)
	url := servePeers(t, func(p *peer) {
		_ = p.WriteSettings()
		for {
			frame, err := p.ReadFrame()
			if err != nil {
				return
			}
			if h, is := frame.(*wire.MetaHeadersFrame); is {
				var fields []string
				for _, f := range h.Fields {
					fields = append(fields, f.Name+"="+f.Value)
				}
				got <- fields
				p.answer(h.StreamID)
			}
		}
	})
	w := strategytest.NewWork(1, "http://me:secret@"+url[len("http://"):]+"a b?c=ü#fragment")
	target := strategies.Target{Header: http.Header{"Connection": {"close"}, "X-Two": {"1", "2"}, "Cookie": {"a=b", "c=d"}, "Host": {"other.example"}}}
	strategytest.Run(t, http2Loop(t), target, 1, w)
	want := []string{":method=GET", ":scheme=http", ":authority=other.example", ":path=/a%20b?c=%C3%BC",
		"authorization=Basic bWU6c2VjcmV0", "user-agent=sweetspot", "x-two=1", "x-two=2", "cookie=a=b; c=d"}
	if diff := cmp.Diff(want, <-got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}
