package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"sweetspot/bench/ports"
	"sweetspot/results"
	"sweetspot/strategies"
	"sweetspot/strategies/network"
)

// A target is where requests go: a load, with what a run learns about its server. Another target of a run differs in nothing
// but its URLs.
type target struct {
	index   *int // in the run's list of targets; nil if the run has one
	load    Load
	witness func() (ServerCounts, error)  // what the server has counted since the last call; nil if it does not count
	ports   *ports.Watch                  // of this machine, for connections to the server
	spoken  map[strategies.Protocol]error // why the server does not speak a protocol, as far as that was asked; nil if it does
	latest  string                        // the strategy of the latest trial
	named   []string                      // hosts that an alert has named
	silent  int                           // trials without success of strategies that have had one, since the latest success
	failure string                        // the latest
}

func newTarget(load Load, witness func() (ServerCounts, error)) *target {
	load.hosts = hostsOf(load.URLs)
	return &target{load: load, witness: witness, spoken: map[strategies.Protocol]error{}, ports: ports.NewWatch(load.firstHop())}
}

// speaks returns an error if the first of the load's hosts does not speak the protocol of the strategy.
func (on *target) speaks(ctx context.Context, s strategies.Strategy) error {
	p := strategies.ProtocolOf(s)
	if _, asked := on.spoken[p]; !asked {
		on.spoken[p] = on.load.Target().Speaks(ctx, p, on.load.URLs.At(0))
	}
	return on.spoken[p]
}

// number returns the index of the target; 0 also if the run has one.
func (on *target) number() int {
	if on.index == nil {
		return 0
	}
	return *on.index
}

// A candidate is one strategy at one limit with a session on a target: what a trial measures. Without a session it has a fresh one
// for each trial: see [runner.cold].
type candidate struct {
	strategy strategies.Strategy
	target   *target
	session  strategies.Session
	ending   *ending // of the session
	limit    int
	rate     int // of requests that are due per second, if a sweep varies it; else 0
	streams  int // the most on one connection; 0 if the protocol has none, or the server decides
	purpose  results.Purpose
	began    time.Time // the run's start, from which the offsets of its trials count

	completions int64 // the least that a search asks for; the load may ask for more
}

// at returns what a trial of the candidate measures.
func (c candidate) at() results.At {
	return results.At{Strategy: c.strategy.Name(), Limit: c.limit, Rate: c.rate, Target: c.target.number(), Streams: c.streams}
}

// name returns the candidate's strategy, with its target if the run has several.
func (c candidate) name() string { return c.at().Name(c.target.index != nil) }

// label says in a trial what it measures, and in which block.
func (c candidate) label(t *results.Trial, block int) {
	t.Rate = c.rate
	t.Strategy, t.Limit, t.Target, t.Streams, t.Block = c.strategy.Name(), c.limit, c.target.index, c.streams, block
}

// candidates are the strategies of a run with their sessions.
type candidates []candidate

// settings returns what the sessions of the candidate have in common.
func (c candidate) settings() strategies.Target {
	t := c.target.load.Target()
	t.Streams = c.streams
	return t
}

// open opens a session on the target for every strategy, for the most requests that it has in flight at the limit, or several if
// the strategy is measured with several numbers of streams: see [Load.streamsOf]. A strategy that cannot run here is left out
// with a warning, unless none is left.
func (r *runner) open(ctx context.Context, on *target, all []strategies.Strategy, limit int, streams ...int) (candidates, error) {
	var (
		opened candidates
		errs   []error
	)
	for _, s := range all {
		for _, n := range on.load.streamsOf(s, streams) {
			if ctx.Err() != nil {
				break
			}
			c, err := r.candidate(on, s, limit, n).opened(ctx, limit)
			if err != nil {
				errs = append(errs, err)
				break // for the same reason with any number of streams
			}
			r.observe.reportVersion(s, c.session)
			r.enter(c)
			opened = append(opened, c)
		}
	}
	if len(opened) == 0 {
		return nil, errors.Join(append(errs, ctx.Err())...)
	}
	r.warnLeftOut(errs)
	if receive, send := network.LargestBuffers(); opened.use(strategies.HTTP3) && min(receive, send) > 0 && min(receive, send) < network.WantedBuffer {
		r.warn(results.Warningf(results.SmallBuffers, "sockets have buffers of at most %d kB for receiving and %d kB for sending, and QUIC wants %d kB",
			receive>>10, send>>10, network.WantedBuffer>>10).With("receive_bytes", float64(receive)).With("send_bytes", float64(send)))
	}
	return opened, nil
}

// cold returns a candidate for every strategy, each with a fresh session for every trial: as of a program that makes one batch
// and ends.
func (r *runner) cold(on *target, all []strategies.Strategy, limit int) candidates {
	var entered candidates
	for _, s := range all {
		for _, n := range on.load.streamsOf(s, nil) {
			c := r.candidate(on, s, limit, n)
			r.enter(c)
			entered = append(entered, c)
		}
	}
	return entered
}

// candidate returns the candidate of a strategy at a limit, without a session.
func (r *runner) candidate(on *target, s strategies.Strategy, limit, streams int) candidate {
	return candidate{strategy: s, target: on, limit: on.load.limitOf(s, limit), streams: streams, began: r.began}
}

// use reports whether any of the candidates speaks the protocol on this machine.
func (c candidates) use(p strategies.Protocol) bool {
	return slices.ContainsFunc(c, func(one candidate) bool { return one.here() && strategies.ProtocolOf(one.strategy) == p })
}

// opened returns the candidate with its first session, for limits of at most limit or its own, if the target speaks its protocol.
// Whether it does to other machines, only these can see.
func (c candidate) opened(ctx context.Context, limit int) (candidate, error) {
	session, err := openSession(ctx, c.strategy, c.settings(), max(c.limit, limit))
	if err != nil {
		return c, err
	}
	c.session, c.ending = session, newEnding(session)
	if !c.here() {
		return c, nil
	}
	if err := c.target.speaks(ctx, c.strategy); err != nil {
		c.ending.end(ctx)
		return c, fmt.Errorf("%s: %w", c.strategy.Name(), err)
	}
	return c, nil
}

// here reports whether this machine makes the requests of the candidate. Without a session it is not known, and taken to do so.
func (c candidate) here() bool {
	remote, is := c.session.(Remote)
	return !is || remote.Here()
}

// HasCopy reports whether a comparison of that many strategies, in repeats blocks, measures a second copy of one of them to
// check itself. The copy opens its own connections. There is one if there are at least two strategies, and enough blocks to
// name a winner.
func HasCopy(strategies, repeats int) bool { return strategies > 1 && repeats >= EnoughRepeats }

// withCopy returns the candidates and a second copy of one of them, drawn at random, with its own session. It returns the
// candidates as they are if the comparison has no copy, see [HasCopy], or if the strategy cannot be opened twice.
func (r *runner) withCopy(ctx context.Context, all candidates, repeats int, random *rand.Rand) candidates {
	if !HasCopy(len(all), repeats) {
		return all
	}
	twin := all[random.IntN(len(all))]
	if twin.session == nil {
		twin.purpose = results.Control
		return append(slices.Clip(all), twin)
	}
	twin, err := twin.reopened(ctx, twin.settings())
	if err != nil {
		r.warn(results.Warningf(results.NotChecked, "the comparison is not checked by a second copy of a strategy: %v", err))
		return all
	}
	twin.purpose = results.Control
	return append(slices.Clip(all), twin)
}

// reopened returns the candidate with another session of its strategy.
func (c candidate) reopened(ctx context.Context, target strategies.Target) (candidate, error) {
	session, err := openSession(ctx, c.strategy, target, c.limit)
	if err != nil {
		return c, err
	}
	c.session, c.ending = session, newEnding(session)
	return c, nil
}

// close closes the sessions, all at once, since a program may take a while to end. If ctx ends, it does not wait much longer.
func (c candidates) close(ctx context.Context) {
	c = slices.DeleteFunc(slices.Clone(c), func(candidate candidate) bool { return candidate.session == nil })
	for _, candidate := range c {
		candidate.ending.begin()
	}
	all := make(chan struct{})
	go func() {
		defer close(all)
		for _, candidate := range c {
			<-candidate.ending.done
		}
	}()
	select {
	case <-all:
	case <-ctx.Done():
		returned(all, patience)
	}
}
