package fetch

import (
	"container/heap"
	"math"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"golang.org/x/time/rate"
)

// A host is the queue of the jobs of one host, with what decides when the next may start.
type host struct {
	name    string
	runs    []run   // jobs that were not made yet, in their order
	retries retries // jobs that are made again
	rules   *rules  // of robots.txt; nil if it has none, or they are not known
	robots  *task   // the request for it, if it is to be made again

	elsewhere bool // it was another server that led here, so that the credentials of the first are not for it

	inFlight int
	away     int           // jobs that redirects have led to other hosts, and that have no result
	turn     uint64        // when it had its latest turn: those that had none for longest go first
	paused   time.Duration // until when nothing starts
	pace     *rate.Limiter // nil without a rate
	breaker  circuitbreaker.CircuitBreaker[any]
	failing  time.Duration // since when every request fails; never if that is not so
	failures int           // in a row
	pauses   int           // that it asked for, in a row without a success
	most     int           // requests in flight at once
	over     *Failure      // why its jobs are not made any more; nil as long as they are
	asked    robotsState   // for robots.txt

	list   list          // in which it waits
	at     int           // its index there
	until  time.Duration // when it leaves the list of those that wait for a time
	active bool          // it counts as one that has work now
	counts HostCounts
}

// A run is jobs of a host that follow one another in the list.
type run struct {
	index int64 // of the first
	place Place // of the first
	count int64
}

// list says where a host waits.
type list uint8

const (
	nowhere list = iota // it has no work, or waits for one of its requests to end
	ready
	later // it may start no request before a time
)

const never = time.Duration(1<<63 - 1)

// hasWork reports whether the host has jobs that were not started.
func (h *host) hasWork() bool { return len(h.runs) > 0 || len(h.retries) > 0 }

// add appends the job at a place in the list.
func (h *host) add(index int64, place Place) (newRun bool) {
	if last := len(h.runs) - 1; last >= 0 && h.runs[last].index+h.runs[last].count == index {
		h.runs[last].count++
		return false
	}
	h.runs = append(h.runs, run{index, place, 1})
	return true
}

// mayHave returns how many requests the host may have in flight: one, to try whether it is back, after it was set aside.
func (h *host) mayHave() int {
	switch {
	case h.breaker != nil && !h.breaker.IsClosed():
		return 1
	case h.most > 0:
		return h.most
	}
	return math.MaxInt
}

// mostRetries is how many jobs of a host wait to be made again before it starts others. It bounds the memory for them.
const mostRetries = 1024

// earliest returns when the host may start its next job: a job that was not made yet, or one that is due again.
func (h *host) earliest(now time.Duration) time.Duration {
	if h.over != nil {
		return now
	}
	at := h.paused
	if h.breaker != nil {
		at = max(at, now+h.breaker.RemainingDelay())
	}
	switch {
	case h.robots != nil:
		at = max(at, h.robots.due)
	case len(h.runs) == 0, len(h.retries) >= mostRetries, h.away >= mostRetries:
		at = max(at, h.retries[0].due)
	}
	return at
}

// retries is a heap of tasks, by when they are due.
type retries []*task

func (r retries) Len() int           { return len(r) }
func (r retries) Less(i, j int) bool { return r[i].due < r[j].due }
func (r retries) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }
func (r *retries) Push(t any)        { *r = append(*r, t.(*task)) }
func (r *retries) Pop() any {
	last := len(*r) - 1
	t := (*r)[last]
	(*r)[last] = nil
	*r = (*r)[:last]
	return t
}

// hostHeap is a heap of hosts in the order of less. It keeps every host's index.
type hostHeap struct {
	all  []*host
	less func(a, b *host) bool
}

func (h *hostHeap) Len() int           { return len(h.all) }
func (h *hostHeap) Less(i, j int) bool { return h.less(h.all[i], h.all[j]) }
func (h *hostHeap) Swap(i, j int) {
	h.all[i], h.all[j] = h.all[j], h.all[i]
	h.all[i].at, h.all[j].at = i, j
}
func (h *hostHeap) Push(x any) {
	x.(*host).at = len(h.all)
	h.all = append(h.all, x.(*host))
}
func (h *hostHeap) Pop() any {
	last := len(h.all) - 1
	x := h.all[last]
	h.all[last] = nil
	h.all = h.all[:last]
	return x
}

// first returns the first host, nil if there is none.
func (h *hostHeap) first() *host {
	if len(h.all) == 0 {
		return nil
	}
	return h.all[0]
}

func (h *hostHeap) remove(x *host) { heap.Remove(h, x.at) }
