package bench

import (
	"fmt"
	"net/http"
	"strings"
	"time"

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
	busy                time.Duration // time in flight, summed over all requests, as far as it lies in the window
	first, last         time.Duration // start of the first that counts, end of the last
	err                 string        // of the first failure, in the warm-up or later
	hosts               []hostCount   // by the hosts' numbers, less 1; warm-up included
}

func newCounters(h *hosts) counters {
	var byHost []hostCount
	if h != nil {
		byHost = make([]hostCount, len(h.names))
	}
	return counters{
		failed:    map[strategies.Class]int64{},
		status:    map[int]int64{},
		successes: results.NewHistogram(),
		failures:  results.NewHistogram(),
		first:     never,
		hosts:     byHost,
	}
}

// add counts an outcome for the window (from, to], the seconds of whose series begin at origin.
func (c *counters) add(e *completion, from, to, origin time.Duration) {
	c.busy += max(0, min(e.end, to)-max(e.start, from))
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
	c.first, c.last = min(c.first, e.start), max(c.last, e.end)
	if e.outcome.Status > 0 {
		c.status[e.outcome.Status]++
	}
	if e.outcome.Class == strategies.OK {
		c.succeeded++
		c.bytes += e.outcome.Bytes
		c.successes.Record(latency)
		return
	}
	c.failed[e.outcome.Class]++
	c.failures.Record(latency)
}

// longestReason is how many bytes are kept of an error, which may quote what a server sent.
const longestReason = 200

// describe says why a request failed.
func describe(o strategies.Outcome) string {
	if o.Err != nil {
		text := o.Err.Error()
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
