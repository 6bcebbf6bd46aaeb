package network

import (
	"io"
	"net"
	"testing"
	"time"
)

// acceptor starts a listener on this machine and returns the connections that it accepts.
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

// dial returns a network, a connection of it, and the connections that the server at the other end accepts.
func dial(t *testing.T) (*Network, net.Conn, <-chan net.Conn) {
	t.Helper()
	address, accepted := acceptor(t)
	n := New(5*time.Second, 300*time.Second)
	conn, err := n.Dial(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return n, conn, accepted
}

func TestNetworkCountsAConnectionOncePerRun(t *testing.T) {
	n, conn, _ := dial(t)
	for run := range 2 {
		n.BeginRun()
		if got := n.Usage().Connections; got != 0 {
			t.Errorf("run %d begins with %d connections", run, got)
		}
		for range 3 {
			if _, err := io.WriteString(conn, "x"); err != nil {
				t.Fatal(err)
			}
		}
		if got := n.Usage().Connections; got != 1 {
			t.Errorf("run %d used %d connections, want 1", run, got)
		}
	}
}

func TestConnClosedWhileIdleReturnsErrStale(t *testing.T) {
	_, conn, accepted := dial(t)
	if err := (<-accepted).Close(); err != nil {
		t.Fatal(err)
	}
	touched := &conn.(*timedConn).touched
	for deadline := time.Now().Add(5 * time.Second); ; { // the peer's close takes a moment to arrive
		touched.Add(-int64(staleCheckAfter + time.Nanosecond)) // as if it had been idle for longer
		_, err := io.WriteString(conn, "x")
		if err == ErrStale {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("writing gave %v, want %v", err, ErrStale)
		}
	}
}

func TestConnIsNotIdleWhileItWaitsForAResponse(t *testing.T) {
	_, conn, accepted := dial(t)
	server := <-accepted
	if _, err := io.WriteString(conn, "hello"); err != nil {
		t.Fatal(err)
	}
	c := conn.(*timedConn)
	const long = time.Hour
	c.touched.Add(-int64(long)) // as if the response had taken an hour
	if _, err := io.WriteString(server, "world"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
	if idle := c.touch(); idle >= long {
		t.Errorf("idle for %v when the response had just been read", idle)
	}
}

func TestNetworkTimesExchangesWithoutTheClient(t *testing.T) {
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
	got := n.Usage() // the third exchange is not known to be over yet
	if mean := got.ExchangeTime / 2; got.Exchanges != 2 || mean < pause || mean > 3*pause {
		t.Errorf("%d exchanges took %v in all, want 2 of a little over %v", got.Exchanges, got.ExchangeTime, pause)
	}
}
