// Package tally has what a trial counts, and what it measures beside: see [Tally] and [Measurement]. Measurements of parts of a
// trial, made on several machines, travel as JSON and merge exactly: see [Merge]. Nothing here waits, opens a connection or looks
// at a clock.
package tally

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

// Never is a time that does not come.
const Never = time.Duration(math.MaxInt64)

// A Completion is the outcome of a request with its times, all on the clock of the trial. Its End is Never if it was aborted. A
// closed loop leaves Due and Possible 0.
type Completion struct {
	Start, End    time.Duration
	Due, Possible time.Duration
	Outcome       strategies.Outcome
	Host          uint8 // the host's place among those that are told apart, from 1; 0 if it is none of them
}

// A Shape is what has to be known of a trial to count its outcomes.
type Shape struct {
	Limit int      // requests in flight, at most
	Rate  float64  // of requests that may start, or are due, per second; 0 without one
	Open  bool     // whether it is an open loop, in which requests are due at times of their own
	Hosts []string // that are told apart; empty if the load has one host
}

// A Tally counts the outcomes of a trial. It is not safe for concurrent use.
type Tally struct {
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
	hosts               []Host        // that are told apart; warm-up included

	responses *results.Histogram // of the successes, corrected for coordinated omission; nil without a rate
	interval  time.Duration      // of a closed loop with a rate: from one start in a slot to the next
	late      *results.Histogram // by how much the starts were; nil in a closed loop
	begun     int64              // requests of an open loop that were due in the window and have begun
	queued    int64              // those of them that had to wait for a slot
	due       *due               // of an open loop whose window is over
}

// New returns an empty tally.
func New(of Shape) *Tally {
	c := &Tally{
		failed:    map[strategies.Class]int64{},
		status:    map[int]int64{},
		successes: results.NewHistogram(),
		failures:  results.NewHistogram(),
		first:     Never,
	}
	for _, name := range of.Hosts {
		c.hosts = append(c.hosts, Host{Name: name})
	}
	if of.Rate > 0 {
		c.responses = results.NewHistogram()
		c.interval = time.Duration(min(float64(of.Limit)/of.Rate*float64(time.Second), math.MaxInt64/2))
	}
	if of.Open {
		c.late = results.NewHistogram()
	}
	return c
}

// Add counts an outcome for the window (from, to], the seconds of whose series begin at origin.
func (c *Tally) Add(e *Completion, from, to, origin time.Duration) {
	c.busy += max(0, min(e.End, to)-max(e.Start, from))
	if c.late != nil && e.Due >= from && e.Due < to {
		c.addArrival(e, to)
	}
	if e.Outcome.Class != strategies.OK && c.err == "" && e.End != Never {
		c.err = describe(e.Outcome)
	}
	if e.Host > 0 && e.End <= to {
		c.hosts[e.Host-1].add(&e.Outcome)
	}
	switch {
	case e.End > to: // first, since a window that was shut before it opened has no end of the warm-up
		c.cutOff++
		return
	case e.End <= from:
		c.warmup++
		return
	}
	latency := e.End - e.Start
	c.series.add(e.End-origin, latency, e.Outcome.Class == strategies.OK)
	c.ticks.add(e.End - origin)
	c.first, c.last = min(c.first, e.Start), max(c.last, e.End)
	if e.Outcome.Status > 0 {
		c.status[e.Outcome.Status]++
	}
	if e.Outcome.Class == strategies.OK {
		c.succeeded++
		c.bytes += e.Outcome.Bytes
		c.successes.Record(latency)
		if c.responses != nil && c.late == nil {
			c.responses.RecordCorrected(latency, c.interval)
		}
		return
	}
	c.failed[e.Outcome.Class]++
	if e.Outcome.Class == strategies.Other && withoutPort(e.Outcome.Err) {
		c.noPort++
	}
	c.failures.Record(latency)
}

// addArrival counts a request of an open loop that was due in the window, whenever it ended: a response that took until after the
// window is no smaller for that. One that was aborted counts as long as it was waited for.
func (c *Tally) addArrival(e *Completion, to time.Duration) {
	c.begun++
	if e.Possible > e.Due {
		c.queued++
	}
	if e.Possible != arrivals.NoSlot {
		c.late.Record(e.Start - e.Possible)
	}
	switch {
	case e.End == Never:
		c.responses.Record(to - e.Due)
	case e.Outcome.Class == strategies.OK:
		c.responses.Record(e.End - e.Due)
	}
}

// Completed returns how many requests ended in the window.
func (c *Tally) Completed() int64 {
	n := c.succeeded
	for _, failed := range c.failed {
		n += failed
	}
	return n
}

// Warmup returns how many requests ended before the window.
func (c *Tally) Warmup() int64 { return c.warmup }

// AddWarmup counts requests of a warm-up that was apart.
func (c *Tally) AddWarmup(requests int64) { c.warmup += requests }

// CutOff returns how many requests were in flight at the end of the window.
func (c *Tally) CutOff() int64 { return c.cutOff }

// Span returns the start of the first request that counts, and the end of the last.
func (c *Tally) Span() (first, last time.Duration) { return c.first, c.last }

// WithoutPort returns how many requests failed because their machine had no free port.
func (c *Tally) WithoutPort() int64 { return c.noPort }

// Hosts returns what became of the requests to each host that is told apart, warm-up included.
func (c *Tally) Hosts() []Host { return c.hosts }

// Waited returns the share of the requests of an open loop that had to wait for a slot.
func (c *Tally) Waited() float64 { return float64(c.queued) / float64(max(1, c.begun)) }

// A due is the requests of an open loop that were due in its window or its batch.
type due struct {
	requests    int64
	missed      int64         // those of them that were not begun by the end
	first, last time.Duration // the time that they take: the window, or from the first of a batch to its last
	batch       bool
}

// perSecond returns how many were due per second.
func (d *due) perSecond() float64 {
	n := d.requests
	if d.batch {
		n-- // the first is due at the beginning of the time
	}
	if d.last <= d.first {
		return 0
	}
	return float64(n) / (d.last - d.first).Seconds()
}

// Close counts what was due in the window [from, to), whose seconds begin at origin; to is Never for a batch. What has not begun
// by its end counts in the responses as long as it has waited: they would be better without, just because the server answers no
// more.
func (c *Tally) Close(source *arrivals.Source, from, to, origin time.Duration) {
	d := due{batch: to == Never}
	source.Due(from, to, func(a arrivals.Arrival) {
		if d.requests == 0 {
			d.first = a.Due - origin
		}
		d.requests, d.last = d.requests+1, a.Due-origin
		if d.requests > c.begun { // they begin in the order in which they are due
			c.responses.Record(to - a.Due)
		}
	})
	if !d.batch {
		d.first, d.last = 0, to-from
	}
	d.missed = max(0, d.requests-c.begun)
	c.due = &d
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

// A Host is what became of the requests to one host.
type Host struct {
	Name      string `json:"name"` // scheme, host and port, without the user
	Succeeded int64  `json:"succeeded"`
	Failed    int64  `json:"failed"`
	Err       string `json:"error,omitempty"` // of the first failure
}

func (h *Host) add(o *strategies.Outcome) {
	if o.Class == strategies.OK {
		h.Succeeded++
		return
	}
	h.Failed++
	if h.Err == "" {
		h.Err = describe(*o)
	}
}
