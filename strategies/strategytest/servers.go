package strategytest

import (
	"net"
	"testing"
	"time"

	"sweetspot/server"
)

// Server starts a server of package server and closes it at the end of the test. Its Stats count independently of the
// strategy. An error of either fails the test.
func Server(t testing.TB, config server.Config) *server.Server {
	t.Helper()
	s, err := server.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close server: %v", err)
		}
	})
	return s
}

// ConnServer starts a server on the loopback interface that calls handle for each connection and closes the connection afterwards.
// It returns the server's URL, and closes the server at the end of the test.
func ConnServer(t testing.TB, handle func(c *net.TCPConn)) (url string) { return serve(t, handle) }

// RawServer starts a server on the loopback interface that reads once from each connection, up to 4 KiB, calls answer and
// closes the connection. It returns the server's URL, and closes the server at the end of the test.
func RawServer(t testing.TB, answer func(c *net.TCPConn)) (url string) {
	return serve(t, func(c *net.TCPConn) {
		_, _ = c.Read(make([]byte, 4096))
		answer(c)
	})
}

// Reply returns a function for [RawServer] that answers with the text.
func Reply(text string) func(*net.TCPConn) {
	return func(c *net.TCPConn) { _, _ = c.Write([]byte(text)) }
}

// StaticServer starts a server that answers each read with the same small response, at once and without allocating. It suits
// benchmarks, since all allocations are then the strategy's. It returns the server's URL, and closes the server at the end of
// the test.
func StaticServer(t testing.TB) (url string) {
	response := []byte("HTTP/1.1 200 OK\r\nServer: static\r\nDate: " + time.Now().Format(time.RFC1123) +
		"\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{\"message\":\"hello\"}")
	return serve(t, func(c *net.TCPConn) {
		for request := make([]byte, 4096); ; {
			if _, err := c.Read(request); err != nil {
				return
			}
			if _, err := c.Write(response); err != nil {
				return
			}
		}
	})
}

// ClosedPort returns the URL of a port of the loopback interface at which nothing listens.
func ClosedPort(t testing.TB) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String() + "/"
}
