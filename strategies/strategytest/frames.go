package strategytest

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"sweetspot/strategies"
	"sweetspot/strategies/strategytest/frames"
)

// oddFrames is an odd way to answer in a protocol that has frames, with what became of the requests.
type oddFrames struct {
	name     string
	want     strategies.Class
	allows   func(strategies.Class) bool
	serve    func(t testing.TB, secure bool) (url string)
	outcomes []strategies.Outcome
}

// oddFrames returns every odd way to answer in the protocol of the strategy.
func (c candidate) oddFrames() (all []*oddFrames) {
	if c.protocol == strategies.HTTP2 {
		for _, a := range frames.HTTP2() {
			serve := func(t testing.TB, secure bool) string { return serveHTTP2(t, secure, a.Serve) }
			all = append(all, &oddFrames{name: a.String(), want: a.Want, allows: a.Allows, serve: serve})
		}
		return all
	}
	for _, a := range frames.HTTP3() {
		serve := func(t testing.TB, _ bool) string { return serveHTTP3(t, a) }
		all = append(all, &oddFrames{name: a.String(), want: a.Want, allows: a.Allows, serve: serve})
	}
	return all
}

// serveHTTP2 starts a server that calls answer for each connection of HTTP/2, until the end of the test, and returns its URL.
func serveHTTP2(t testing.TB, secure bool, answer func(*frames.HTTP2Peer)) (url string) {
	var conns atomic.Int64
	handle := func(conn net.Conn) {
		if p := frames.NewHTTP2Peer(conn, conns.Add(1)); p != nil {
			answer(p)
		}
	}
	if !secure {
		return serve(t, func(c *net.TCPConn) { handle(c) })
	}
	config := certificate()
	config.NextProtos = []string{"h2"}
	url = serve(t, func(c *net.TCPConn) {
		conn := tls.Server(c, config)
		defer conn.Close()
		handle(conn)
	})
	return "https" + strings.TrimPrefix(url, "http")
}

// serveHTTP3 starts a server that answers in this way, until the end of the test, and returns its URL.
func serveHTTP3(t testing.TB, answer frames.Answer[*frames.HTTP3Peer]) (url string) {
	t.Helper()
	listener, err := quic.ListenAddr("127.0.0.1:0", http3.ConfigureTLSConfig(certificate()), frames.HTTP3Config(answer.Streams))
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		_ = listener.Close()
		conns.Wait()
	})
	conns.Go(func() {
		var used atomic.Int64
		for {
			conn, err := listener.Accept(ctx)
			if err != nil {
				return
			}
			conns.Go(func() {
				defer conn.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "")
				defer context.AfterFunc(ctx, func() { _ = conn.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "") })()
				answer.Serve(frames.NewHTTP3Peer(conn, &used))
			})
		}
	})
	return "https://" + listener.Addr().String() + "/"
}

// framesHaveTheirClass makes requests for every odd way to answer in frames. Whatever a server sends takes little memory.
func framesHaveTheirClass(t *testing.T, c candidate) {
	skipIf(t, !c.protocol.Multiplexes(), "HTTP/1.1 has no frames")
	log.SetOutput(io.Discard) // net/http writes what servers do wrong to the standard logger
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	const allowed = 160 << 20 // bytes: what huge answers may take, too
	for _, secure := range []bool{false, true} {
		if !secure && c.protocol == strategies.HTTP3 {
			continue // it has no such version
		}
		t.Run(map[bool]string{false: "http", true: "https"}[secure], func(t *testing.T) {
			var asked []*oddFrames
			grown := heapGrowth(func() { asked = askFrames(t, c, secure) })
			for _, a := range asked {
				t.Run(a.name, func(t *testing.T) {
					for _, o := range a.outcomes {
						if !a.allows(o.Class) {
							t.Errorf("class %v, want %v: %v", o.Class, a.want, o.Err)
						}
					}
				})
			}
			if grown > allowed {
				t.Errorf("the heap grew by %d MB, want at most %d", grown>>20, allowed>>20)
			}
		})
	}
}

// askFrames makes three requests for each of the odd ways, two at a time, in a session for each: some of them end in their timeout.
func askFrames(t *testing.T, c candidate, secure bool) []*oddFrames {
	const n, limit = 3, 2
	var (
		all   sync.WaitGroup
		few   = make(chan struct{}, 8) // at a time: the others' timeouts must not come first
		asked = c.oddFrames()
	)
	for _, a := range asked {
		all.Go(func() {
			few <- struct{}{}
			defer func() { <-few }()
			target := strategies.Target{Insecure: true, Timeout: answerTimeout, DialTimeout: answerTimeout}
			if a.want == strategies.Timeout {
				target.Timeout = slowTimeout
				if c.protocol != strategies.HTTP3 { // none of whose answers keeps a connection from being opened
					target.DialTimeout = slowTimeout
				}
			}
			session, err := c.Open(t.Context(), target, limit)
			if err != nil {
				t.Error(err)
				return
			}
			defer session.Close()
			w := NewWork(n, a.serve(t, secure))
			if err := session.Run(t.Context(), limit, w); err != nil {
				t.Error(err)
				return
			}
			w.Check(t)
			for index := range w.N {
				a.outcomes = append(a.outcomes, w.Outcomes[index])
			}
		})
	}
	all.Wait()
	return asked
}
