package strategies

import "context"

func init() {
	RegisterSchedule(unbounded)
	Register(unbounded.As("unbounded",
		"goroutines that crowd at the client, four for each connection it may open, over net/http: what not deciding gets", netHTTP))
}

// crowd is how many goroutines unbounded has at work for each connection that the limit allows. A load without end has no
// "all at once". With four wanting every connection the client's queue is never empty, and still no request waits there
// so long that it times out, or outlives a cancellation by more than three others.
const crowd = 4

var unbounded = Schedule{
	Name:   "unbounded",
	Doc:    "a crowd of goroutines, the limit left to the client's connections to each host: latency includes the wait for one",
	Leaves: true,
	Run: func(ctx context.Context, limit int, open func() *Lane) {
		room := make(chan struct{}, crowd*limit)
		eachApart(ctx, open, func() bool { room <- struct{}{}; return true }, func() { <-room })
	},
}
