package fetch

import (
	"time"

	"sweetspot/bench/fetch/limit"
)

// A window collects what a [limit.Limiter] wants to know.
type window struct {
	limiter limit.Limiter
	settles bool          // what was in flight before a change of the limit has not ended yet
	from    time.Duration // when the window or the settling began
	marked  time.Duration // up to when full is known
	full    time.Duration // how long as many requests were in flight as the limit permits, almost
	ended   limit.Window  // without its length
}

// Shares that decide whether it was the limit that held requests back.
const (
	almostFull = 0.9 // of the limit
	mostlyFull = 0.7 // of the time
)

// mark notes how many requests were in flight until now. It must be called before that changes.
func (w *window) mark(now time.Duration, s *scheduler) {
	if float64(s.inFlight) >= almostFull*float64(s.limit) {
		w.full += now - w.marked
	}
	w.marked = now
}

// add adds a request that has ended. At the end of a window it returns the limit from now on, and true if that is another.
func (w *window) add(now time.Duration, r result) (next int, changed bool) {
	before := w.limiter.Limit()
	if r.failure != nil && r.retryable() {
		w.ended.Failed++
	} else {
		w.ended.Succeeded++ // also an answer that is no success for the job: it is one of the server
	}
	lasted, n := now-w.from, w.ended.Succeeded+w.ended.Failed
	if w.settles {
		if limit.Settled(before, lasted, n) {
			w.restart(now, false)
		}
		return before, false
	}
	if !limit.WindowOver(before, lasted, n) {
		return before, false
	}
	w.ended.Seconds, w.ended.Full = lasted.Seconds(), w.full.Seconds() >= mostlyFull*lasted.Seconds()
	w.limiter.Add(w.ended)
	next = w.limiter.Limit()
	w.restart(now, next != before)
	return next, next != before
}

func (w *window) restart(now time.Duration, settles bool) {
	w.from, w.marked, w.full, w.settles, w.ended = now, now, 0, settles, limit.Window{}
}
