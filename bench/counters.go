package bench

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"syscall"
	"time"

	"sweetspot/bench/arrivals"
	"sweetspot/results"
	"sweetspot/strategies"
)

// counters count the outcomes of a trial.
type counters struct {
	warmup, cutOff, succeeded int64
	failed                    map[strategies.Class]int64
	status                    map[int]int64
	bytes                     int64

	successes, failures *results.Histogram
	series              series
	ticks               ticks
	busy                time.Duration // time in flight, summed over all requests, as far as it lies in the window
	first, last         time.Duration // start of the first that counts, end of the last
	err                 string        // of the first failure, in the warm-up or later
	noPort              int64         // failures because this machine had no free port
	hosts               []hostCount   // by the hosts' numbers, less 1; warm-up included

	responses *results.Histogram // of the successes, corrected for coordinated omission; nil without a rate
	interval  time.Duration      // of a closed loop with a rate: from one start in a slot to the next
	late      *results.Histogram // by how much the starts were; nil in a closed loop
	begun     int64              // requests of an open loop that were due in the window and have begun
	queued    int64              // those of them that had to wait for a slot
}

// newCounters returns the counters of a trial at the limit.
func newCounters(load Load, limit int) counters {
	var byHost []hostCount
	if load.hosts != nil {
		byHost = make([]hostCount, len(load.hosts.names))
	}
	c := counters{
		failed:    map[strategies.Class]int64{},
		status:    map[int]int64{},
		successes: results.NewHistogram(),
		failures:  results.NewHistogram(),
		first:     never,
		hosts:     byHost,
	}
	if load.Rate > 0 {
		c.responses = results.NewHistogram()
		c.interval = time.Duration(min(float64(limit)/load.Rate*float64(time.Second), math.MaxInt64/2))
	}
	if load.Arrivals != "" {
		c.late = results.NewHistogram()
	}
	return c
}

// add counts an outcome for the window (from, to], the seconds of whose series begin at origin.
func (c *counters) add(e *completion, from, to, origin time.Duration) {
	c.busy += max(0, min(e.end, to)-max(e.start, from))
	if c.late != nil && e.due >= from && e.due < to {
		c.addArrival(e, to)
	}
	if e.outcome.Class != strategies.OK && c.err == "" && e.end != never {
		c.err = describe(e.outcome)
	}
	if e.host > 0 && e.end <= to {
		c.hosts[e.host-1].add(&e.outcome)
	}
	switch {
	case e.end > to: // first, since a window that was shut before it opened has no end of the warm-up
		c.cutOff++
		return
	case e.end <= from:
		c.warmup++
		return
	}
	latency := e.end - e.start
	c.series.add(e.end-origin, latency, e.outcome.Class == strategies.OK)
	c.ticks.add(e.end - origin)
	c.first, c.last = min(c.first, e.start), max(c.last, e.end)
	if e.outcome.Status > 0 {
		c.status[e.outcome.Status]++
	}
	if e.outcome.Class == strategies.OK {
		c.succeeded++
		c.bytes += e.outcome.Bytes
		c.successes.Record(latency)
		if c.responses != nil && c.late == nil {
			c.responses.RecordCorrected(latency, c.interval)
		}
		return
	}
	c.failed[e.outcome.Class]++
	if e.outcome.Class == strategies.Other && withoutPort(e.outcome.Err) {
		c.noPort++
	}
	c.failures.Record(latency)
}

// addArrival counts a request of an open loop that was due in the window, whenever it ended: a response that took until after the
// window is no smaller for that. One that was aborted counts as long as it was waited for.
func (c *counters) addArrival(e *completion, to time.Duration) {
	c.begun++
	c.queued += int64(count(e.possible > e.due))
	if e.possible != arrivals.NoSlot {
		c.late.Record(e.start - e.possible)
	}
	switch {
	case e.end == never:
		c.responses.Record(to - e.due)
	case e.outcome.Class == strategies.OK:
		c.responses.Record(e.end - e.due)
	}
}

// waited returns the share of the requests of an open loop that had to wait for a slot.
func (c *counters) waited() float64 { return float64(c.queued) / float64(max(1, c.begun)) }

// An openLoop is what a trial of an open loop measures beside what every trial does.
type openLoop struct {
	offered, missed int64   // requests that were due, and those of them that were not begun by the end
	perSecond       float64 // offered
}

// close counts what was due in the window [from, to). What has not begun by its end counts in the responses as long as it has
// waited: they would be better without, just because the server answers no more.
func (c *counters) close(source *arrivals.Source, from, to time.Duration) openLoop {
	var o openLoop
	var first, last time.Duration
	source.Due(from, to, func(a arrivals.Arrival) {
		if o.offered == 0 {
			first = a.Due
		}
		o.offered, last = o.offered+1, a.Due
		if o.offered > c.begun { // they begin in the order in which they are due
			c.responses.Record(to - a.Due)
		}
	})
	o.missed = max(0, o.offered-c.begun)
	if length := to - from; to != never {
		o.perSecond = float64(o.offered) / length.Seconds()
	} else if last > first { // of a batch
		o.perSecond = float64(o.offered-1) / (last - first).Seconds()
	}
	return o
}

// withoutPort reports whether an error says that this machine has no free port for a connection. Programs in other languages
// report it in words.
func withoutPort(err error) bool {
	return err != nil && (errors.Is(err, syscall.EADDRNOTAVAIL) || strings.Contains(err.Error(), "annot assign requested address"))
}

// longestReason is how many bytes are kept of an error, which may quote what a server sent.
const longestReason = 200

// describe says why a request failed.
func describe(o strategies.Outcome) string {
	if o.Err != nil {
		text := o.Err.Error()
		if withoutPort(o.Err) {
			text = "this machine has no free port for another connection: " + text
		}
		if len(text) > longestReason {
			text = strings.ToValidUTF8(text[:longestReason], "") + "…"
		}
		return text
	}
	return fmt.Sprintf("HTTP status %d %s", o.Status, http.StatusText(o.Status))
}

// completed returns how many requests ended in the window.
func (c *counters) completed() int64 {
	n := c.succeeded
	for _, failed := range c.failed {
		n += failed
	}
	return n
}

// A series counts outcomes by the second in which they ended. Its size grows with the time measured, not with the requests:
// it is 86 kB for a trial of an hour.
type series []second

// A second is the outcomes of one second.
type second struct {
	succeeded, failed int64
	latency           time.Duration // of those that succeeded, summed
}

// add counts an outcome that ended at that time since the series began. Like a window, a second includes its last instant
// and not its first.
func (s *series) add(end, latency time.Duration, succeeded bool) {
	i := int(max(0, end-1) / time.Second)
	for len(*s) <= i {
		*s = append(*s, second{})
	}
	at := &(*s)[i]
	if !succeeded {
		at.failed++
		return
	}
	at.succeeded++
	at.latency += latency
}

// shortestSeries is the shortest time that has a series: a single second has nothing to be compared with.
const shortestSeries = 2 * time.Second

// over returns the series of a trial that took that long, with an element for every second that began; nil if it was too
// short.
func (s series) over(elapsed time.Duration) []results.Second {
	if elapsed < shortestSeries {
		return nil
	}
	begun := make(series, (elapsed+time.Second-1)/time.Second)
	for i, at := range s {
		// Request 0 of a batch may start a moment before or after request 1, and the series begins with it.
		last := &begun[min(i, len(begun)-1)]
		last.succeeded += at.succeeded
		last.failed += at.failed
		last.latency += at.latency
	}
	reported := make([]results.Second, len(begun))
	for i, at := range begun {
		reported[i] = results.Second{Succeeded: at.succeeded, Failed: at.failed}
		if at.succeeded > 0 {
			reported[i].Mean = at.latency.Seconds() / float64(at.succeeded)
		}
	}
	return reported
}

// ticks has a bit for each tick since what is measured began, set if a request ended in it: 45 kB for an hour.
type ticks []uint64

const bitsPerWord = 64

// add notes an end at that time since the beginning. Like a second, a tick includes its last instant and not its first.
func (t *ticks) add(end time.Duration) {
	i := int(max(0, end-1) / tick)
	for len(*t) <= i/bitsPerWord {
		*t = append(*t, 0)
	}
	(*t)[i/bitsPerWord] |= 1 << (i % bitsPerWord)
}

// longestGap returns the longest time in which no request ended, in whole ticks, in something measured that took elapsed.
func (t ticks) longestGap(elapsed time.Duration) time.Duration {
	longest, gap := 0, 0
	for i := range int(elapsed / tick) {
		gap++
		if i/bitsPerWord < len(t) && t[i/bitsPerWord]&(1<<(i%bitsPerWord)) != 0 {
			gap = 0
		}
		longest = max(longest, gap)
	}
	return time.Duration(longest) * tick
}
