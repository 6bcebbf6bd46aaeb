package strategies

import "context"

func init() {
	RegisterSchedule(unbounded)
	Register(unbounded.As("unbounded",
		"more goroutines than connections, four for each, which wait in the client, over net/http: what happens without a limit of one's own", NetHTTP))
}

// CallersPerConnection is how many requests a strategy whose client limits them has started for each connection that the
// limit allows. A load without end cannot be started all at once. With four callers per connection the client's queue is
// never empty, and no request waits so long that it times out, or that a cancellation has to wait for more than three
// others.
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
