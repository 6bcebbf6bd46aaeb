package tally

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sweetspot/results"
)

// ErrVoid is wrapped by the error of a trial that must not count.
var ErrVoid = errors.New("the trial is void")

// ErrLate is wrapped by the error of a trial that is void because a part of it began or ended late. It wraps [ErrVoid].
var ErrLate = fmt.Errorf("%w", ErrVoid)

// Latest is how late a part of a trial may begin or end. Its window is at most that much shorter, or longer, than the others'.
const Latest = 10 * time.Millisecond

// A Part is the part of a trial that one machine made.
type Part struct {
	Name        string        // of the machine
	Limit       int           // its part of the limit
	Skew        time.Duration // by which its clock may be off
	Measurement *Measurement
	Warnings    []results.Warning // about the machine
}

// Merge returns the sum of the parts of a trial, as one machine would have measured it that made all of its requests. Counts and
// histograms are added exactly. The parts were to begin at the instant at, each on its own clock; the trial lasts from the first
// beginning to the last end. An error that wraps [ErrLate] says which parts were late, by more than
// [Latest].
func Merge(at time.Time, parts []Part) (*Measurement, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("%w: no part of it was measured", ErrVoid)
	}
	var sum *Measurement
	var late []string
	for _, p := range parts {
		if by := p.Measurement.Late; by > Latest {
			late = append(late, fmt.Sprintf("%s was late by %v", p.Name, by.Round(time.Millisecond)))
			continue
		}
		if sum == nil {
			sum = p.Measurement.alone()
			continue
		}
		sum.add(p.Measurement)
	}
	if len(late) > 0 {
		return nil, fmt.Errorf("%w: %s", ErrLate, strings.Join(late, ", "))
	}
	sum.Began = at.Add(sum.Start)
	sum.Parts, sum.Processors = parts, processors(parts)
	for _, p := range parts {
		m := p.Measurement
		sum.Agents = append(sum.Agents, results.Agent{
			Name: p.Name, Limit: p.Limit, Started: m.Counts.Completed() + m.Counts.cutOff, Succeeded: m.Counts.succeeded,
			CPU: m.Used.CPU.Seconds(), Skew: p.Skew.Seconds(),
		})
	}
	return sum, nil
}

// processors returns how many processors the machines of the parts can use together. Those that several share count once.
func processors(parts []Part) int {
	byMachine := map[string]int{}
	for i, p := range parts {
		machine := cmp.Or(p.Measurement.Used.Machine, fmt.Sprint(i)) // one that is not known is another one
		byMachine[machine] = max(byMachine[machine], p.Measurement.Used.Processors)
	}
	n := 0
	for _, of := range byMachine {
		n += of
	}
	return n
}

// alone returns a copy that shares nothing which add changes.
func (m *Measurement) alone() *Measurement {
	empty := &Tally{first: Never}
	sum := &Measurement{Counts: empty, Start: m.Start, Elapsed: m.Elapsed}
	sum.Usage.Streams, sum.Usage.Limit = m.Usage.Streams, m.Usage.Limit
	sum.addUse(m)
	empty.add(m.Counts)
	return sum
}

// add adds another part.
func (m *Measurement) add(part *Measurement) {
	begin, end := min(m.Start, part.Start), max(m.Start+m.Elapsed, part.Start+part.Elapsed)
	m.Start, m.Elapsed = begin, end-begin
	if s := part.Usage.Streams; s > 0 && (m.Usage.Streams == 0 || s < m.Usage.Streams) {
		m.Usage.Streams = s
	}
	m.Usage.Limit += part.Usage.Limit
	m.addUse(part)
	m.Counts.add(part.Counts)
}

// addUse adds what another part used.
func (m *Measurement) addUse(part *Measurement) {
	m.Late = max(m.Late, part.Late)
	m.Used = m.Used.plus(part.Used)
	m.Usage.Connections += part.Usage.Connections
	m.Usage.Redirects += part.Usage.Redirects
	m.Usage.Settling = m.Usage.Settling || part.Usage.Settling
	m.Usage.CPU += part.Usage.CPU
	m.Usage.Memory += part.Usage.Memory
	m.Usage.ExchangeTime += part.Usage.ExchangeTime
	m.Usage.Exchanges += part.Usage.Exchanges
}

// add adds the counts of another machine.
func (c *Tally) add(part *Tally) {
	c.warmup, c.cutOff, c.succeeded = c.warmup+part.warmup, c.cutOff+part.cutOff, c.succeeded+part.succeeded
	c.failed, c.status = addCounts(c.failed, part.failed), addCounts(c.status, part.status)
	c.bytes, c.busy, c.noPort = c.bytes+part.bytes, c.busy+part.busy, c.noPort+part.noPort
	c.begun, c.queued = c.begun+part.begun, c.queued+part.queued
	c.successes, c.failures = addHistograms(c.successes, part.successes), addHistograms(c.failures, part.failures)
	c.responses, c.late = addHistograms(c.responses, part.responses), addHistograms(c.late, part.late)
	c.series, c.ticks = c.series.plus(part.series), c.ticks.plus(part.ticks)
	c.first, c.last = min(c.first, part.first), max(c.last, part.last)
	c.err = cmp.Or(c.err, part.err)
	c.hosts = addHosts(c.hosts, part.hosts)
	c.due = c.due.plus(part.due)
}

func addCounts[K comparable](sum, part map[K]int64) map[K]int64 {
	sum = maps.Clone(sum)
	if sum == nil {
		sum = map[K]int64{}
	}
	for k, n := range part {
		sum[k] += n
	}
	return sum
}

// addHistograms returns a histogram with the counts of both, either of which may be nil.
func addHistograms(sum, part *results.Histogram) *results.Histogram {
	if part == nil {
		return sum
	}
	if sum == nil {
		sum = results.NewHistogram()
	}
	sum.Merge(part)
	return sum
}

// addHosts adds what became of the requests to each host, by its name: machines may have met them in another order.
func addHosts(sum, part []Host) []Host {
	all, places := slices.Clone(sum), map[string]int{}
	for i, h := range all {
		places[h.Name] = i
	}
	for _, h := range part {
		i, known := places[h.Name]
		if !known {
			places[h.Name] = len(all)
			all = append(all, h)
			continue
		}
		at := &all[i]
		at.Succeeded, at.Failed, at.Err = at.Succeeded+h.Succeeded, at.Failed+h.Failed, cmp.Or(at.Err, h.Err)
	}
	return all
}

// plus returns the sum of what was due; either may be nil.
func (d *due) plus(part *due) *due {
	if d == nil || part == nil {
		return cmp.Or(d, part)
	}
	sum := *d
	sum.requests, sum.missed = d.requests+part.requests, d.missed+part.missed
	sum.first, sum.last = min(d.first, part.first), max(d.last, part.last)
	return &sum
}
