package strategies

import (
	"context"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/adaptivelimiter"
)

func init() {
	RegisterSchedule(adaptive)
	Register(adaptive.As("adaptive",
		"a limit that moves by itself with the latencies, up to the one given, over net/http: when nobody can tune it", netHTTP))
}

// The settings of the adaptive limiter that are not its own defaults.
const (
	// adaptiveStart is the limit it begins with, as its library has it. It has to begin low: its idea of a good latency is
	// the one it meets first.
	adaptiveStart = 20
	// adaptiveWindow is how long it collects latencies before it moves, by a step or a few: short enough for it to arrive
	// within a trial, where the library's second would be meant for a service's whole life.
	adaptiveWindow    = 20 * time.Millisecond
	adaptiveMaxWindow = time.Second
	adaptiveSamples   = 10
)

var adaptive = Schedule{
	Name: "adaptive",
	Doc:  "a limit that moves by itself with the latencies, up to the one given",
	Run: func(ctx context.Context, limit int, open func() *Lane) {
		limiter := adaptivelimiter.NewBuilder[any]().
			WithLimits(1, uint(limit), uint(min(limit, adaptiveStart))).
			WithRecentWindow(adaptiveWindow, adaptiveMaxWindow, adaptiveSamples).
			Build()
		var workers sync.WaitGroup
		for range limit {
			workers.Go(func() {
				lane := open()
				for admitted(ctx, limiter, lane) {
				}
				lane.Settle(limiter.Limit())
			})
		}
		workers.Wait()
	},
}

// admitted makes a request once the limiter permits it, and reports whether there was one. Only latencies of successes
// teach the limiter: a refusal is quick, and says nothing good.
func admitted(ctx context.Context, limiter adaptivelimiter.AdaptiveLimiter[any], lane *Lane) bool {
	permit, err := limiter.AcquirePermit(ctx)
	if err != nil { // ctx has ended
		return false
	}
	if !lane.Next(ctx) {
		permit.Drop()
		return false
	}
	if lane.Do().Class == OK {
		permit.Record()
	} else {
		permit.Drop()
	}
	return true
}
