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

// An Observer follows a run as it goes. Its functions are called one at a time; Progress and Warn may be nil.
type Observer struct {
	// Keep is given each trial as soon as it is over. Its error ends the run.
	Keep func(results.Trial) error
	// Progress is told what is being measured, ten times a second or more often.
	Progress func(Progress)
	// Warn is told what concerns the run as a whole.
	Warn func(string)
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
}

// Run makes the comparison: complete blocks, each in a random order of its own, so that a machine that drifts does not
// favour who comes first. Each strategy keeps one session throughout. Beside them runs a second copy of one of them, as a
// check on the comparison itself: see [Rank]. Run returns early, with an error, when ctx ends, and when nothing has ever
// succeeded or does not any more.
func (c Comparison) Run(ctx context.Context, observe Observer) error {
	cells, err := open(ctx, c.Strategies, c.Load, c.Limit, observe)
	if err != nil {
		return err
	}
	defer func() { cells.close() }()
	order := rand.New(rand.NewPCG(c.Seed, 0))
	if cells, err = cells.withCopy(ctx, c.Load, c.Repeats, order); err != nil {
		return err
	}
	r := runner{load: c.Load, observe: observe, idle: len(cells) > 1}
	r.share = func(done float64) float64 { return done / float64(c.Repeats*len(cells)) }
	_, err = r.blocks(ctx, cells, 0, c.Repeats, order, func() bool { return true })
	return err
}

func (o Observer) warn(text string) {
	if o.Warn != nil {
		o.Warn(text)
	}
}
