// Package strategies holds the ways to keep many HTTP requests in flight.
//
// A [Strategy] runs a whole load, not one request, so it may be a schedule of goroutines over a blocking client, an event
// loop without a goroutine per request, or a program in another language. Most strategies are of the first kind: a [Schedule]
// paired with a [Client]. This package has one file per schedule and per client. The other strategies have packages of their
// own, eventloop and python, which register them when they are imported. Package all imports both.
//
// To use a strategy, take one from [Get], call Open for a [Session] with a [Target], and Run the session on a [Work] that
// hands out the requests and receives their outcomes: see the example. Package bench does so to measure strategies.
//
// To add a strategy, add a file that registers it in an init function by [RegisterSchedule], [RegisterClient] or
// [Register]. Package strategytest holds any strategy, in this module or another, to the contract below.
package strategies

import (
	"context"
	"time"

	"sweetspot/strategies/network"
)

// A Strategy is one way to keep many requests in flight.
type Strategy interface {
	// Name is what the user types, and what tables show.
	Name() string
	// Doc says in one line what the strategy does, and when to choose it.
	Doc() string
	// Limit returns the most requests that the strategy has in flight at the given limit: limit itself, or less if the strategy
	// cannot have that many.
	Limit(limit int) int
	// Open prepares a session whose runs will have limits of at most maxLimit. It does not connect to the target yet. If ctx
	// ends, Open gives up; the session that it returns does not depend on ctx. An error says why the strategy cannot run
	// here, and what must be installed. It wraps [ErrHandle] if target has a Handle that the strategy cannot call, or a Burn, and [ErrExpect]
	// if it has an Expect that the strategy cannot ask.
	Open(ctx context.Context, target Target, maxLimit int) (Session, error)
}

// A Session keeps its connections and cookies from one Run to the next. Only one Run may be in progress at a time.
type Session interface {
	// Run takes requests from work until none is left or ctx ends, never has more than limit in flight, hands every outcome
	// back to work, and returns when no request is in flight.
	//
	// When ctx ends, Run starts no further request and returns nil once those in flight have ended. It does not abort them:
	// each takes at most its timeout. A request that fails is an outcome, not an error. Run returns an error only if limit is
	// not in 1 to maxLimit, or if the session as a whole is broken.
	Run(ctx context.Context, limit int, work Work) error
	// Usage returns what the session has used. It may be called during a Run.
	Usage() Usage
	// Close closes the connections, and ends the session's own processes. It may be called more than once. If it is called
	// during a Run, it aborts the requests in flight: they end at once, as outcomes of class [Other] whose Err wraps
	// [net.ErrClosed], the Run starts no further request, and it returns soon after.
	Close() error
}

// Versioned is an optional interface of a [Session] that knows which library makes its requests.
type Versioned interface {
	// Version names what makes the requests, and its version: "aiohttp 3.8.4, Python 3.11.2".
	Version() string
}

// Accountable is an optional interface of a [Session] whose requests another program makes and counts, possibly wrongly.
type Accountable interface {
	// Contradicted is called after a Run if the target has counted another number of requests than the session has reported;
	// why describes the difference. It returns the error with which the caller must end the session, or nil if the difference
	// is expected of this program.
	Contradicted(why error) error
}

// Usage is what a session has used, as far as the outcomes of its requests do not show it.
type Usage struct {
	Connections int           // distinct connections that carried requests of the latest Run
	Streams     int           // the most requests at a time that the server allows on one connection, the least of several; 0 if it has not said
	Limit       int           // the limit that the strategy chose by itself in the latest Run; 0 if it chooses none
	Redirects   int64         // that requests of the latest Run followed
	Settling    bool          // whether the strategy still looks for the limit of its choice: it will do better, or worse, once it has found it
	CPU         time.Duration // processor time of the session's own processes since Open, without this process
	Memory      int64         // largest resident memory of the session's own processes since Open, in bytes

	// ExchangeTime is the part of the latency outside the client: from the write of a request's first byte to the read of its
	// response's last byte. It is summed over Exchanges requests, a sample of those since Open; both are 0 if unknown.
	ExchangeTime time.Duration
	Exchanges    int64
}

// NetworkUsage returns the usage of a session whose connections all belong to n.
func NetworkUsage(n *network.Network) Usage {
	used := n.Usage()
	return Usage{Connections: used.Connections, Streams: used.Streams, ExchangeTime: used.ExchangeTime, Exchanges: used.Exchanges}
}

// Work is where a Run takes its requests from and hands their outcomes to. It is safe for concurrent use; the Workers it
// returns are not.
type Work interface {
	// Worker returns a handle for one goroutine at a time, which may have several of its requests in flight. A Run needs no
	// more Workers than it has requests in flight.
	Worker() Worker
}

// A Worker hands out requests and receives their outcomes.
type Worker interface {
	// Next starts a request: it fills in r and notes the time. It blocks while the load's rate requires it. It returns false,
	// with nothing started, when no request is left or ctx has ended. Every request started must be handed back by Done of
	// the same Worker, exactly once.
	Next(ctx context.Context, r *Request) bool
	// Done receives the outcome of a request that Next started. The request ends now, unless o.Latency says otherwise.
	Done(r *Request, o Outcome)
}

// A Pacer is a Worker that says beforehand how long its Next would block, for a Run that has other work to do meanwhile. A
// Worker whose Next blocks must be one.
type Pacer interface {
	Worker
	// Delay returns how long the load's rate would make Next block: 0 if not at all. It reserves the next start, so Next
	// must be called once the delay has passed.
	Delay() time.Duration
}

// A Request is one request of a load. What all requests of a session have in common is in its [Target].
type Request struct {
	URL   string        // absolute
	Index int64         // position in the load, from 0
	Start time.Duration // when Next started it, on the Worker's clock; a Worker that needs no latencies may leave it 0

	// Due is when the request was due, and Possible when a slot was first free for it, on the Worker's clock: in an open loop, where
	// requests are due at times of their own. They are the Worker's, and a strategy leaves them as they are.
	Due, Possible time.Duration

	// Message has what this request sends in place of what its Target says: a Method that is not empty, a Body that is not nil,
	// and headers, which replace those of the same names. It is nil if the request sends what the Target says, as it must be
	// unless the Target is Varied. It must not be changed after Next. Requests may share a Message, and cost less if they do.
	Message *Message

	chain *chain // of redirects that led here; nil if none did
}

// An Outcome is the result of one request.
type Outcome struct {
	Class  Class
	Status int   // of the HTTP response, 0 if there was none
	Bytes  int64 // of the response's body
	Err    error // the reason, if Class is neither OK nor BadStatus

	// Latency is set by a strategy that measures it itself: the request ended at its Start plus Latency, which must not be
	// after Done. Such a strategy may move Start to the time when the request really began, which must not be before Next. If
	// Latency is 0, the Worker measures it from Next to Done.
	Latency time.Duration
}
