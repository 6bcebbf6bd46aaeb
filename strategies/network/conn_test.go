package network

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sweetspot/strategies/http1"
)

const (
	request  = "GET / HTTP/1.1\r\n\r\n"
	response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
)

// clients are the two ways in which clients use a connection.
var clients = map[string]Options{
	"reads while it writes":     {},
	"writes and reads in turns": {Alternating: true},
}

// connect returns a network, a connection of it and the server's end of that.
func connect(t *testing.T, o Options) (*Network, *Conn, *net.TCPConn) {
	t.Helper()
	address, accepted := acceptor(t)
	n := New(5*time.Second, 300*time.Second)
	conn, err := n.Dial(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	server := (<-accepted).(*net.TCPConn)
	t.Cleanup(func() { conn.Close(); server.Close() })
	return n, conn, server
}

// exchange makes a request, to which the server gives the answer. It returns what the client reads until there is an error or
// it has read at least a response.
func exchange(t *testing.T, conn *Conn, server *net.TCPConn, answer string) (string, error) {
	t.Helper()
	if _, err := io.WriteString(conn, request); err != nil {
		return "", err
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if _, err := io.ReadFull(server, make([]byte, len(request))); err == nil {
			_, _ = io.WriteString(server, answer)
		}
	}()
	defer func() { <-served }()
	got := make([]byte, 2*len(response)) // as clients do, which do not know how much will come
	n, err := io.ReadAtLeast(conn, got, len(response))
	return string(got[:n]), err
}

// eachClient runs the check with a connection on which a first exchange has succeeded.
func eachClient(t *testing.T, check func(t *testing.T, conn *Conn, server *net.TCPConn)) {
	for name, options := range clients {
		t.Run(name, func(t *testing.T) {
			_, conn, server := connect(t, options)
			if got, err := exchange(t, conn, server, response); got != response || err != nil {
				t.Fatalf("the first exchange gave %q, %v", got, err)
			}
			if !conn.Reusable() {
				t.Fatal("it is not reusable after a whole response")
			}
			check(t, conn, server)
		})
	}
}

// wantStale checks that the next request is not sent.
func wantStale(t *testing.T, conn *Conn) {
	t.Helper()
	begun := conn.Begun()
	if n, err := io.WriteString(conn, request); n != 0 || !errors.Is(err, ErrStale) || conn.Begun() != begun {
		t.Errorf("the next request: %d, %v, want %v", n, err, ErrStale)
	}
}

func TestConnIsStaleAsSoonAsTheServerHasClosedIt(t *testing.T) {
	eachClient(t, func(t *testing.T, conn *Conn, server *net.TCPConn) {
		server.Close()
		arrived(t, conn)
		wantStale(t, conn)
	})
}

func TestConnIsStaleAsSoonAsTheServerHasWrittenUnasked(t *testing.T) {
	eachClient(t, func(t *testing.T, conn *Conn, server *net.TCPConn) {
		write(t, server, response)
		arrived(t, conn)
		wantStale(t, conn)
	})
}

func TestConnThatWasNotNeededAtOnceIsStaleIfTheServerHasClosedIt(t *testing.T) {
	_, conn, server := connect(t, Options{Alternating: true})
	server.Close()
	arrived(t, conn)
	conn.mu.Lock()
	conn.ended -= freshTime
	conn.mu.Unlock()
	wantStale(t, conn)
}

// TLS has messages of its own, so what has arrived must be decrypted to know whether it is surplus.
func TestConnOverTLSIsStaleIfTheServerHasWrittenUnasked(t *testing.T) {
	address, accepted := acceptor(t)
	certificates := httptest.NewUnstartedServer(nil)
	certificates.StartTLS()
	defer certificates.Close()
	serving := make(chan *tls.Conn, 1)
	go func() {
		server := tls.Server(<-accepted, certificates.TLS)
		_, _ = server.Read(make([]byte, 1000))
		_, _ = server.Write([]byte(response))
		serving <- server
	}()
	conn, err := New(5*time.Second, 300*time.Second).Dial(t.Context(), address, Options{TLS: &tls.Config{InsecureSkipVerify: true}, Alternating: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1000)); err != nil || !conn.Reusable() {
		t.Fatalf("reusable %v, %v", conn.Reusable(), err)
	}
	server := <-serving
	defer server.Close()
	if _, err := server.Write([]byte(response)); err != nil {
		t.Fatal(err)
	}
	arrived(t, conn)
	wantStale(t, conn)
}

// arrived waits until what the server did has arrived.
func arrived(t *testing.T, conn *Conn) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for closed, data := conn.wire.disturbed(); !closed && !data; closed, data = conn.wire.disturbed() {
		if time.Now().After(deadline) {
			t.Fatal("nothing has arrived")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestConnHidesTheSurplusAfterAResponse(t *testing.T) {
	eachClient(t, func(t *testing.T, conn *Conn, server *net.TCPConn) {
		if got, err := exchange(t, conn, server, response+"surplus"); got != response || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		if conn.Reusable() {
			t.Error("it is reusable")
		}
		if n, err := conn.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("reading on gave %d, %v, want EOF", n, err)
		}
		wantStale(t, conn)
	})
}

func TestConnKnowsThatTheServerSawNothingOfARequest(t *testing.T) {
	eachClient(t, func(t *testing.T, conn *Conn, server *net.TCPConn) {
		conn.mu.Lock() // as if the look before the request had come a moment too early
		conn.waiting, conn.before = true, conn.wire.sent.Load()
		conn.parser.Reset(false)
		conn.mu.Unlock()
		server.Close()
		arrived(t, conn)
		_, _ = io.WriteString(conn, request)
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, ErrStale) || !errors.Is(conn.Fault(), ErrStale) {
			t.Errorf("read: %v, fault %v, want %v", err, conn.Fault(), ErrStale)
		}
	})
}

func TestConnNamesTheFaultOfTheServer(t *testing.T) {
	for _, fault := range []struct {
		name, answer string
		want         error
	}{
		{"no answer", "", io.EOF},
		{"a head that breaks off", response[:20], io.ErrUnexpectedEOF},
		{"a body that breaks off", response[:len(response)-1], io.ErrUnexpectedEOF},
		{"no HTTP", "SSH-2.0-OpenSSH\r\n", http1.ErrMalformed},
		{"an endless head", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", http1.DefaultMaxHead/5), http1.ErrTooLarge},
		{"endless interim answers", strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", http1.DefaultMaxHead/20), http1.ErrTooLarge},
	} {
		t.Run(fault.name, func(t *testing.T) {
			eachClient(t, func(t *testing.T, conn *Conn, server *net.TCPConn) {
				write(t, conn, request)
				go func() {
					_, _ = io.ReadFull(server, make([]byte, len(request)))
					_, _ = io.WriteString(server, fault.answer)
					_ = server.CloseWrite()
				}()
				if _, err := io.Copy(io.Discard, conn); err == nil || !errors.Is(conn.Fault(), fault.want) {
					t.Errorf("read: %v, fault %v, want %v", err, conn.Fault(), fault.want)
				}
			})
		})
	}
}

func TestConnEndsAtTheEndOfABodyWithoutLength(t *testing.T) {
	eachClient(t, func(t *testing.T, conn *Conn, server *net.TCPConn) {
		write(t, conn, request)
		go func() {
			_, _ = io.ReadFull(server, make([]byte, len(request)))
			_, _ = io.WriteString(server, "HTTP/1.1 200 OK\r\n\r\nhello")
			server.Close()
		}()
		if got, err := io.ReadAll(conn); !strings.HasSuffix(string(got), "hello") || err != nil || conn.Fault() != nil {
			t.Errorf("got %q, %v, fault %v", got, err, conn.Fault())
		}
	})
}

// A client that reads while it writes gets an early answer, and does not see that the rest of its request was not sent.
func TestConnAcceptsTheRestOfARequestThatWasAnswered(t *testing.T) {
	_, conn, server := connect(t, Options{})
	write(t, conn, "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n")
	write(t, server, "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
	server.Close()
	got, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 413") {
		t.Fatalf("got %q, %v", got, err)
	}
	if n, err := conn.Write([]byte("0123456789")); n != 10 || err != nil || conn.Fault() != nil || conn.Begun() != 1 {
		t.Errorf("write: %d, %v, fault %v, %d begun", n, err, conn.Fault(), conn.Begun())
	}
}

func TestNetworkTimesExactlyTheExchanges(t *testing.T) {
	n, conn, server := connect(t, Options{})
	const pause = 20 * time.Millisecond
	var elapsed time.Duration // within the exchanges
	for range 3 {
		began := time.Now()
		_, _ = io.WriteString(conn, request)
		_, _ = io.ReadFull(server, make([]byte, len(request)))
		time.Sleep(pause)
		_, _ = io.WriteString(server, response)
		_, _ = io.ReadFull(conn, make([]byte, len(response)))
		elapsed += time.Since(began)
		time.Sleep(5 * pause) // in the client
	}
	got := n.Usage()
	if got.Exchanges != 3 || got.ExchangeTime < 3*pause || got.ExchangeTime > elapsed {
		t.Errorf("%d exchanges took %v in all, want 3 of at least %v, and at most %v", got.Exchanges, got.ExchangeTime, pause, elapsed)
	}
}

func TestNetworkCountsAConnectionOncePerRun(t *testing.T) {
	n, conn, server := connect(t, Options{})
	for run := range 2 {
		n.BeginRun()
		if got := n.Usage().Connections; got != 0 {
			t.Errorf("run %d begins with %d connections", run, got)
		}
		for range 3 {
			if _, err := exchange(t, conn, server, response); err != nil {
				t.Fatal(err)
			}
		}
		if got := n.Usage().Connections; got != 1 {
			t.Errorf("run %d used %d connections, want 1", run, got)
		}
	}
}

func TestConnFollowsResponsesThatAreNotTheUsualOne(t *testing.T) {
	eachClient(t, func(t *testing.T, conn *Conn, server *net.TCPConn) {
		for _, answer := range []string{
			response, response,
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nworld\r\n0\r\n\r\n",
			response,
		} {
			if got, err := exchange(t, conn, server, answer); got != answer || err != nil || !conn.Reusable() {
				t.Errorf("got %q, %v, want %q", got, err, answer)
			}
		}
		if _, err := exchange(t, conn, server, response+"!"); err != nil || conn.Reusable() {
			t.Errorf("after surplus: %v, reusable %v", err, conn.Reusable())
		}
	})
}
