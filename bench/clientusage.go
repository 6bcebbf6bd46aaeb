package bench

import (
	"math"
	"runtime/metrics"
	"slices"
	"time"

	"sweetspot/bench/process"
)

// A clientUsage is a reading of what the client has used so far. The difference of two readings is what it used in between.
type clientUsage struct {
	cpu        time.Duration // of this process and the session's own programs
	wire       time.Duration // from a request's first byte to its response's last one, summed over exchanges
	exchanges  int64         // requests that were timed so
	scheduling []uint64      // goroutines that waited for a processor, by the bucket of their waiting time
	buckets    []float64     // bounds of the buckets in seconds, one more than buckets
}

const schedulingLatencies = "/sched/latencies:seconds"

// clientUsage returns a reading of the candidate's client.
func (c candidate) clientUsage() clientUsage {
	sample := []metrics.Sample{{Name: schedulingLatencies}}
	metrics.Read(sample)
	used := c.session.Usage()
	m := clientUsage{cpu: process.CPU() + used.CPU, wire: used.ExchangeTime, exchanges: used.Exchanges}
	if sample[0].Value.Kind() == metrics.KindFloat64Histogram {
		h := sample[0].Value.Float64Histogram()
		m.scheduling, m.buckets = slices.Clone(h.Counts), h.Buckets
	}
	return m
}

// since returns what was used between the reading before and this one.
func (m clientUsage) since(before clientUsage) clientUsage {
	m.cpu -= before.cpu
	m.wire -= before.wire
	m.exchanges -= before.exchanges
	for i, n := range before.scheduling {
		m.scheduling[i] -= n
	}
	return m
}

// wireMean returns the mean time that an exchange took, 0 if none was timed.
func (m clientUsage) wireMean() time.Duration {
	if m.exchanges == 0 {
		return 0
	}
	return m.wire / time.Duration(m.exchanges)
}

// schedulingP99 returns the time within which 99% of the goroutines that were ready to run got a processor, rounded up to
// the end of its bucket.
func (m clientUsage) schedulingP99() time.Duration {
	var all uint64
	for _, n := range m.scheduling {
		all += n
	}
	var below uint64
	for i, n := range m.scheduling {
		if below += n; n > 0 && float64(below) >= 0.99*float64(all) {
			end := m.buckets[i+1]
			if math.IsInf(end, 1) {
				end = m.buckets[i]
			}
			return time.Duration(end * float64(time.Second))
		}
	}
	return 0
}
