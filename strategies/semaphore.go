package strategies

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

func init() {
	RegisterSchedule(semaphored)
	Register(semaphored.As("semaphore",
		"a goroutine a request, admitted by a weighted semaphore, over net/http: the article's way, when requests differ", netHTTP))
}

var semaphored = Schedule{
	Name: "semaphore",
	Doc:  "a goroutine a request, admitted by a semaphore: simple where requests come from many places",
	Run: func(ctx context.Context, limit int, open func() *Lane) {
		var (
			slots    = semaphore.NewWeighted(int64(limit))
			idle     = lanes{open: open}
			requests sync.WaitGroup
		)
		defer requests.Wait()
		for slots.Acquire(ctx, 1) == nil {
			lane := idle.take()
			if !lane.Next(ctx) {
				return
			}
			requests.Go(func() {
				lane.Do()
				idle.put(lane)
				slots.Release(1)
			})
		}
	},
}
