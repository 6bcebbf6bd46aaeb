package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sweetspot/bench/optimum"
	"sweetspot/results"
	"sweetspot/strategies"
)

// A Plan says what to measure: [Comparison], [Sweep] and [Batches] are plans.
type Plan interface {
	// Run measures what the plan says, with the requests of the load. It returns what it has found also with an error.
	//
	// An error before the first request names every field of the plan and the load that is wrong, or says why no strategy
	// could be opened. A later error is ctx's if ctx has ended; it wraps [ErrNothing], [ErrDied], [ErrBroken] or
	// [ErrHost] if there is no use in going on; else it is that of the observer or of the [InstantServer].
	Run(ctx context.Context, load Load, observe Observer) (Findings, error)
}

// checkRepeats returns an error unless at least one block is asked for.
func checkRepeats(repeats int) error {
	if repeats < 1 {
		return fmt.Errorf("repeats %d: want at least 1", repeats)
	}
	return nil
}

// checkStrategies returns an error if there is no strategy to measure.
func checkStrategies(all []strategies.Strategy) error {
	if len(all) == 0 {
		return errors.New("no strategy: want at least one")
	}
	return nil
}

// Findings is what a run has found.
type Findings struct {
	Strategies []results.Summary // every strategy at its limit, with a verdict if strategies were compared
	AtCommon   []results.Summary // the strategies at a common limit; nil if they were not compared at one
	Optima     []results.Optimum // what a sweep concludes about each strategy
	Versus     []results.Versus  // how the two targets of a comparison compare, for each strategy; nil if there was one
	Warnings   []results.Warning // about the run as a whole
}

// An Observer follows a run as it goes. Its functions are called one at a time; each may be nil.
type Observer struct {
	// Keep is given each trial of the run as soon as it is over. An error ends the run, which returns it.
	Keep func(results.Trial) error
	// Answer is given what a sweep knows about a strategy so far, after each trial of the search for its limit.
	Answer func(results.Optimum)
	// Progress is given what is being measured, at least ten times per second. It must return quickly.
	Progress func(Progress)
	// Alert is given, as soon as it is known, each warning about the run as a whole that should be known before the run goes on.
	// [Findings] has it too.
	Alert func(results.Warning)
	// Version is given what makes the requests of a strategy, if its session knows: see [strategies.Versioned].
	Version func(strategy, version string)
	// Witness returns what the target of the load has counted since the last call. It is nil if the target does not count. A trial
	// that disagrees gets a warning, or ends its strategy if the session is [strategies.Accountable] and says so. An error of
	// Witness becomes a warning of the trial.
	Witness func() (ServerCounts, error)
}

// ServerCounts is what a target has counted by itself.
type ServerCounts struct {
	Requests     int64 // requests received
	PeakInFlight int   // the most requests in flight at once

	Over [strategies.ProtocolCount]int64 // requests by their protocol; all 0 if it does not know

	InFlight time.Duration // how long the requests were in flight, summed; 0 if it does not know
}

// Progress is how far a run has come.
type Progress struct {
	Strategy string  // of the trial under way
	Limit    int     // of the trial under way
	Rate     int     // of the trial under way, in requests that are due per second, if the run varies it; else 0
	Target   *int    // of the trial under way; nil if the run has one
	Trials   int     // that are over
	Share    float64 // of the whole run that is done, from 0 to 1
	SoFar    string  // what a sweep knows by now, in a few words; may be empty

	// Left is how long the run is likely to last yet, by the time that trials have taken so far; 0 if that is not known. If
	// AtMost is true it may be much less: a search ends when it has decided.
	Left   time.Duration
	AtMost bool
}

// String returns one line: the trial under way, how long the run lasts yet, and SoFar.
func (p Progress) String() string {
	text := fmt.Sprintf("trial %d: %s at limit %d", p.Trials+1, p.Strategy, p.Limit)
	if p.Rate > 0 {
		text = fmt.Sprintf("trial %d: %s at %d/s", p.Trials+1, p.Strategy, p.Rate)
	}
	if p.Target != nil {
		text += fmt.Sprintf(" on target %d", *p.Target)
	}
	switch left := p.Left.Round(time.Second); {
	case left == 0:
	case p.AtMost:
		text += fmt.Sprintf("; at most %v left", left)
	default:
		text += fmt.Sprintf("; about %v left", left)
	}
	if p.SoFar != "" {
		text += "; " + p.SoFar
	}
	return text
}

// An InstantServer starts a server that answers every request at once, and returns its URLs. Against it a run measures
// what a client is able to do. It is called at most once in a run, and only if a client has to be examined; ctx is that
// of the run, which returns an error of the call. The caller of Run stops the server afterwards.
type InstantServer func(ctx context.Context) (URLs, error)

// EnoughRepeats is how many blocks it takes to name a winner.
const EnoughRepeats = optimum.FewestBlocks

// The errors that end a run early.
var (
	// ErrNothing is returned when every strategy has had its try and not one request has succeeded.
	ErrNothing = errors.New("no request succeeded")
	// ErrDied is returned when a target that had answered no longer does.
	ErrDied = errors.New("the target has stopped answering")
	// ErrBroken is returned when every strategy has broken down.
	ErrBroken = errors.New("no strategy is left")
	// ErrHost is returned by a sweep when every request to one of the load's hosts fails.
	ErrHost = errors.New("a host always fails")
)

// reportVersion reports the version of what makes the strategy's requests, if its session knows it.
func (o Observer) reportVersion(s strategies.Strategy, session strategies.Session) {
	if versioned, ok := session.(strategies.Versioned); ok && o.Version != nil {
		o.Version(s.Name(), versioned.Version())
	}
}
