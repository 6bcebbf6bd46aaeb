package fetch

import (
	"container/heap"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"sweetspot/strategies"
)

// A Failure is why a job has no result.
type Failure struct {
	Class   string `json:"class"` // a name of [strategies.Class], or "robots"
	Message string `json:"message"`
}

// A result is what became of one request, as the scheduler sees it.
type result struct {
	failure *Failure // nil after a success
	class   strategies.Class
	status  int           // 0 without an answer
	wait    time.Duration // that the host asks for; negative if it does not
}

// When a job is requested again. The interval doubles with each retry, and the delay is drawn evenly from all of it ("full jitter"):
// so requests that failed together do not come again together.
const (
	firstInterval = 500 * time.Millisecond
	lastInterval  = 30 * time.Second
	mostWaits     = 100 // requests of a job that a host answers with a time to wait for
)

// When a host is set aside.
const (
	fewestFailures = 20              // in a row, before a host is set aside
	setAsideTime   = 5 * time.Second // before one request tries whether it is back
	mostPauses     = 20              // in a row without a success in between, before a host is given up
)

// newDelays returns the delays before the retries of a job. Randomized by a factor of 1, an interval lies between 0 and its double.
func newDelays() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: firstInterval / 2, Multiplier: 2, RandomizationFactor: 1, MaxInterval: lastInterval / 2,
	}
}

// retryable reports whether a request may succeed when it is made again.
func (r result) retryable() bool {
	switch r.class {
	case strategies.Refused, strategies.Reset, strategies.Timeout, strategies.Truncated:
		return true
	case strategies.BadStatus:
		switch r.status {
		case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusInternalServerError,
			http.StatusNotImplemented, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
	}
	return false
}

// finish takes what became of a task's request. It returns true if that is the job's result, and false if it is made again later.
func (s *scheduler) finish(t *task, r result, now time.Duration) bool {
	h := t.host
	s.inFlight--
	h.inFlight--
	s.judgeHost(h, r, now)
	defer s.put(h, now)
	if r.failure == nil && t.answer != nil && t.answer.step != nil {
		s.lead(t, now)
		return false
	}
	if r.failure == nil || !r.retryable() || !idempotent(s.methodOf(t)) {
		return s.end(t, r, now)
	}
	if r.wait >= 0 {
		if t.waits++; t.waits > mostWaits {
			return s.end(t, r, now)
		}
		t.due = h.paused
	} else {
		if t.retries++; t.retries > s.settings.Retries {
			return s.end(t, r, now)
		}
		if t.delays == nil {
			t.delays = newDelays()
		}
		t.due = now + t.delays.NextBackOff()
		if r.status == http.StatusTooManyRequests {
			h.paused = max(h.paused, t.due) // it does not say how long, but that it is too much
		}
	}
	h.counts.Retries++
	if t.index < 0 {
		t.answer, h.asked, h.robots = nil, unasked, t
		return false
	}
	s.again(t)
	return false
}

// again puts a task into the queue of its host, to be requested when it is due.
func (s *scheduler) again(t *task) {
	t.answer, t.job = nil, Job{}
	heap.Push(&t.host.retries, t)
	s.waiting++
}

// methodOf returns the method of a task's job.
func (s *scheduler) methodOf(t *task) string {
	if m := t.job.Message; m != nil && m.Method != "" {
		return m.Method
	}
	return s.settings.Target.Method
}

// end takes the result of a job, or of a request for robots.txt.
func (s *scheduler) end(t *task, r result, now time.Duration) bool {
	if t.index < 0 {
		s.learnRobots(t, r)
		return true
	}
	s.left--
	s.comeHome(t, now)
	if r.failure == nil {
		t.host.counts.Succeeded++
	} else {
		t.host.counts.fail(r.failure.Class)
	}
	return true
}

// refuse counts a job that has failed without a request.
func (s *scheduler) refuse(t *task, now time.Duration) {
	s.left--
	s.comeHome(t, now)
	t.host.counts.fail(t.over.Class)
}

// judgeHost notes what a request shows about its host.
func (s *scheduler) judgeHost(h *host, r result, now time.Duration) {
	if r.wait >= 0 {
		wait := min(r.wait, s.settings.MaxWait)
		if h.paused <= now {
			h.counts.Pauses++
			h.pauses++
		}
		h.paused = max(h.paused, now+wait)
	}
	answers := r.failure == nil || !r.retryable()
	if h.breaker != nil || !answers && r.wait < 0 {
		s.record(h, answers || r.wait >= 0)
	}
	if answers {
		h.failing, h.failures, h.pauses = never, 0, 0
		return
	}
	if h.failures++; h.failing == never {
		h.failing = now
	}
	tried := r.wait < 0 && h.failures >= fewestFailures && now-h.failing >= s.settings.Patience
	if h.over == nil && (tried || h.pauses > mostPauses) {
		h.over = &Failure{r.failure.Class, fmt.Sprintf("given up, since no request to %s has succeeded for %v: %s",
			h.name, (now - h.failing).Round(time.Second), r.failure.Message)}
	}
}

// record tells the host's circuit breaker whether a request has failed.
func (s *scheduler) record(h *host, answered bool) {
	if h.breaker == nil {
		h.breaker = circuitbreaker.NewBuilder[any]().WithFailureThreshold(fewestFailures).WithSuccessThreshold(1).
			WithDelay(setAsideTime).Build()
	}
	if answered {
		h.breaker.RecordSuccess()
		return
	}
	h.breaker.RecordFailure()
}

// retryAfter returns how long a Retry-After header asks to wait: seconds, or a date (RFC 9110, section 10.2.3). It returns a negative
// duration if there is none that can be read.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseUint(value, 10, 63); err == nil {
		return time.Duration(min(seconds, uint64(never/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return -1
}
