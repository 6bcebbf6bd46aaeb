// Package bench runs strategies and measures them: one trial, a comparison of strategies, a sweep over limits.
package bench

import (
	"context"
	"errors"
	"math/rand/v2"

	"sweetspot/bench/optimum"
	"sweetspot/results"
	"sweetspot/strategies"
)

// An Observer follows a run as it goes. Its functions are called one at a time; all but Keep may be nil.
type Observer struct {
	// Keep is given each trial as soon as it is over. Its error ends the run.
	Keep func(results.Trial) error
	// Progress is told what is being measured, ten times a second or more often.
	Progress func(Progress)
	// Warn is told what concerns the run as a whole.
	Warn func(results.Warning)
	// Version is told what makes the requests of a strategy that can tell: see [strategies.Versioned].
	Version func(strategy, version string)
	// Witness returns what the target has seen since it was last called, if the target can tell: every trial must agree.
	Witness func() (ServerCounts, error)
}

// ServerCounts is what a target has counted by itself.
type ServerCounts struct {
	Requests     int64
	PeakInFlight int // the most that were in flight at a time
}

// Progress is how far a run has come.
type Progress struct {
	Strategy string
	Limit    int
	Trials   int     // that are over
	Share    float64 // of the whole run that is done, from 0 to 1
	SoFar    string  // what a sweep knows by now, in a few words
}

// EnoughRepeats is how many blocks it takes to name a winner.
const EnoughRepeats = optimum.FewestBlocks

// ErrNothing is returned when not one request has succeeded.
var ErrNothing = errors.New("no request succeeded")

// A Comparison measures strategies beside one another at one limit.
type Comparison struct {
	Load       Load
	Strategies []strategies.Strategy
	Limit      int
	Repeats    int    // how many blocks; a block is one trial of every strategy
	Seed       uint64 // of the order within the blocks
	Instant    URLs   // of a server that answers at once, to see what the client can reach; nil if there is none
}

// Run makes the comparison: complete blocks, each in a random order of its own, so that a machine that drifts does not
// favour who comes first. Each strategy keeps one session throughout. Beside them runs a second copy of one of them, as a
// check on the comparison itself: see [Rank]. A strategy that breaks down is dropped, and its trial says why. Where the
// client seems to be a strategy's bottleneck, not the server, a warning says so. Run returns early, with an error, when ctx
// ends, when no strategy is left, and when nothing has ever succeeded or does not any more.
func (c Comparison) Run(ctx context.Context, observe Observer) error {
	candidates, err := open(ctx, c.Strategies, c.Load, c.Limit, observe)
	if err != nil {
		return err
	}
	defer func() { candidates.close() }()
	order := rand.New(rand.NewPCG(c.Seed, 0))
	candidates = candidates.withCopy(ctx, c.Load, c.Repeats, order, observe)
	r := runner{load: c.Load, observe: observe, idle: len(candidates) > 1}
	r.share = func(done float64) float64 { return done / float64(c.Repeats*len(candidates)) }
	trials, err := r.blocks(ctx, candidates, 0, c.Repeats, order, func() bool { return true })
	if err != nil || c.Load.Requests > 0 || c.Load.Rate > 0 { // a batch is no steady state, and a rate is what limits
		return err
	}
	return c.examine(ctx, candidates, trials, observe)
}

// examine warns of every strategy whose client is the bottleneck: two signs speak for that. What the strategy reaches when
// a server answers at once is measured only if another sign is there already.
func (c Comparison) examine(ctx context.Context, candidates candidates, trials []results.Trial, observe Observer) error {
	for _, candidate := range candidates {
		at := field{candidate.strategy.Name(): candidate.limit}.of(trials)
		if candidate.purpose != "" || mean(at, goodput) == 0 {
			continue
		}
		e := signsOf(at, nil, 0)
		if len(e.words()) == 1 && c.Instant != nil {
			reach, err := candidate.calibrate(ctx, c.Load, c.Instant)
			if err != nil {
				return err
			}
			e = signsOf(at, nil, reach)
		}
		if bound, why := e.verdict(); bound {
			observe.warn(results.Warningf(results.BoundByClient,
				"%s: the client is the bottleneck, not the server: %s", candidate.strategy.Name(), why))
		}
	}
	return nil
}

func (o Observer) warn(w results.Warning) {
	if o.Warn != nil {
		o.Warn(w)
	}
}

// opened tells what makes the requests of the strategy, if its session can tell.
func (o Observer) opened(s strategies.Strategy, session strategies.Session) {
	if versioned, ok := session.(strategies.Versioned); ok && o.Version != nil {
		o.Version(s.Name(), versioned.Version())
	}
}
