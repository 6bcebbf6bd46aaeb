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
		"a limit that adapts to the latencies, up to the one given, over net/http: when nobody can tune it", NetHTTP))
}

// The settings of the adaptive limiter.
const (
	// adaptiveStart is the limit that the limiter begins with, its library's default. It must be low, since the limiter takes
	// the first latencies as the good ones.
	adaptiveStart = 20
	// adaptiveWindow is how long the limiter collects latencies before it changes the limit by one or a few. It is short
	// enough for the limit to settle within a trial; the library's default of a second suits services that run for days.
	adaptiveWindow = 20 * time.Millisecond
	// adaptiveSamples is the least number of latencies before a change of the limit; the limiter waits for them. The window of
	// a slow server is twice its latency, at most adaptiveMaxWindow. Both are shorter than the defaults for the same reason.
	adaptiveSamples   = 10
	adaptiveMaxWindow = time.Second
)

var adaptive = Schedule{
	Name: "adaptive",
	Doc:  "a limit that adapts to the latencies, up to the one given",
	Run: func(ctx context.Context, limit int, open func() *Lane) {
		limiter := adaptivelimiter.NewBuilder[any]().
			WithLimits(1, uint(limit), uint(min(limit, adaptiveStart))).
			WithRecentWindow(adaptiveWindow, adaptiveMaxWindow, adaptiveSamples).
			Build()
		var workers sync.WaitGroup
		for range limit {
			workers.Go(func() {
				lane := open()
				for doAdmitted(ctx, limiter, lane) {
				}
				lane.ReportLimit(limiter.Limit())
			})
		}
		workers.Wait()
	},
}

// doAdmitted makes a request once the limiter permits it, and reports whether there was one. The limiter sees the latencies
// of successes only: a failure may be quick, and would look like a good latency.
func doAdmitted(ctx context.Context, limiter adaptivelimiter.AdaptiveLimiter[any], lane *Lane) bool {
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
