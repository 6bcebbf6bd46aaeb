package strategies

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
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
	// enough for the limit to settle within seconds; the library's default of a second suits services that run for days.
	adaptiveWindow = 20 * time.Millisecond
	// adaptiveSamples is the least number of latencies before a change of the limit; the limiter waits for them. The window of
	// a slow server is twice its latency, at most adaptiveMaxWindow. Both are shorter than the defaults for the same reason.
	adaptiveSamples   = 10
	adaptiveMaxWindow = time.Second
)

// When the limiter has settled: when the mean of its limit over a span of time is about that over the span before. The first span
// has time for several changes of the limit, whose window takes at least adaptiveSamples latencies and twice a latency. Each
// further span is twice as long as the one before, since a limiter that has settled still goes up and down.
const (
	settleSpan   = 500 * time.Millisecond
	settleRounds = 10  // requests in a span for each in flight, so that the first lasts ten mean latencies (Little's law)
	settleShare  = 0.1 // share by which the mean may move from span to span; it may always move by one
)

var adaptive = Schedule{
	Name: "adaptive",
	Doc:  "a limit that adapts to the latencies, up to the one given",
	Begin: func() func(context.Context, int, func() *Lane) {
		limiters := map[int]*settlingLimiter{}
		return func(ctx context.Context, limit int, open func() *Lane) {
			if limiters[limit] == nil {
				limiters[limit] = newSettlingLimiter(limit)
			}
			limiters[limit].run(ctx, limit, open)
		}
	},
}

// A settlingLimiter is the adaptive limiter of a session, as a program would have it: it lives as long as the session, and
// keeps from one Run to the next the limit that it has found. There is one for each limit that is allowed, so that what a Run
// measures does not depend on the limits that were allowed before.
type settlingLimiter struct {
	adaptivelimiter.AdaptiveLimiter[any]
	done atomic.Bool // whether it has settled

	mu       sync.Mutex
	spans    int       // that are over
	began    time.Time // the present span
	requests int       // that ended in the span
	sum      float64   // of the limits at their ends
	before   float64   // mean limit of the span before; 0 if there is none
}

func newSettlingLimiter(limit int) *settlingLimiter {
	return &settlingLimiter{AdaptiveLimiter: adaptivelimiter.NewBuilder[any]().
		WithLimits(1, uint(limit), uint(min(limit, adaptiveStart))).
		WithRecentWindow(adaptiveWindow, adaptiveMaxWindow, adaptiveSamples).
		Build()}
}

func (l *settlingLimiter) run(ctx context.Context, limit int, open func() *Lane) {
	l.began, l.requests, l.sum = time.Now(), 0, 0 // the time between two Runs belongs to no span
	var workers sync.WaitGroup
	for range limit {
		workers.Go(func() {
			lane := open()
			lane.ReportSettling(!l.done.Load())
			for doAdmitted(ctx, l, lane) {
				if !l.done.Load() && l.settles(time.Now()) {
					lane.ReportSettling(false)
				}
			}
			lane.ReportLimit(l.Limit())
		})
	}
	workers.Wait()
}

// settles notes that a request has ended, and reports whether the limiter has settled.
func (l *settlingLimiter) settles(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	limit := l.Limit()
	l.requests++
	l.sum += float64(limit)
	if now.Sub(l.began) < settleSpan<<l.spans || l.requests < settleRounds*limit<<l.spans {
		return l.done.Load()
	}
	mean := l.sum / float64(l.requests)
	if l.before > 0 && math.Abs(mean-l.before) <= max(1, settleShare*l.before) {
		l.done.Store(true)
	}
	l.began, l.requests, l.sum, l.before = now, 0, 0, mean
	l.spans++
	return l.done.Load()
}

// doAdmitted makes a request once the limiter permits it, and reports whether there was one. The limiter sees the latencies
// of successes only: a failure may be quick, and would look like a good latency.
func doAdmitted(ctx context.Context, limiter *settlingLimiter, lane *Lane) bool {
	if !lane.Await(ctx) { // without a permit: its time until Record counts as the latency
		return false
	}
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
