package bench

import (
	"context"
	"math"
	"runtime/metrics"
	"slices"
	"strings"
	"time"

	"sweetspot/bench/process"
	"sweetspot/results"
	"sweetspot/strategies"
)

// A clientUsage is a reading of what the client has used so far. The difference of two readings is what it used in between.
type clientUsage struct {
	cpu        time.Duration // of this process and the session's own programs
	programs   time.Duration // the part of cpu that the programs used
	waited     time.Duration // that the threads of this process were ready to run and had no processor
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
	m := clientUsage{cpu: process.CPU() + used.CPU, programs: used.CPU, waited: process.Waited(), wire: used.ExchangeTime, exchanges: used.Exchanges}
	if sample[0].Value.Kind() == metrics.KindFloat64Histogram {
		h := sample[0].Value.Float64Histogram()
		m.scheduling, m.buckets = slices.Clone(h.Counts), h.Buckets
	}
	return m
}

// since returns what was used between the reading before and this one.
func (m clientUsage) since(before clientUsage) clientUsage {
	m.cpu -= before.cpu
	m.programs -= before.programs
	m.waited = max(0, m.waited-before.waited) // a thread that has ended takes its share along
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

// awaitPorts waits, before another strategy begins, until the ports are free that its predecessor took. It returns ctx's error
// if ctx has ended.
func (r *runner) awaitPorts(ctx context.Context, c candidate) error {
	on := c.target
	if name := c.strategy.Name(); name != on.latest && on.latest != "" {
		if taken := on.ports.Taken(); taken > 0 {
			r.alert(results.Warningf(results.FewPorts, "%s waited for ports: %d of %d were taken by connections that %s had closed",
				name, taken, on.ports.Ports(), on.latest).With("needed", float64(taken)).With("ports", float64(on.ports.Ports())))
			on.ports.Await(ctx)
		}
	}
	on.latest = c.strategy.Name()
	return ctx.Err()
}

// checkPorts gives an alert if strategies that open a connection for each request are likely to need more ports than there
// are: each trial makes that many requests.
func (r *runner) checkPorts(candidates candidates, each, blocks int) {
	var names []string
	on := r.targets[0] // what it takes is the same on every target
	for _, c := range candidates {
		if strategies.TraitsOf(c.strategy).Stateless && !slices.Contains(names, c.strategy.Name()) {
			names = append(names, c.strategy.Name())
		}
	}
	if needed := on.ports.Short(each, blocks*len(names)); needed > 0 && len(names) > 0 {
		r.alert(results.Warningf(results.FewPorts, "this machine has %d ports for connections to the target, and %s will take %d or more: a connection for each request",
			on.ports.Ports(), strings.Join(names, ", "), needed).With("needed", float64(needed)).With("ports", float64(on.ports.Ports())))
	}
}

// noPorts is the warning of a trial in which that number of requests had no port.
func noPorts(requests int64) results.Warning {
	return results.Warningf(results.NoPorts, "this machine had no free port for %d of the requests: connections closed in the last minute hold them all",
		requests).With("failed", float64(requests))
}

func isNoPorts(w results.Warning) bool { return w.Code == results.NoPorts }
