package bench

import (
	"sync"
	"testing"

	"sweetspot/strategies"
)

func TestNothingIsHopelessWhileAllSucceeds(t *testing.T) {
	const limit = 2
	for range 2000 {
		r := newRecorder(Load{}, 0)
		var workers sync.WaitGroup
		for range limit {
			workers.Go(func() {
				w := r.Worker()
				for range shardSize {
					w.Done(&strategies.Request{}, strategies.Outcome{Status: 200})
				}
			})
		}
		for r.ended.Load() < limit*shardSize {
			if r.hopeless(limit) {
				t.Fatal("all requests succeeded, and yet it is called hopeless")
			}
		}
		workers.Wait()
	}
}
