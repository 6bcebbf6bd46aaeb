package bench

import (
	"math"
	"runtime/metrics"
	"slices"
	"time"
)

// A meter is a reading of what the client has used so far. The difference of two readings is what it used in between.
type meter struct {
	cpu        time.Duration // of this process and the session's own programs
	wire       time.Duration // summed over exchanges
	exchanges  int64
	scheduling []uint64 // goroutines that waited for a processor, by the bucket of how long
	buckets    []float64
}

const schedulingLatencies = "/sched/latencies:seconds"

// meter returns a reading of the candidate's client.
func (c candidate) meter() meter {
	sample := []metrics.Sample{{Name: schedulingLatencies}}
	metrics.Read(sample)
	used := c.session.Usage()
	m := meter{cpu: processCPU() + used.CPU, wire: used.ExchangeTime, exchanges: used.Exchanges}
	if sample[0].Value.Kind() == metrics.KindFloat64Histogram {
		h := sample[0].Value.Float64Histogram()
		m.scheduling, m.buckets = slices.Clone(h.Counts), h.Buckets
	}
	return m
}

// since returns what was used between the reading before and this one.
func (m meter) since(before meter) meter {
	m.cpu -= before.cpu
	m.wire -= before.wire
	m.exchanges -= before.exchanges
	for i, n := range before.scheduling {
		m.scheduling[i] -= n
	}
	return m
}

// wireMean returns the mean time that an exchange took, 0 if none was timed.
func (m meter) wireMean() time.Duration {
	if m.exchanges == 0 {
		return 0
	}
	return m.wire / time.Duration(m.exchanges)
}

// schedulingP99 returns the time within which 99% of the goroutines that were ready to run got a processor, rounded up to
// the end of its bucket.
func (m meter) schedulingP99() time.Duration {
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
