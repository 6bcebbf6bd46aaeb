package server

import (
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sweetspot/server/capacity"
)

// BenchmarkScheduler sends 50,000 requests per second through the scheduler with 10,000 inside at all times. It reports the
// rate that was reached and the processor time per request, goroutine switches included.
func BenchmarkScheduler(b *testing.B) {
	const inside, rate = 10_000, 50_000
	s, err := newScheduler(Config{Capacity: capacity.Curve{{N: 1, PerSecond: rate}}})
	if err != nil {
		b.Fatal(err)
	}
	var requests atomic.Int64
	var wg sync.WaitGroup
	before, start := processorTime(b), time.Now()
	for caller := range inside {
		wg.Go(func() {
			w := newWaiter()
			for work := float64(caller%100) / 50; requests.Add(1) <= int64(b.N); work = 2 - work { // 1 on average
				s.wait(w, 0, work)
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	b.ReportMetric(float64(b.N)/took.Seconds(), "requests/s")
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/request")
	s.close()
}

func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// Some waits are canceled before they begin, some while they last, some after their end.
func TestSchedulerReleasesEveryWaiterOnce(t *testing.T) {
	s, err := newScheduler(Config{Capacity: capacity.Workers{N: 8, Service: 100 * time.Microsecond}})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for caller := range 64 {
		wg.Go(func() {
			w := newWaiter()
			for i := range 50 {
				if (caller+i)%7 == 0 {
					wg.Go(func() { s.cancel(w) }) // before, during or after the wait
				}
				s.wait(w, float64(i%3)*1e-4, 1)
			}
		})
	}
	wg.Wait()
	if inside := s.station.Inside(); inside != 0 {
		t.Errorf("%d are still inside", inside)
	}
	s.close()
}
