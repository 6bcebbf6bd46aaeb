package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"sweetspot/results"
	"sweetspot/strategies"
)

// trial measures the candidate once. It returns nil if ctx ended before there was anything to measure. If ctx ended within
// the measured window, the trial covers the time until then and says so. If the session broke down, the trial has an Error.
// Progress is called every 10 ms with the share of the trial that is done, from 0 to 1.
func (c candidate) trial(ctx context.Context, load Load, block int, progress func(float64)) (*results.Trial, error) {
	order := c.order(load)
	load = order.Load
	m, err := c.measure(ctx, order, progress)
	if errors.Is(err, ErrVoid) {
		if ctx.Err() != nil {
			return nil, nil // the end of ctx is why machines are missing
		}
		return c.void(m, err, block), nil
	}
	if err != nil {
		t := c.broken(err, block)
		if ctx.Err() != nil {
			t.Purpose = results.Interrupted // what the strategy has measured before counts
		}
		return t, nil
	}
	if m == nil {
		return nil, nil
	}
	t, err := m.Report()
	if err != nil {
		return nil, fmt.Errorf("%s: limit %d: %w", c.strategy.Name(), c.limit, err)
	}
	c.label(t, block)
	t.Purpose = c.purpose
	t.Offset = m.Began.Sub(c.began).Seconds()
	if ctx.Err() != nil {
		t.Purpose = results.Interrupted
		if t.Completed() == 0 {
			t.Warn(results.Warningf(results.CutShort, "interrupted after %.2g s, when no request had ended yet", t.Elapsed))
			return t, nil
		}
		t.Warn(results.Warningf(results.CutShort, "interrupted after %.2g s", t.Elapsed))
	}
	validate(t, load)
	c.warnStreams(t, m)
	warnOpenLoop(t, load, m.Counts.Waited())
	c.warnNoLimit(t, load)
	if n := m.Counts.WithoutPort(); n > 0 {
		t.Warn(noPorts(n))
	}
	t.Warnings = append(t.Warnings, load.hosts.merge(m.Counts.Hosts())...)
	t.Warnings = append(t.Warnings, taints(t, m.Parts, load)...)
	return t, nil
}

// void returns a trial that must not count, with what was measured of it, if anything was.
func (c candidate) void(m *Measurement, why error, block int) *results.Trial {
	t := c.broken(nil, block)
	if m != nil {
		if measured, err := m.Report(); err == nil {
			t = measured
			c.label(t, block)
			t.Offset = m.Began.Sub(c.began).Seconds()
		}
	}
	t.Purpose = results.Void
	code := results.AgentLost
	if errors.Is(why, ErrLate) {
		code = results.AgentLate
	}
	t.Warn(results.Warningf(code, "%v", why))
	return t
}

// broken returns the trial in which the session broke down, empty but for the error. It has no purpose of its own, so that the strategy's row shows
// the error.
func (c candidate) broken(err error, block int) *results.Trial {
	t := &results.Trial{Failed: map[string]int64{}, Status: map[int]int64{}, Warnings: []results.Warning{}}
	c.label(t, block)
	for _, class := range strategies.Failures() {
		t.Failed[class.String()] = 0
	}
	if err != nil {
		t.Error = strings.TrimPrefix(err.Error(), t.Strategy+": ")
	}
	return t
}

// tick is how often a trial under way is checked: seldom enough to cost little, often enough to end a window in time.
const tick = 10 * time.Millisecond

// order returns what a trial of the candidate measures.
func (c candidate) order(load Load) Order {
	if c.rate > 0 {
		load.Rate = float64(c.rate)
		load.Duration = max(load.Duration, load.arriving(c.completions))
	}
	if load.Rate == 0 {
		load.Completions = max(load.Completions, c.completions, int64(rounds*c.limit))
	} else {
		load.Completions = max(load.Completions, startsInWindow) // however slow the answers are
	}
	return Order{Load: load, Limit: c.limit}
}

// measure measures what the order says. It returns nil if ctx ended before there was anything to measure.
func (c candidate) measure(ctx context.Context, order Order, progress func(float64)) (*Measurement, error) {
	if remote, is := c.session.(Remote); is {
		return remote.Measure(ctx, order, progress)
	}
	u := begin(ctx, c.ending, order)
	u.until(func() bool { progress(0); return u.Warm() })
	began, err := u.Open(time.Now())
	if err != nil {
		return nil, err
	}
	u.until(func() bool {
		done := order.Done(time.Since(began), u.Ended())
		progress(min(done, 1))
		return done >= 1 && !order.batch() || u.Hopeless()
	})
	if !order.batch() {
		u.Shut(time.Now())
	}
	return u.Finish()
}

// until waits until enough, which is called every tick, returns true, or until the trial is over.
func (u *Underway) until(enough func() bool) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for !enough() && u.run != nil && !u.Over() {
		select {
		case <-u.run.done:
		case <-u.ctx.Done():
		case <-ticker.C:
		}
	}
}

// rounds is how many requests end in a window for each slot, at least: with fewer, the figure depends too much on where the
// window is cut.
const rounds = 5

// warmupRounds is how many mean latencies the warm-up lasts. By Little's law, as many requests end in one mean latency as are
// in flight.
const warmupRounds = 3

// shortestWarmup lets connections open, caches fill and the runtime's scheduler settle, however fast the server is.
const shortestWarmup = 200 * time.Millisecond

// longestSettling is how long an automatic warm-up waits for a strategy that chooses its own limit.
const longestSettling = 15 * time.Second

// warm reports whether the warm-up is over: see the function warm. An automatic one lasts, within reason, until the strategy has
// found the limit of its choice, which it keeps for the session's other trials.
func (u *Underway) warm() bool {
	r, limit, load := u.run.recorder, u.order.Limit, u.order.Load
	if !warm(r, limit, load) {
		return false
	}
	return load.Warmup != Automatic || r.hopeless(limit) || r.now() >= longestSettling || !u.session.session.Usage().Settling
}

// warm reports whether the warm-up is over: after a fixed time, or, if it is automatic, after the longest of
// shortestWarmup and warmupRounds mean latencies. With a rate fewer requests are in flight than the limit, so then the
// first latency is the measure. It is over as well when all requests fail.
//
// Two refinements were tried and left out, since they gain no more than the same time spent on more trials, which a search
// and a comparison make anyhow. They were compared with that by mean squared error times time, over 400 simulated
// trials each of 16 servers (processor sharing with constant, exponential, lognormal and Pareto service; some warm up,
// some stall) at limits from 1 to 300, in windows of 5 and of 20 rounds:
//
//   - An MSER-5 cut of what is left of the warm-up, in batches of 50 ms: worse by 0 to 40% where servers were steady or
//     stalled, because it cuts away all that differs. Of servers that take a second to warm up, and start at half their
//     speed, it took 0 to 3 points off errors of 9 to 39%: a window within the warm-up has no steady part to find.
//   - Measuring on, up to twice, where completions/time and in flight/mean latency are over 2% apart: at limits up to 60
//     and few rounds that is so in 58 to 80% of sound trials, by what is cut off at the edges alone, and took up to 65% more
//     than it was worth. With the edges' noise allowed for, as in [warnLittle], it leaves sound trials alone; with stalls of
//     0.3 s it gained up to 20%, with stalls of 1 s or lognormal service it did anything from a gain of 20% to a loss
//     of 30%. And the second figure is known only when what was in flight has ended. So a trial that is off is marked.
func warm(r *recorder, limit int, load Load) bool {
	switch now := r.now(); {
	case r.hopeless(limit):
		return true
	case load.Warmup != Automatic:
		return now >= load.Warmup
	case load.Rate > 0:
		return now >= max(shortestWarmup, warmupRounds*time.Duration(r.firstLatency.Load())) && r.ended.Load() > 0
	default:
		return now >= shortestWarmup && r.ended.Load() >= int64(warmupRounds*limit)
	}
}
