package bench

import (
	"cmp"
	"context"
	"time"

	"sweetspot/strategies/network"
)

// An exemption is why the client of a run is not examined for being the bottleneck.
type exemption string

const (
	notExempt       exemption = "" // the client is examined
	exemptObjective exemption = "a limit that holds an objective is no claim about the server"
	exemptBatch     exemption = "a batch has no steady state to judge by"
	exemptRate      exemption = "the rate limits the goodput, not the client or the server"
)

// exemption says whether the client is examined, and if not, why. The objective is the sweep's, nil if there is none.
// Comparisons and sweeps ask this function and decide nothing by themselves.
func (l Load) exemption(objective *Objective) exemption {
	switch {
	case objective != nil:
		return exemptObjective
	case l.Requests > 0:
		return exemptBatch
	case l.Rate > 0:
		return exemptRate
	}
	return notExempt
}

// reach returns the goodput that the candidate's strategy reaches against a server that answers at once, which is started
// at the first call. It returns 0 if there is no such server or nothing could be measured.
func (r *runner) reach(ctx context.Context, c candidate) (float64, error) {
	if r.instant == nil {
		return 0, nil
	}
	urls, err := r.instant()
	if err != nil {
		return 0, cmp.Or(ctx.Err(), err)
	}
	return c.calibrate(ctx, c.target.load, urls)
}

// calibrationLimit is the limit at which a strategy is measured against a server that answers at once. It is the same for
// all limits of a sweep: the question is what the client is able to do, and beyond a few requests per processor the limit
// matters little for that. From 4 to 1,024 in flight the goodput of the clients here varies by a factor of two or three
// while other programs use the processors too, and from 16 to 64 it is highest.
const calibrationLimit = 64

// calibrationTrials is how many trials are made, of which the best counts: a disturbance makes a trial slower, and so makes
// the client look like the bottleneck.
const calibrationTrials = 3

// calibrationWindow is the most time that is measured, unless a few requests per slot take longer. The question is whether
// goodput is above half of what the client can do, which takes no long trial.
const calibrationWindow = 300 * time.Millisecond

// calibrate returns the goodput that the candidate's strategy reaches against the URLs' server, which answers at once; at
// the candidate's limit or at calibrationLimit, whichever is less. Its trials have their own session and another server,
// and are no part of the run. It returns 0 if no session can be opened or nothing succeeds, and ctx's error if ctx ends.
func (c candidate) calibrate(ctx context.Context, load Load, instant URLs) (float64, error) {
	load.URLs, load.hosts, load.Expect, load.Arrivals, load.Rate, load.Duration = instant, nil, nil, "", 0, min(load.Duration, calibrationWindow)
	load.Route = network.Route{} // its server is on this machine
	c.limit = min(c.limit, calibrationLimit)
	fresh, err := c.reopened(ctx, load.Target())
	if err != nil {
		return 0, ctx.Err() // a session could be opened before, so some resource has run out: this sign stays unknown
	}
	defer fresh.ending.end(ctx)
	best := 0.0
	for range calibrationTrials {
		t, err := fresh.trial(ctx, load, 0, func(float64) {})
		if err != nil || t == nil {
			return 0, err
		}
		best = max(best, t.PerSecond)
	}
	return best, nil
}
