package eventloop_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

const okHead = "HTTP/1.1 200 OK\r\n"

// The server takes the request later and more slowly than the client could send it.
func TestLargeRequestIsSentWholeOverTLS(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<19) // 8 MiB: more than a socket takes at once
	var whole atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		time.Sleep(10 * time.Millisecond)
		if got, _ := io.ReadAll(r.Body); bytes.Equal(got, body) {
			whole.Add(1)
		}
	}))
	srv.StartTLS()
	defer srv.Close()
	w := strategytest.NewWork(4, srv.URL)
	strategytest.Run(t, eventLoop(t), strategies.Target{Method: http.MethodPut, Body: body, Insecure: true}, 2, w)
	if got := w.Classes()[strategies.OK]; got != 4 || whole.Load() != 4 {
		t.Errorf("%d succeeded and %d arrived whole, want 4: %s", got, whole.Load(), w.Errors())
	}
}

// The server changes the keys in the middle of a response and has the client change its own, while the records arrive in pieces.
func TestKeysChangeWithinAResponse(t *testing.T) {
	const n = 5
	var served, changed atomic.Int64
	url := serveRecords(t, func(s *recordServer) {
		for {
			kind, request, err := s.receive()
			switch {
			case err != nil, kind == alertRecord:
				return
			case kind == handshakeRecord:
				changed.Add(1)
				continue
			case !strings.HasPrefix(request, "GET / HTTP/1.1\r\n"):
				t.Errorf("received %q", request)
				return
			}
			served.Add(1)
			var records []byte
			records = append(records, s.out.seal(applicationRecord, []byte(okHead+"Content-Length: 10\r\n\r\nhello"))...)
			records = append(records, s.out.seal(handshakeRecord, keyUpdate)...)
			s.out.update()
			records = append(records, s.out.seal(applicationRecord, []byte("world"))...)
			for len(records) > 0 {
				piece := records[:min(len(records), 7)]
				if _, err := s.Write(piece); err != nil {
					return
				}
				records = records[len(piece):]
				time.Sleep(100 * time.Microsecond) // so that it may arrive as a piece
			}
		}
	})
	w := strategytest.NewWork(n, url)
	strategytest.Run(t, eventLoop(t), strategies.Target{Insecure: true}, 1, w)
	for index, o := range w.Outcomes {
		if o.Class != strategies.OK || o.Bytes != 10 {
			t.Errorf("request %d: class %v, %d bytes, want 10: %v", index, o.Class, o.Bytes, o.Err)
		}
	}
	if served.Load() != n || changed.Load() < n-1 {
		t.Errorf("one connection carried %d requests and %d answers to the changes of keys, want %d", served.Load(), changed.Load(), n)
	}
}

// A server that has the client answer without end, and reads no answer, takes a bounded amount of memory, and only its own request
// fails.
func TestAnswersOfTLSAreBounded(t *testing.T) {
	url := serveRecords(t, func(s *recordServer) {
		_, _, err := s.receive()
		if err == nil {
			err = s.send(applicationRecord, okHead+"Content-Length: 1000000000\r\n\r\n")
		}
		for err == nil { // a byte of the body in between makes the change of keys a legitimate one
			if err = s.updateKey(); err == nil {
				err = s.send(applicationRecord, "x")
			}
		}
	})
	before := heap()
	w := strategytest.NewWork(1, url)
	strategytest.Run(t, eventLoop(t), strategies.Target{Insecure: true, Timeout: 500 * time.Millisecond}, 1, w)
	if got := w.Classes(); got[strategies.Timeout]+got[strategies.BadTLS] != 1 {
		t.Errorf("got %v: %s", got, w.Errors())
	}
	if grown := heap() - before; grown > 4<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
}

// A response without a length ends with the connection. That is its end only if TLS says so: anybody may end a TCP connection.
func TestEndOfTheConnectionMustBeAnnounced(t *testing.T) {
	close := func(s *recordServer) { _ = s.send(alertRecord, string(closeNotify)) }
	for _, c := range []struct {
		name, answer string
		end          func(s *recordServer)
		want         strategies.Class
	}{
		{"announced", okHead + "\r\nhello", close, strategies.OK},
		{"unannounced", okHead + "\r\nhello", func(*recordServer) {}, strategies.Truncated},
		{"announced within the body", okHead + "Content-Length: 10\r\n\r\nhello", close, strategies.Truncated},
		{"unannounced within the body", okHead + "Content-Length: 10\r\n\r\nhello", func(*recordServer) {}, strategies.Truncated},
		{"unannounced after the body", okHead + "Content-Length: 5\r\n\r\nhello", func(*recordServer) {}, strategies.OK},
		{"announced without an answer", "", close, strategies.Reset},
		{"unannounced without an answer", "", func(*recordServer) {}, strategies.Reset},
		{"within a record", okHead + "Content-Length: 10\r\n\r\nhello", func(s *recordServer) {
			_, _ = s.Write(s.out.seal(applicationRecord, []byte("world"))[:8])
		}, strategies.Truncated},
		{"by a record that is not authentic", okHead + "Content-Length: 10\r\n\r\nhello", func(s *recordServer) {
			forged := s.out.seal(applicationRecord, []byte("world"))
			forged[7]++
			_, _ = s.Write(forged)
			_, _, _ = s.receive()
		}, strategies.BadTLS},
		{"by an alert", okHead + "Content-Length: 10\r\n\r\nhello", func(s *recordServer) {
			_ = s.send(alertRecord, "\x02\x50")
		}, strategies.BadTLS},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := serveRecords(t, func(s *recordServer) {
				if _, _, err := s.receive(); err != nil {
					return
				}
				if c.answer != "" {
					_ = s.send(applicationRecord, c.answer)
				}
				c.end(s)
				_ = s.CloseWrite()
				_, _ = io.Copy(io.Discard, s.TCPConn)
			})
			w := strategytest.NewWork(1, url)
			strategytest.Run(t, eventLoop(t), strategies.Target{Insecure: true}, 1, w)
			if got := w.Classes()[c.want]; got != 1 {
				t.Errorf("got %v, want %v: %s", w.Classes(), c.want, w.Errors())
			}
		})
	}
}

// The client says when it closes a connection.
func TestCloseIsAnnounced(t *testing.T) {
	announced := make(chan bool, 1)
	url := serveRecords(t, func(s *recordServer) {
		kind, data, err := s.receive()
		if err == nil {
			err = s.send(applicationRecord, okHead+"Content-Length: 0\r\n\r\n")
		}
		if err == nil {
			kind, data, err = s.receive()
		}
		announced <- err == nil && kind == alertRecord && data == string(closeNotify)
	})
	session, err := eventLoop(t).Open(t.Context(), strategies.Target{Insecure: true}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Run(t.Context(), 1, strategytest.NewWork(1, url)); err != nil {
		t.Fatal(err)
	}
	if err := session.Close(); err != nil {
		t.Fatal(err)
	}
	if !<-announced {
		t.Error("the connection ended without an announcement")
	}
}

// secure returns the URL of the same server with https.
func secure(url string) string { return "https" + strings.TrimPrefix(url, "http") }

// Handshakes that never end take their dial timeout.
func TestHandshakeThatNeverEnds(t *testing.T) {
	url := secure(strategytest.ConnServer(t, func(c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) }))
	w := strategytest.NewWork(10, url)
	strategytest.Run(t, eventLoop(t), strategies.Target{Insecure: true, DialTimeout: 50 * time.Millisecond}, 5, w)
	if got := w.Classes()[strategies.Timeout]; got != 10 {
		t.Errorf("got %v, want 10 of class %v: %s", w.Classes(), strategies.Timeout, w.Errors())
	}
}

// No other request waits for a handshake that does not end.
func TestHandshakesDoNotWaitForOthers(t *testing.T) {
	const stuck, others = 20, 40
	release := make(chan struct{})
	bad := secure(strategytest.ConnServer(t, func(*net.TCPConn) { <-release }))
	var served atomic.Int64
	good := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if served.Add(1) == others {
			close(release)
		}
	}))
	defer good.Close()
	urls := append(slices.Repeat([]string{bad}, stuck), slices.Repeat([]string{good.URL}, others)...)
	w := strategytest.NewWork(stuck+others, urls...)
	target := strategies.Target{Insecure: true, Timeout: time.Minute, DialTimeout: time.Minute}
	strategytest.Run(t, eventLoop(t), target, 3*stuck, w)
	if got := w.Classes(); got[strategies.OK] != others || got[strategies.BadTLS] != stuck {
		t.Errorf("got %v, want %d ok and %d of class %v: %s", got, others, stuck, strategies.BadTLS, w.Errors())
	}
}

func TestCloseEndsAHandshake(t *testing.T) {
	connected := make(chan struct{}, 10)
	url := secure(strategytest.ConnServer(t, func(c *net.TCPConn) {
		connected <- struct{}{}
		_, _ = io.Copy(io.Discard, c)
	}))
	session := strategytest.Open(t, eventLoop(t), strategies.Target{Insecure: true}, 3)
	w := strategytest.NewWork(100, url)
	ended := make(chan error)
	go func() { ended <- session.Run(t.Context(), 3, w) }()
	<-connected
	if err := errors.Join(session.Close(), <-ended); err != nil {
		t.Error(err)
	}
	w.Check(t)
	for index, o := range w.Outcomes {
		if o.Class != strategies.Other || !errors.Is(o.Err, net.ErrClosed) {
			t.Errorf("request %d: class %v, want %v: %v", index, o.Class, strategies.Other, o.Err)
		}
	}
}

// The first connection makes the whole handshake, and the others resume its session.
func TestNewConnectionsResumeASession(t *testing.T) {
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		t.Run(name, func(t *testing.T) {
			const n = 8
			var resumed, whole atomic.Int64
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Connection", "close")
				if r.TLS.DidResume {
					resumed.Add(1)
				} else {
					whole.Add(1)
				}
			}))
			srv.TLS = &tls.Config{MaxVersion: version}
			srv.StartTLS()
			defer srv.Close()
			w := strategytest.NewWork(n, srv.URL)
			strategytest.Run(t, eventLoop(t), strategies.Target{Insecure: true}, 1, w)
			if got := w.Classes()[strategies.OK]; got != n || whole.Load() != 1 || resumed.Load() != n-1 {
				t.Errorf("%d succeeded, over %d new and %d resumed sessions, want 1 and %d: %s", got, whole.Load(), resumed.Load(), n-1, w.Errors())
			}
		})
	}
}

// A server that speaks no HTTP/1.1, or no TLS, is a failure of TLS.
func TestServerThatDoesNotAgree(t *testing.T) {
	other := httptest.NewUnstartedServer(nil)
	other.TLS = &tls.Config{NextProtos: []string{"irc"}}
	other.Config.ErrorLog = log.New(io.Discard, "", 0)
	other.StartTLS()
	defer other.Close()
	plain := strategytest.Server(t, server.Config{})
	for name, url := range map[string]string{
		"another protocol": other.URL,
		"no TLS":           strings.Replace(plain.URL(), "http:", "https:", 1),
	} {
		w := strategytest.NewWork(3, url)
		strategytest.Run(t, eventLoop(t), strategies.Target{Insecure: true}, 1, w)
		if got := w.Classes()[strategies.BadTLS]; got != 3 {
			t.Errorf("%s: got %v, want 3 of class %v: %s", name, w.Classes(), strategies.BadTLS, w.Errors())
		}
	}
}
