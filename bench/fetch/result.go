package fetch

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"sweetspot/strategies"
)

// noResult reports whether a request of a fetch that is stopped has failed for a reason that is none of its own: the session was
// closed, or the answer could not be kept.
func noResult(err error) bool {
	var end fatal
	return errors.Is(err, net.ErrClosed) || errors.As(err, &end)
}

// conclude writes the result of a job. The caller holds the lock.
func (f *fetch) conclude(t *task, r result, bytes int64, took time.Duration) {
	var record []byte
	if t.answer != nil && r.status != 0 {
		record = t.answer.record
	}
	if r.failure == nil {
		f.counts.Succeeded++
		f.goodput.count++
	} else {
		f.counts.fail(r.failure.Class)
	}
	f.store.append(t.line(r, bytes, took.Seconds()), record)
}

// mostMessage is how many bytes are kept of an error, which may quote what a server sent.
const mostMessage = 300

// resultOf returns what an outcome means for its job.
func resultOf(o strategies.Outcome, k *kept) result {
	r := result{class: o.Class, status: o.Status, wait: -1}
	switch {
	case o.Class == strategies.OK:
		return r
	case o.Class == strategies.BadStatus:
		r.failure = &Failure{o.Class.String(), strings.TrimSpace(fmt.Sprintf("HTTP status %d %s", o.Status, http.StatusText(o.Status)))}
		if k != nil && (o.Status == http.StatusTooManyRequests || o.Status == http.StatusServiceUnavailable) {
			r.wait = k.wait
		}
		return r
	}
	message := o.Class.String()
	if o.Err != nil {
		message = o.Err.Error()
	}
	if len(message) > mostMessage {
		message = strings.ToValidUTF8(message[:mostMessage], "") + "…"
	}
	r.failure = &Failure{o.Class.String(), message}
	return r
}
