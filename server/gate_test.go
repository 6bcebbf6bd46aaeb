package server

import (
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sweetspot/server/capacity"
)

// BenchmarkGate puts 50,000 requests a second through the gate with 10,000 inside all the time, and reports what rate was
// reached and what a request cost in processor time, goroutine switches included.
func BenchmarkGate(b *testing.B) {
	const inside, rate = 10_000, 50_000
	g, err := openGate(capacity.Curve{{N: 1, PerSecond: rate}})
	if err != nil {
		b.Fatal(err)
	}
	var passed atomic.Int64
	var wg sync.WaitGroup
	before, start := processorTime(b), time.Now()
	for caller := range inside {
		wg.Go(func() {
			w := newWaiter()
			for work := float64(caller%100) / 50; passed.Add(1) <= int64(b.N); work = 2 - work { // 1 on average
				g.pass(w, 0, work)
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	b.ReportMetric(float64(b.N)/took.Seconds(), "requests/s")
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/request")
	g.close()
}

func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// Waits that end on time, early or not at all leave nothing behind, whichever way the gate is used.
func TestTheGateLetsEverybodyPassOnce(t *testing.T) {
	g, err := openGate(capacity.Workers{N: 8, Service: 100 * time.Microsecond})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for caller := range 64 {
		wg.Go(func() {
			w := newWaiter()
			for i := range 50 {
				if (caller+i)%7 == 0 {
					wg.Go(func() { g.turnBack(w) }) // before, while or after it waits
				}
				g.pass(w, float64(i%3)*1e-4, 1)
			}
		})
	}
	wg.Wait()
	if inside := g.station.Inside(); inside != 0 {
		t.Errorf("%d are still inside", inside)
	}
	g.close()
}
