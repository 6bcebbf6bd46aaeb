package strategies

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// A Schedule decides which goroutines make the requests, and when.
type Schedule struct {
	Name string
	Doc  string // one line: what it does, and when to choose it

	// Run makes requests on lanes, which it takes from open, until the Next of a lane returns false: no request is left, or
	// ctx has ended. It has at most limit requests in flight, and returns when no request is in flight.
	Run func(ctx context.Context, limit int, open func() *Lane)

	// Begin returns the Run of one session, which may keep what it learns from one call to the next; calls do not overlap. It is
	// for a schedule that learns, and then Run does not count. It is nil otherwise.
	Begin func() func(ctx context.Context, limit int, open func() *Lane)

	// MaxInFlight is the most requests that the schedule can have in flight; 0 means as many as the limit.
	MaxInFlight int
	// NoLimit says that the schedule stands for a program that sets no limit: see [SetsNoLimit].
	NoLimit bool
}

// begin returns the Run of a session.
func (s Schedule) begin() func(ctx context.Context, limit int, open func() *Lane) {
	if s.Begin == nil {
		return s.Run
	}
	return s.Begin()
}

// A Lane carries one request at a time from a [Worker] through a [Caller] and back. One goroutine at a time may use it.
type Lane struct {
	worker  Worker
	closed  context.Context // ends when the session is closed
	caller  Caller
	request Request
	session *chosen
}

// chosen is what a schedule has chosen by itself in a session.
type chosen struct {
	limit    atomic.Int64 // 0 if it chooses none
	settling atomic.Bool
}

// Next starts the lane's next request, as [Worker] documents it. If it returns true, Do must follow.
func (l *Lane) Next(ctx context.Context) bool {
	return l.closed.Err() == nil && l.worker.Next(ctx, &l.request)
}

// Await waits until the load's rate allows the lane's next request, for a schedule that has to ask for room in between: what it
// holds while Next waited would be idle. It returns false if ctx ends first, and the lane
// then starts nothing.
func (l *Lane) Await(ctx context.Context) bool {
	pacer, ok := l.worker.(Pacer)
	if !ok {
		return ctx.Err() == nil
	}
	if delay := pacer.Delay(); delay > 0 {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}

// Do makes the request that Next started, hands its outcome to the Worker and returns it.
func (l *Lane) Do() Outcome {
	outcome := l.caller.Do(&l.request)
	l.worker.Done(&l.request, outcome)
	return outcome
}

// ReportLimit notes the limit that a schedule has chosen by itself, for [Usage]. Any goroutine may call it.
func (l *Lane) ReportLimit(limit int) { l.session.limit.Store(int64(limit)) }

// ReportSettling notes whether a schedule still looks for the limit of its choice, for [Usage]. Any goroutine may call it.
func (l *Lane) ReportSettling(settling bool) { l.session.settling.Store(settling) }

// GoroutinePerRequest serves as the Run of a [Schedule] that makes each request on a new goroutine; ctx and open are those of
// Run. It calls acquire before each request and release after it. So acquire decides how many requests are in flight: it
// blocks until there is room for one more. It may return false to end the run, but it need not watch ctx, since every
// request in flight ends and calls release. When acquire returns false, no request is left or ctx has ended,
// GoroutinePerRequest waits until no request is in flight and returns.
func GoroutinePerRequest(ctx context.Context, open func() *Lane, acquire func() bool, release func()) {
	idle := lanes{open: open}
	var requests sync.WaitGroup
	defer requests.Wait()
	for acquire() {
		lane := idle.take()
		if !lane.Next(ctx) {
			return
		}
		requests.Go(func() {
			lane.Do()
			idle.put(lane)
			release()
		})
	}
}

// lanes is a free list: it lends lanes to goroutines that live for one request. It grows to the largest number of requests
// that were in flight at once.
type lanes struct {
	open func() *Lane
	mu   sync.Mutex
	free []*Lane
}

func (l *lanes) take() *Lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := len(l.free) - 1
	if last < 0 {
		return l.open()
	}
	lane := l.free[last]
	l.free = l.free[:last]
	return lane
}

func (l *lanes) put(lane *Lane) {
	l.mu.Lock()
	l.free = append(l.free, lane)
	l.mu.Unlock()
}
