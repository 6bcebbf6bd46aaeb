package strategies

import "context"

func init() {
	RegisterSchedule(unbounded)
	Register(unbounded.As("unbounded",
		"each request at once when it comes up, over net/http: what happens if a program sets no limit on a batch, or on requests that arrive", NetHTTP))
}

// unbounded is a program that sets no limit of its own. How many requests are in flight is then up to the load: all of a batch, and
// in an open loop those that are due and not answered yet. The limit of its Run is only what the machine has room for.
//
// In a closed loop without a rate a program that sets no limit shows nothing: as many callers as the limit each wait for their
// answer before they ask again, so that no more than the limit are ever in flight, as with a semaphore. There is no other number
// that could be meant, since such a loop has no end of requests that could all be started. So a comparison in such a loop says that
// the limit was the callers', and a sweep leaves the strategy out: it has no limit that could be searched.
var unbounded = Schedule{
	Name:    "unbounded",
	Doc:     "a goroutine for each request as soon as it comes up, without a limit",
	NoLimit: true,
	Run: func(ctx context.Context, limit int, open func() *Lane) {
		room := make(chan struct{}, limit)
		GoroutinePerRequest(ctx, open, func() bool { room <- struct{}{}; return true }, func() { <-room })
	},
}
