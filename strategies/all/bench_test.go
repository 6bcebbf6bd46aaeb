package all_test

import (
	"testing"

	"sweetspot/server"
	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

// benchLimit is the limit at which the benchmarks run.
const benchLimit = 60

// BenchmarkStrategies shows what a request costs with each strategy, including the share of the server, which runs in the same
// process.
func BenchmarkStrategies(b *testing.B) {
	for _, s := range strategies.Named() {
		b.Run(s.Name(), func(b *testing.B) { benchmark(b, s, strategytest.Server(b, server.Config{}).URL()) })
	}
}

// BenchmarkSteady shows what a request costs over open connections. The server allocates nothing, so that the allocations
// reported are the strategy's: none for fasthttp and eventloop.
func BenchmarkSteady(b *testing.B) {
	for _, name := range []string{"eventloop", "fasthttp", "pool"} {
		b.Run(name, func(b *testing.B) {
			s, err := strategies.Get(name)
			if err != nil {
				b.Fatal(err)
			}
			benchmark(b, s, strategytest.StaticServer(b))
		})
	}
}

// benchmark makes b.N requests over connections that are open already.
func benchmark(b *testing.B, s strategies.Strategy, url string) {
	session := strategytest.Open(b, s, strategies.Target{}, benchLimit)
	for _, n := range []int64{20 * benchLimit, int64(b.N)} { // the first round opens the connections
		b.ResetTimer()
		w := strategytest.NewCountdown(n, url)
		if err := session.Run(b.Context(), benchLimit, w); err != nil || w.Failed() > 0 {
			b.Fatalf("%d of %d failed: %v", w.Failed(), n, err)
		}
	}
	b.ReportAllocs()
	b.StopTimer()
}
