package bench

import (
	"context"
	"time"

	"sweetspot/strategies"
)

// calibrationLimit is the limit at which it is measured what a strategy reaches against a server that answers at once: once
// for the strategy, not for every limit, since it asks what the client is able to do, and the limit is of little account
// for that once it is a few requests a processor. From 4 to 1,024 in flight the clients here stay within a factor of two
// or three, while others want the processors too, and from 16 to 64 they are at their best.
const calibrationLimit = 64

// calibrations are made at a time, of which the best counts: whatever disturbs one of them makes it slower, and so the
// client look like the bottleneck.
const calibrations = 3

// calibrationWindow is how long a calibration measures at most, but for a few requests for each slot: it is asked whether
// goodput is above half of what the client can do, for which no long trial is needed.
const calibrationWindow = 300 * time.Millisecond

// calibrate returns the goodput that the candidate's strategy reaches when a server, that of the URLs, answers at once; at the
// candidate's limit, or at calibrationLimit if that is less. The trials are of another server, by a session of its own, and so
// no part of the run. It returns 0 if ctx ends, no session can be opened, or nothing succeeds.
func (c candidate) calibrate(ctx context.Context, load Load, instant URLs) (float64, error) {
	load.URLs, load.Rate, load.Duration = instant, 0, min(load.Duration, calibrationWindow)
	c.limit = min(c.limit, calibrationLimit)
	fresh, err := c.reopened(ctx, load.target())
	if err != nil {
		return 0, ctx.Err() // one could be opened before, so that something has run out; the signs goes without
	}
	defer fresh.session.Close()
	best := 0.0
	for range calibrations {
		t, err := fresh.trial(ctx, load, 0, func(float64) {})
		if err != nil || t == nil {
			return 0, err
		}
		best = max(best, t.PerSecond)
	}
	return best, nil
}

// reopened returns the candidate with another session of its strategy.
func (c candidate) reopened(ctx context.Context, target strategies.Target) (candidate, error) {
	session, err := c.strategy.Open(ctx, target, c.limit)
	c.session = session
	return c, err
}
