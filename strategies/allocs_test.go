package strategies_test

import (
	"context"
	"sync/atomic"
	"testing"

	"sweetspot/server"
	"sweetspot/strategies"
)

// counted is a Work that hands out as many requests as a benchmark asks for and keeps nothing.
type counted struct {
	url  string
	left atomic.Int64
	bad  atomic.Int64
}

func (c *counted) Worker() strategies.Worker { return c }

func (c *counted) Next(_ context.Context, r *strategies.Request) bool {
	r.URL = c.url
	return c.left.Add(-1) >= 0
}

func (c *counted) Done(_ *strategies.Request, o strategies.Outcome) {
	if o.Class != strategies.OK {
		c.bad.Add(1)
	}
}

// BenchmarkStrategies tells what a request costs with each strategy at limit 60, the server's share included: it runs in
// the same process.
func BenchmarkStrategies(b *testing.B) {
	const limit = 60
	for _, s := range strategies.Named() {
		b.Run(s.Name(), func(b *testing.B) {
			srv, err := server.Start(server.Config{})
			if err != nil {
				b.Fatal(err)
			}
			defer srv.Close()
			session, err := s.Open(b.Context(), strategies.Target{}, limit)
			if err != nil {
				b.Fatal(err)
			}
			defer session.Close()
			work := &counted{url: srv.URL()}
			work.left.Store(10 * limit) // opens the connections
			if err := session.Run(b.Context(), limit, work); err != nil {
				b.Fatal(err)
			}
			work.left.Store(int64(b.N))
			b.ReportAllocs()
			b.ResetTimer()
			if err := session.Run(b.Context(), limit, work); err != nil {
				b.Fatal(err)
			}
			if bad := work.bad.Load(); bad > 0 {
				b.Errorf("%d requests failed", bad)
			}
		})
	}
}
