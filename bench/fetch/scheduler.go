package fetch

import (
	"container/heap"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/time/rate"

	"sweetspot/strategies/redirect"
)

// A task is a job under way: from its first turn until it has a result.
type task struct {
	index    int64 // of the job; below 0 for a request for robots.txt
	place    Place
	job      Job // as long as it is in flight
	host     *host
	attempts int           // requests that were made
	retries  int           // of them, those that count as such
	waits    int           // of them, those that the host answered with a time to wait for
	began    time.Duration // when the latest attempt began
	due      time.Duration // when the next one may begin
	delays   *backoff.ExponentialBackOff
	over     *Failure // the result of a job that is not requested at all
	answer   *kept    // of the latest attempt; nil if there was none

	step   *redirect.Step // to which redirects have led; nil if there were none
	listed string         // the URL of the job then
	home   *host          // from which they have led to another; nil if they have not
}

// A scheduler decides which job is requested when. It has neither a clock nor a goroutine: the caller tells it what time it is, since
// a beginning of the caller's choice. It is not safe for concurrent use.
//
// Hosts take turns: of those that may start a request, the one with the fewest in flight is next. If several have work, none has
// more than its equal part of the limit, so that a slow host does not come to hold all of it.
type scheduler struct {
	settings Settings
	source   Source
	skip     *indexes // jobs that have a result already
	begin    time.Time
	limit    int
	pace     *rate.Limiter

	hosts    map[string]*host
	others   HostCounts // of hosts that are no longer kept
	evicted  int
	ready    hostHeap
	later    hostHeap
	active   int // hosts that have work now
	turns    uint64
	robots   int64 // index of the latest request for robots.txt
	inFlight int
	waiting  int   // tasks that will be made again
	left     int64 // jobs without a result
	err      error // of the source

	scanned Place // up to where the hosts of jobs are known
	index   int64 // of the job at that place
	runs    int   // of all hosts
	ahead   int64 // jobs in them
}

func newScheduler(s Settings, source Source, skip *indexes, begin time.Time) *scheduler {
	return &scheduler{
		settings: s, source: source, skip: skip, begin: begin, limit: 1, pace: paceOf(s.Rate),
		hosts: map[string]*host{}, left: source.Len() - skip.count,
		ready: hostHeap{less: func(a, b *host) bool {
			switch {
			case (a.over == nil) != (b.over == nil):
				return a.over != nil // its jobs take no slot
			case a.inFlight != b.inFlight:
				return a.inFlight < b.inFlight
			}
			return a.turn < b.turn
		}},
		later: hostHeap{less: func(a, b *host) bool { return a.until < b.until }},
	}
}

// timers is how late a timer may be. Starts that became due meanwhile are made up for.
const timers = 2 * time.Millisecond

// paceOf returns the limiter of a rate per second; nil for none.
func paceOf(perSecond float64) *rate.Limiter {
	if !(perSecond > 0) {
		return nil
	}
	return rate.NewLimiter(rate.Limit(perSecond), 1+int(perSecond*timers.Seconds()))
}

// awaits returns how long a limiter makes wait for the next start; 0 if not at all.
func (s *scheduler) awaits(pace *rate.Limiter, now time.Duration) time.Duration {
	if pace == nil {
		return 0
	}
	missing := 1 - pace.TokensAt(s.begin.Add(now))
	return max(0, time.Duration(missing/float64(pace.Limit())*float64(time.Second)))
}

func (s *scheduler) count(pace *rate.Limiter, now time.Duration) {
	if pace != nil {
		pace.AllowN(s.begin.Add(now), 1)
	}
}

// put puts a host where it belongs now.
func (s *scheduler) put(h *host, now time.Duration) {
	s.take(h)
	if !h.hasWork() {
		s.evict(h, now)
		return
	}
	if h.held() {
		return
	}
	until := h.earliest(now)
	h.active = h.inFlight > 0 || h.over == nil && until <= now
	if until <= now {
		until = now + s.awaits(h.pace, now) // a host that keeps to its rate is active all the time
	}
	if h.active {
		s.active++
	}
	switch {
	case h.asked == asking, h.over == nil && h.inFlight > 0 && h.inFlight >= h.mayHave():
		// It waits for one of its requests to end.
	case until > now:
		h.list, h.until = later, until
		heap.Push(&s.later, h)
	default:
		h.list = ready
		heap.Push(&s.ready, h)
	}
}

// take takes a host out of its list.
func (s *scheduler) take(h *host) {
	switch h.list {
	case ready:
		s.ready.remove(h)
	case later:
		s.later.remove(h)
	}
	if h.active {
		s.active--
	}
	h.list, h.active = nowhere, false
}

// next starts the next request, and returns its task; or it returns the task of a job that has failed without a request, whose over is
// set. If there is none now, it returns nil, and how long to wait unless a request ends before: never if there is nothing to wait
// for. There is none any more once done returns true.
func (s *scheduler) next(now time.Duration) (*task, time.Duration) {
	for h := s.later.first(); h != nil && h.until <= now; h = s.later.first() {
		s.put(h, now)
	}
	wait := never
	if h := s.later.first(); h != nil {
		wait = h.until - now
	}
	h := s.ready.first()
	if h == nil {
		return nil, wait
	}
	if h.over != nil {
		t := s.dequeue(h, now)
		if t != nil {
			t.over = h.over
		}
		s.put(h, now)
		return t, 0
	}
	if s.inFlight >= s.limit || h.inFlight >= s.share() {
		return nil, wait
	}
	if pause := s.awaits(s.pace, now); pause > 0 {
		return nil, min(wait, pause)
	}
	return s.start(h, now), 0
}

// share returns how many requests a host may have in flight.
func (s *scheduler) share() int {
	if s.active <= 1 {
		return s.limit
	}
	return (s.limit + s.active - 1) / s.active
}

// start starts the next request of a host.
func (s *scheduler) start(h *host, now time.Duration) *task {
	var t *task
	if s.settings.Robots && h.asked == unasked {
		t = s.askRobots(h)
	} else if t = s.dequeue(h, now); t == nil || t.over != nil {
		s.put(h, now)
		return t
	}
	if h.breaker != nil {
		h.breaker.TryAcquirePermit() // which it gives, since mayHave has asked its state
	}
	t.attempts++
	t.began = now
	s.inFlight++
	h.inFlight++
	s.turns++
	h.turn = s.turns
	h.counts.Requests++
	s.count(s.pace, now)
	s.count(h.pace, now)
	s.put(h, now)
	return t
}

// dequeue takes the next job of a host: one that is due again, or the first that was not made yet. It returns nil if the source
// fails.
func (s *scheduler) dequeue(h *host, now time.Duration) *task {
	var t *task
	again := len(h.retries) > 0 && (h.retries[0].due <= now || len(h.runs) == 0)
	if again {
		t = heap.Pop(&h.retries).(*task)
		s.waiting--
	} else {
		t = &task{index: h.runs[0].index, place: h.runs[0].place, host: h}
	}
	job, next, err := s.source.Job(t.place)
	if err != nil {
		s.err = err
		return nil
	}
	if s.address(t, job); !again {
		s.advance(h, next)
	}
	if h.rules != nil && !h.rules.allow(t.job.URL) {
		t.over = &disallowed
	}
	return t
}

// done reports whether every job has its result.
func (s *scheduler) done() bool { return s.left == 0 }
