// Package strategies holds the ways to keep many HTTP requests in flight.
//
// A [Strategy] runs a whole load, not one request, so that it may be a schedule of goroutines over a blocking client, an
// event loop with no goroutine a request, or a program in another language. Most are the first: a [Schedule] paired with
// a [Client]. Each lives in a file of its own, registers itself there, and is then held to the contract below by the
// package's conformance tests with no other edit.
package strategies

import (
	"context"
	"time"
)

// A Strategy is one way to keep many requests in flight.
type Strategy interface {
	// Name is what the user types, and the table's row.
	Name() string
	// Doc says in one line what it does, and when to choose it.
	Doc() string
	// Limit returns the most requests that the strategy keeps in flight when limit is asked of it: limit, but for
	// strategies that cannot have so many.
	Limit(limit int) int
	// Open prepares a session whose runs will have limits of at most maxLimit. It connects to nothing yet. An error says
	// that the strategy cannot run here, and what would have to be installed.
	Open(ctx context.Context, target Target, maxLimit int) (Session, error)
}

// A Session keeps its connections and cookies from one Run to the next. Only one Run may be under way at a time.
type Session interface {
	// Run takes requests from work until there are none left or ctx ends, never has more than limit in flight, hands
	// every outcome back to work, and returns when none is in flight. When ctx ends it starts nothing new; requests in
	// flight are not torn down but end by themselves, at the latest by their timeout. A request that fails is an outcome,
	// not an error: an error is returned only if the session as a whole broke.
	Run(ctx context.Context, limit int, work Work) error
	// Usage tells what the session has used; it may be called while Run is under way.
	Usage() Usage
	// Close closes the connections. It must not be called while Run is under way.
	Close() error
}

// Usage is what a session used that its outcomes do not tell.
type Usage struct {
	Connections int           // distinct connections that carried requests of the latest Run
	Limit       int           // that the strategy has moved to by itself in the latest Run; 0 if it keeps to what it is told
	CPU         time.Duration // spent by the session's own processes since Open; not this process's
	Memory      int64         // of the session's own processes, resident, at its largest since Open, in bytes

	// The part of the latency that the client has no part in: from the first byte of a request written to the last of its
	// response read. It is summed over a sample of the exchanges since Open; 0 of 0 where it is not known.
	Wire      time.Duration
	Exchanges int64
}

// Work is where a Run takes its requests from and hands their outcomes to. It is safe for concurrent use; the Workers it
// returns are not.
type Work interface {
	// Worker returns a handle for one goroutine at a time to work with, be it for one request at a time or for many. A Run
	// needs no more of them than it has requests in flight.
	Worker() Worker
}

// A Worker hands out requests and takes back their outcomes.
type Worker interface {
	// Next starts a request: it fills r in and notes the time. It blocks while the load's rate asks it to, and returns
	// false, with nothing started, when nothing is left to start or ctx has ended. Every request started must come back
	// through Done, of this Worker, exactly once.
	Next(ctx context.Context, r *Request) bool
	// Done takes the outcome of a request that Next started; the request ends now.
	Done(r *Request, o Outcome)
}

// A Pacer is a Worker that tells beforehand how long its Next would block, for a Run that has other things to see to
// meanwhile. A Worker whose Next blocks must be one.
type Pacer interface {
	Worker
	// Delay returns how long it is until Next would return, as far as the load's rate is concerned: 0 if at once. It takes
	// the Worker's turn, so that Next should be called when the time has come.
	Delay() time.Duration
}

// A Request is one request of a load. What all requests of a session have in common is in its [Target].
type Request struct {
	URL   string        // absolute
	Index int64         // position in the load, from 0
	Start time.Duration // when Next started it, on the Worker's clock
}

// An Outcome is what became of one request.
type Outcome struct {
	Class  Class
	Status int   // of the HTTP response, 0 when there was none
	Bytes  int64 // of the response's body
	Err    error // why Class is neither OK nor BadStatus

	// Latency is set if the strategy measured it itself. Then the request ended so long after its Start, which the strategy
	// may have moved to when it really began: not before Next, nor to end after Done. 0 leaves it to the Worker: from Next
	// to Done.
	Latency time.Duration
}
