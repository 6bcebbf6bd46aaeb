package strategies_test

import (
	"os"
	"testing"

	"sweetspot/strategies"
)

// BenchmarkProgram tells what it costs to have a program make the requests rather than this process: the same client in
// both, over connections that are open already, and a program that makes no requests at all, which leaves the talk. The
// server is this process.
func BenchmarkProgram(b *testing.B) {
	fasthttp, err := strategies.Get("fasthttp")
	if err != nil {
		b.Fatal(err)
	}
	idle := strategies.Program{Name: "talk", Command: []string{os.Args[0], "as-program", "faulty", "no fault"}}
	for _, s := range []strategies.Strategy{fasthttp, program("program", "fasthttp"), idle.Strategy()} {
		b.Run(s.Name(), func(b *testing.B) {
			const limit = 60
			session, err := s.Open(b.Context(), strategies.Target{}, limit)
			if err != nil {
				b.Fatal(err)
			}
			defer session.Close()
			address := parrot(b)
			for _, n := range []int64{50 * limit, int64(b.N)} { // the first opens the connections
				b.ResetTimer()
				w := &countdown{url: address}
				w.left.Store(n)
				if err := session.Run(b.Context(), limit, w); err != nil || w.failed.Load() > 0 {
					b.Fatalf("%d of %d failed: %v", w.failed.Load(), n, err)
				}
			}
			b.ReportAllocs()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}
