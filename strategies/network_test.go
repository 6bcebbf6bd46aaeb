package strategies

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// acceptor is a listener on this machine that keeps what it accepts.
func acceptor(t *testing.T) (address string, accepted <-chan net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	conns := make(chan net.Conn, 16)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conns <- conn
		}
	}()
	return listener.Addr().String(), conns
}

// dial returns a network, a connection of it, and what the server at the other end accepts.
func dial(t *testing.T) (*Network, net.Conn, <-chan net.Conn) {
	t.Helper()
	address, accepted := acceptor(t)
	n := NewNetwork(Target{}.WithDefaults())
	conn, err := n.Dial(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return n, conn, accepted
}

func TestAConnectionIsCountedOnceInEveryRun(t *testing.T) {
	n, conn, _ := dial(t)
	for run := range 2 {
		n.begin()
		if got := n.usage().Connections; got != 0 {
			t.Errorf("run %d begins with %d connections", run, got)
		}
		for range 3 {
			if _, err := io.WriteString(conn, "x"); err != nil {
				t.Fatal(err)
			}
		}
		if got := n.usage().Connections; got != 1 {
			t.Errorf("run %d used %d connections, want 1", run, got)
		}
	}
}

func TestAConnectionClosedWhileIdleRefusesToWrite(t *testing.T) {
	_, conn, accepted := dial(t)
	if err := (<-accepted).Close(); err != nil {
		t.Fatal(err)
	}
	touched := &conn.(*timedConnection).touched
	for deadline := time.Now().Add(5 * time.Second); ; { // the peer's close takes a moment to arrive
		touched.Add(-int64(suspect + time.Nanosecond)) // as if it had been idle for long
		_, err := io.WriteString(conn, "x")
		if err == errStale {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("writing gave %v, want %v", err, errStale)
		}
	}
}

func TestAConnectionIsNotIdleWhileItWaitsForAnAnswer(t *testing.T) {
	_, conn, accepted := dial(t)
	server := <-accepted
	if _, err := io.WriteString(conn, "hello"); err != nil {
		t.Fatal(err)
	}
	c := conn.(*timedConnection)
	const long = time.Hour
	c.touched.Add(-int64(long)) // as if the answer had taken so long
	if _, err := io.WriteString(server, "world"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
	if idle := c.touch(); idle >= long {
		t.Errorf("idle for %v when the answer had just been read", idle)
	}
}

func TestNamesAreRememberedForTheirLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := names{lifetime: 300 * time.Second, entries: map[string]*name{}}
		entry, first, err := n.resolve(context.Background(), "127.0.0.1")
		if err != nil || len(first) != 1 || first[0] != "127.0.0.1" {
			t.Fatalf("got %v, %v", first, err)
		}
		entry.addresses = []string{"192.0.2.1", "192.0.2.2"} // so that it shows whether they are looked up anew
		entry.prefer("192.0.2.2")
		time.Sleep(299 * time.Second)
		if _, got, _ := n.resolve(context.Background(), "127.0.0.1"); len(got) != 2 || got[0] != "192.0.2.2" {
			t.Errorf("within the lifetime got %v, want the addresses remembered, the one that answered first", got)
		}
		time.Sleep(2 * time.Second)
		if _, got, _ := n.resolve(context.Background(), "127.0.0.1"); len(got) != 1 || got[0] != "127.0.0.1" {
			t.Errorf("after the lifetime got %v, want a new answer", got)
		}
	})
}

// What has been resolved anew meanwhile, or not at all, is not touched.
func TestAnAddressThatIsGoneIsNotPreferred(t *testing.T) {
	for _, addresses := range [][]string{nil, {"192.0.2.1", "192.0.2.2"}} {
		entry := &name{addresses: addresses}
		entry.prefer("192.0.2.3")
		if got := strings.Join(entry.addresses, " "); got != strings.Join(addresses, " ") {
			t.Errorf("got %s, want %v", got, addresses)
		}
	}
}

func TestTheTimeOnTheWireIsTheServersAlone(t *testing.T) {
	n, conn, accepted := dial(t)
	server := <-accepted
	buffer := make([]byte, 16)
	const pause = 20 * time.Millisecond
	for range 3 {
		_, _ = io.WriteString(conn, "hello")
		_, _ = server.Read(buffer)
		time.Sleep(pause)
		_, _ = io.WriteString(server, "world")
		_, _ = conn.Read(buffer)
		time.Sleep(5 * pause) // in the client
	}
	got := n.usage() // the third exchange is not known to be over yet
	if mean := got.Wire / 2; got.Exchanges != 2 || mean < pause || mean > 3*pause {
		t.Errorf("%d exchanges took %v in all, want 2 of a little over %v", got.Exchanges, got.Wire, pause)
	}
}
