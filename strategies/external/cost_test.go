package external_test

import (
	"os"
	"testing"

	"sweetspot/strategies"
	"sweetspot/strategies/external"
	"sweetspot/strategies/strategytest"
)

// BenchmarkProgram shows what it costs that a program makes the requests rather than this process: the same client in both,
// over open connections, and a program that makes no requests at all, which leaves the cost of the protocol. The server is
// in this process.
func BenchmarkProgram(b *testing.B) {
	fasthttp, err := strategies.Get("fasthttp")
	if err != nil {
		b.Fatal(err)
	}
	idle := external.Program{Name: "protocol", Command: []string{os.Args[0], "as-program", "faulty", "no fault"}}
	for _, s := range []strategies.Strategy{fasthttp, program("program", "fasthttp"), idle.Strategy()} {
		b.Run(s.Name(), func(b *testing.B) {
			const limit = 60
			session, err := s.Open(b.Context(), strategies.Target{}, limit)
			if err != nil {
				b.Fatal(err)
			}
			defer session.Close()
			address := strategytest.StaticServer(b)
			for _, n := range []int64{50 * limit, int64(b.N)} { // the first opens the connections
				b.ResetTimer()
				w := strategytest.NewCountdown(n, address)
				if err := session.Run(b.Context(), limit, w); err != nil || w.Failed() > 0 {
					b.Fatalf("%d of %d failed: %v", w.Failed(), n, err)
				}
			}
			b.ReportAllocs()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}
