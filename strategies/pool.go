package strategies

import (
	"context"
	"sync"
)

func init() {
	RegisterSchedule(pool)
	Register(pool.As("pool",
		"as many goroutines as the limit, each taking request after request from the queue, over net/http: the usual choice", NetHTTP))
	Register(pool.As("fasthttp",
		"the pool over fasthttp, reusing request and response: the fastest of the blocking clients", FastHTTP))
	Register(pool.As("http2",
		"the pool over HTTP/2: requests share a few connections; for targets that speak it, over https, or over http with prior knowledge", NetHTTP2))
	Register(pool.As("http3",
		"the pool over HTTP/3 and QUIC: requests share a few connections over UDP; for https targets that speak it", QUICHTTP3))
}

var pool = Schedule{
	Name: "pool",
	Doc:  "a fixed number of workers over a queue: the least scheduling per request",
	Run: func(ctx context.Context, limit int, open func() *Lane) {
		var workers sync.WaitGroup
		defer workers.Wait()
		for range limit {
			workers.Go(func() {
				for lane := open(); lane.Next(ctx); {
					lane.Do()
				}
			})
		}
	},
}
