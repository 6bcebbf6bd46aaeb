package bench

import (
	"sync"
	"testing"

	"sweetspot/strategies"
)

func TestRecorderIsNotHopelessWhileAllSucceeds(t *testing.T) {
	const limit = 2
	for range 2000 {
		r := newRecorder(Order{Limit: limit}, 0)
		var workers sync.WaitGroup
		for range limit {
			workers.Go(func() {
				w := r.Worker()
				for range shardSize {
					w.Done(&strategies.Request{}, strategies.Outcome{Status: 200})
				}
			})
		}
		done := make(chan struct{})
		go func() { workers.Wait(); close(done) }()
		for over := false; !over; {
			select {
			case <-done: // not when all are flushed: on a machine that stalls a worker may hold some back
				over = true
			default:
			}
			if r.hopeless(limit) {
				t.Fatal("all requests succeeded, and yet it is called hopeless")
			}
		}
	}
}
