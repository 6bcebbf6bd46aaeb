package strategies

import (
	"context"
	"sync"
	"sync/atomic"
)

// A Schedule decides which goroutines make the requests, and when.
type Schedule struct {
	Name string
	Doc  string // one line: what it does, and when to choose it

	// Run makes requests on lanes that it takes from open until a lane's Next returns false, has at most limit in flight,
	// and returns when none is.
	Run func(ctx context.Context, limit int, open func() *Lane)

	// Most is the most requests that the schedule can have in flight; 0 is as many as asked.
	Most int
	// Leaves says that the schedule leaves the limit to the client: Run then has more goroutines at it than limit.
	Leaves bool
}

// A Client is an HTTP stack that makes one request at a time for each of its callers.
type Client struct {
	Name string
	Doc  string // one line

	// Open returns a stack with settings as target has them, that dials through network and opens at most connections
	// connections to a host; callers beyond that wait.
	Open func(target Target, network *Network, connections int) Stack
}

// A Stack is an opened Client.
type Stack interface {
	// Caller returns what one goroutine at a time makes requests with.
	Caller() Caller
	// Close closes the connections. No request may be under way.
	Close()
}

// A Caller makes one request at a time and keeps what it can reuse for the next.
type Caller interface {
	Do(r *Request) Outcome
}

// A Lane carries one request at a time from a Worker, through a Caller, back to the Worker.
type Lane struct {
	worker  Worker
	caller  Caller
	request Request
	settled *atomic.Int64
}

// Next starts the lane's next request, as [Worker] has it. Do must follow if it returns true.
func (l *Lane) Next(ctx context.Context) bool { return l.worker.Next(ctx, &l.request) }

// Do makes the request that Next started, hands its outcome over and returns it.
func (l *Lane) Do() Outcome {
	outcome := l.caller.Do(&l.request)
	l.worker.Done(&l.request, outcome)
	return outcome
}

// Settle notes the limit that a schedule has moved to by itself, for [Usage] to report. It may be called by any goroutine.
func (l *Lane) Settle(limit int) { l.settled.Store(int64(limit)) }

// eachApart makes each request on a goroutine of its own, which is started when admit returns true and calls leave when
// it is done. It returns when admit returns false or no request is left, and none is in flight.
func eachApart(ctx context.Context, open func() *Lane, admit func() bool, leave func()) {
	idle := lanes{open: open}
	var requests sync.WaitGroup
	defer requests.Wait()
	for admit() {
		lane := idle.take()
		if !lane.Next(ctx) {
			return
		}
		requests.Go(func() {
			lane.Do()
			idle.put(lane)
			leave()
		})
	}
}

// lanes lends lanes to goroutines that live for one request. It is as large as the most that were lent at once.
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
