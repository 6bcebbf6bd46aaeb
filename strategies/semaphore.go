package strategies

import (
	"context"

	"golang.org/x/sync/semaphore"
)

func init() {
	RegisterSchedule(semaphored)
	Register(semaphored.As("semaphore",
		"a goroutine per request, admitted by a weighted semaphore, over net/http: the article's way, when requests differ", NetHTTP))
}

var semaphored = Schedule{
	Name: "semaphore",
	Doc:  "a goroutine per request, admitted by a semaphore: simple where requests come from many places",
	Run: func(ctx context.Context, limit int, open func() *Lane) {
		slots := semaphore.NewWeighted(int64(limit))
		GoroutinePerRequest(ctx, open, func() bool { return slots.Acquire(ctx, 1) == nil }, func() { slots.Release(1) })
	},
}
