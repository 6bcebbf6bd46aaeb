package strategies

import "context"

func init() {
	RegisterSchedule(unbounded)
	Register(unbounded.As("unbounded",
		"four goroutines for each connection that the limit allows, over net/http: what happens if the program itself sets no limit", NetHTTP))
}

// CallersPerConnection is the number of requests that are started per connection if the client enforces the limit. A load
// without end cannot be started all at once. With four requests per connection the client's queue is never empty, and each
// request waits for at most three others: too short a time to reach a timeout or to delay a cancellation by much.
const CallersPerConnection = 4

var unbounded = Schedule{
	Name:         "unbounded",
	Doc:          "more goroutines than connections, the limit left to the client: latency includes the wait for a connection",
	ClientLimits: true,
	Run: func(ctx context.Context, limit int, open func() *Lane) {
		slots := make(chan struct{}, CallersPerConnection*limit)
		GoroutinePerRequest(ctx, open, func() bool { slots <- struct{}{}; return true }, func() { <-slots })
	},
}
