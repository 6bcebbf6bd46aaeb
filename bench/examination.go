package bench

import (
	"cmp"
	"context"
	"math"
	"time"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/strategies"
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
	if r.instant == nil || !c.here() { // other machines do not reach it
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
	load.Messages, load.Route = nil, network.Route{} // its server is on this machine
	c.limit = min(c.limit, calibrationLimit)
	settings := load.Target()
	settings.Streams = c.streams
	fresh, err := c.reopened(ctx, settings)
	if err != nil {
		return 0, ctx.Err() // a session could be opened before, so some resource has run out: this sign stays unknown
	}
	defer fresh.ending.end(ctx)
	best := 0.0
	for range calibrationTrials {
		t, err := fresh.trial(ctx, load, 0, func(float64) {})
		if err != nil || t == nil || t.Purpose == results.Void {
			return 0, err
		}
		best = max(best, t.PerSecond)
	}
	return best, nil
}

// A secondConnection is what goodput is with the requests on two connections, where they had one, divided by what it was.
type secondConnection struct{ ratios []float64 } // ln, pair by pair

// secondGain is how much more goodput with a second connection makes the first a bottleneck.
const secondGain = 1.05

// proves reports whether one connection is the bottleneck, with 95% confidence, and the mean gain.
func (s secondConnection) proves() (gain float64, bound bool) {
	if len(s.ratios) < 2 {
		return 0, false
	}
	ratios := stat.Describe(s.ratios)
	low := ratios.Mean - ratios.HalfWidth(2*(1-stat.Confidence)) // one-sided
	return math.Exp(ratios.Mean), low > math.Log(secondGain)
}

// beyond returns the limit at which a second connection shows what it gains: twice the limit to use, where the first one's knee no longer
// hides it, but none that was not tried.
func (s *search) beyond(limit int) int {
	return max(limit, min(2*limit, s.finder.conclude().Explored[1]))
}

// sharesOne reports whether all requests of the candidate share one connection at the limit. Those of other machines do not.
func (c candidate) sharesOne(limit int) bool {
	p := strategies.ProtocolOf(c.strategy)
	_, remote := c.session.(Remote)
	return !remote && p.Multiplexes() && limit > 1 && p.Connections(limit, c.streams) == 1
}

// splitConnection measures pairs of trials, one as it is and one with half of the requests on a second connection. It does nothing
// if the requests do not share one connection.
func (b bottleneckTest) splitConnection(ctx context.Context, r *runner) (s secondConnection, err error) {
	c := b.search.candidate
	if !c.sharesOne(b.limit) {
		return s, nil
	}
	c.limit, c.streams = b.limit, (b.limit+1)/2
	split, err := c.reopened(ctx, c.settings())
	if err != nil {
		return s, ctx.Err() // a session could be opened before, so some resource has run out: this stays unknown
	}
	defer split.ending.end(ctx)
	r.enter(split)
	s.ratios, err = b.pairs(ctx, r, split)
	return s, err
}
