package bench

import (
	"context"
	"math"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"time"

	"sweetspot/bench/process"
	"sweetspot/bench/tally"
	"sweetspot/results"
	"sweetspot/strategies"
)

// A reading is what this process and a session have used so far. The difference of two readings is what they used in between.
type reading struct {
	taken      bool
	cpu        time.Duration // of this process and the session's own programs
	waited     time.Duration // that the threads of this process were ready to run and had no processor
	session    strategies.Usage
	scheduling []uint64  // goroutines that waited for a processor, by the bucket of their waiting time
	buckets    []float64 // bounds of the buckets in seconds, one more than buckets
}

const schedulingLatencies = "/sched/latencies:seconds"

// read returns a reading of this process and the session.
func read(session strategies.Session) reading {
	sample := []metrics.Sample{{Name: schedulingLatencies}}
	metrics.Read(sample)
	used := session.Usage()
	m := reading{taken: true, cpu: process.CPU() + used.CPU, waited: process.Waited(), session: used}
	if sample[0].Value.Kind() == metrics.KindFloat64Histogram {
		h := sample[0].Value.Float64Histogram()
		m.scheduling, m.buckets = slices.Clone(h.Counts), h.Buckets
	}
	return m
}

// since returns what was used between the reading before and this one.
func (m reading) since(before reading) tally.Used {
	used := tally.Used{
		CPU:        m.cpu - before.cpu,
		Programs:   m.session.CPU - before.session.CPU,
		Waited:     max(0, m.waited-before.waited), // a thread that has ended takes its share along
		Exchange:   m.session.ExchangeTime - before.session.ExchangeTime,
		Exchanges:  m.session.Exchanges - before.session.Exchanges,
		Processors: runtime.GOMAXPROCS(0),
		Machine:    process.Machine(),
	}
	for i, n := range m.scheduling {
		if n -= before.scheduling[i]; n > 0 {
			end := m.buckets[i+1]
			if math.IsInf(end, 1) {
				end = m.buckets[i]
			}
			used.Waits = append(used.Waits, tally.Wait{AtMost: time.Duration(end * float64(time.Second)), Count: int64(n)})
		}
	}
	return used
}

// awaitPorts waits, before another strategy begins, until the ports are free that its predecessor took. It returns ctx's error
// if ctx has ended.
func (r *runner) awaitPorts(ctx context.Context, c candidate) error {
	on := c.target
	if !c.here() {
		return ctx.Err()
	}
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
// are: each trial makes that many requests. It says nothing of other machines, which may differ.
func (r *runner) checkPorts(candidates candidates, each, blocks int) {
	var names []string
	on := r.targets[0] // what it takes is the same on every target
	for _, c := range candidates {
		if strategies.TraitsOf(c.strategy).Stateless && c.here() && !slices.Contains(names, c.strategy.Name()) {
			names = append(names, c.strategy.Name())
		}
	}
	if needed := on.ports.Short(each, blocks*len(names)); needed > 0 && len(names) > 0 {
		r.alert(results.Warningf(results.FewPorts, "this machine has %d ports for connections to the target, and %s will take %d or more: a connection for each request",
			on.ports.Ports(), strings.Join(names, ", "), needed).With("needed", float64(needed)).With("ports", float64(on.ports.Ports())))
	}
}

// notePorts notes what connections a trial has opened on this machine, and warns of a trial that seems to have had no port for some,
// although the program that made its requests does not say why they failed.
func (c candidate) notePorts(t *results.Trial) {
	if !c.here() {
		return
	}
	c.target.ports.Opened(t.Connections)
	if n := t.Failed[strategies.Other.String()]; n > 0 && !slices.ContainsFunc(t.Warnings, isNoPorts) && c.target.ports.Exhausted() {
		t.Warn(noPorts(n))
	}
}

// noPorts is the warning of a trial in which that number of requests had no port.
func noPorts(requests int64) results.Warning {
	return results.Warningf(results.NoPorts, "this machine had no free port for %d of the requests: connections closed in the last minute hold them all",
		requests).With("failed", float64(requests))
}

func isNoPorts(w results.Warning) bool { return w.Code == results.NoPorts }
