package strategies_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/strategies"
)

// BenchmarkSteady makes b.N requests over 60 connections that are open already. The server answers every request with the
// same bytes and allocates nothing, so that the allocations reported are the strategy's: none for fasthttp and eventloop.
func BenchmarkSteady(b *testing.B) {
	for _, name := range []string{"eventloop", "fasthttp", "pool"} {
		b.Run(name, func(b *testing.B) {
			s, err := strategies.Get(name)
			if err != nil {
				b.Fatal(err)
			}
			const limit = 60
			session, err := s.Open(b.Context(), strategies.Target{}, limit)
			if err != nil {
				b.Fatal(err)
			}
			defer session.Close()
			address := parrot(b)
			for _, n := range []int64{20 * limit, int64(b.N)} { // the first opens the connections
				b.ResetTimer()
				w := &countdown{url: address}
				w.left.Store(n)
				if err := session.Run(b.Context(), limit, w); err != nil || w.failed.Load() > 0 {
					b.Fatalf("%d of %d failed: %v", w.failed.Load(), n, err)
				}
			}
			b.ReportAllocs()
		})
	}
}

// countdown is work of a number of requests, all for the same URL, that counts failures and nothing else.
type countdown struct {
	url          string
	left, failed atomic.Int64
}

func (w *countdown) Worker() strategies.Worker { return w }

func (w *countdown) Next(ctx context.Context, r *strategies.Request) bool {
	r.URL = w.url
	return w.left.Add(-1) >= 0 && ctx.Err() == nil
}

func (w *countdown) Done(_ *strategies.Request, o strategies.Outcome) {
	if o.Class != strategies.OK {
		w.failed.Add(1)
	}
}

// parrot starts a server that answers whatever arrives at once with the same response.
func parrot(b *testing.B) (address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { listener.Close() })
	answer := []byte("HTTP/1.1 200 OK\r\nServer: parrot\r\nDate: " + time.Now().Format(time.RFC1123) +
		"\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{\"message\":\"hello\"}")
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for request := make([]byte, 4096); ; {
					if _, err := conn.Read(request); err != nil {
						return
					}
					if _, err := conn.Write(answer); err != nil {
						return
					}
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String() + "/"
}
