package server_test

import (
	"fmt"
	"io"
	"math"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"sweetspot/server"
)

// BenchmarkServerBesideBareFasthttp measures the server without capacity and a bare fasthttp handler with the same answer in
// alternating rounds. It reports the ratio of their speeds, as the geometric mean over the rounds, as of-bare.
// The client does as little as possible: it writes the same bytes for each request and reads the length that it expects.
func BenchmarkServerBesideBareFasthttp(b *testing.B) {
	ours, err := server.Start(server.Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer ours.Close()
	bare := startBare(b)

	const connections, requests = 16, 2000 // requests per connection
	ourConns := dial(b, ours.URL()[len("http://"):len(ours.URL())-1], connections)
	bareConns := dial(b, bare, connections)
	var sumOfLogs float64
	b.ReportAllocs()
	rounds := 0
	for b.Loop() {
		var durations [2]time.Duration
		for turn := range 2 {
			which := (turn + rounds) % 2 // they take turns to go first
			durations[which] = drive(b, [][]net.Conn{ourConns, bareConns}[which], requests)
		}
		sumOfLogs += math.Log(durations[1].Seconds() / durations[0].Seconds())
		rounds++
	}
	b.ReportMetric(math.Exp(sumOfLogs/float64(rounds)), "of-bare")
}

func startBare(b *testing.B) (addr string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	body := []byte(`{"message":"hello"}`)
	bare := fasthttp.Server{
		Name:          "sweetspot",
		NoDefaultDate: true,
		// One of its goroutines ends up to this long after the listener is closed; the leak check waits for less than 1 s.
		MaxIdleWorkerDuration: 100 * time.Millisecond,
		Handler: func(ctx *fasthttp.RequestCtx) {
			ctx.SetContentType("application/json")
			ctx.Response.SetBodyRaw(body)
		},
	}
	go bare.Serve(listener)
	b.Cleanup(func() { listener.Close() })
	return listener.Addr().String()
}

func dial(b *testing.B, addr string, connections int) []net.Conn {
	conns := make([]net.Conn, connections)
	for i := range conns {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { conn.Close() })
		conns[i] = conn
	}
	return conns
}

// drive makes that number of requests on each connection, and returns how long all of them took.
func drive(b *testing.B, conns []net.Conn, requests int) time.Duration {
	request := []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nServer: sweetspot\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		len(`{"message":"hello"}`), `{"message":"hello"}`)
	start := time.Now()
	var wg sync.WaitGroup
	for _, conn := range conns {
		wg.Go(func() {
			got := make([]byte, len(answer))
			for range requests {
				if _, err := conn.Write(request); err != nil {
					b.Error(err)
					return
				}
				if _, err := io.ReadFull(conn, got); err != nil {
					b.Error(err)
					return
				}
			}
			if string(got) != answer {
				b.Errorf("got  %q\nwant %q", got, answer)
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}
