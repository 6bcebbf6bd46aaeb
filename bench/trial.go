package bench

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"sweetspot/results"
	"sweetspot/strategies"
)

// trial measures the candidate once. It returns nil if ctx ended before there was anything to measure. If ctx ended within
// the measured window, the trial covers the time until then and says so. If the session broke down, the trial has an Error.
// Progress is called every 10 ms with the share of the trial that is done, from 0 to 1.
func (c candidate) trial(ctx context.Context, load Load, block int, progress func(float64)) (*results.Trial, error) {
	runtime.GC() // one trial does not pay for the garbage of another
	measure := steady
	if load.Requests > 0 {
		measure = batch
	}
	if c.rate > 0 {
		load.Rate = float64(c.rate)
		load.Duration = max(load.Duration, load.arriving(c.completions))
	}
	if load.Rate == 0 {
		load.Completions = max(load.Completions, c.completions, int64(rounds*c.limit))
	} else {
		load.Completions = max(load.Completions, startsInWindow) // however slow the answers are
	}
	m, err := measure(ctx, c, load, progress)
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
	t, err := m.report()
	if err != nil {
		return nil, fmt.Errorf("%s: limit %d: %w", c.strategy.Name(), c.limit, err)
	}
	c.label(t, block)
	t.Purpose = c.purpose
	t.Offset = m.began.Sub(c.began).Seconds()
	if ctx.Err() != nil {
		t.Purpose = results.Interrupted
		if t.Completed() == 0 {
			t.Warn(results.Warningf(results.CutShort, "interrupted after %.2g s, when no request had ended yet", t.Elapsed))
			return t, nil
		}
		t.Warn(results.Warningf(results.CutShort, "interrupted after %.2g s", t.Elapsed))
	}
	validate(t, load)
	c.warnStreams(t, m.usage.Streams)
	warnOpenLoop(t, load, m.counters.waited())
	c.warnNoLimit(t, load)
	if n := m.counters.noPort; n > 0 {
		t.Warn(noPorts(n))
	}
	t.Warnings = append(t.Warnings, load.hosts.merge(m.counters.hosts)...)
	return t, nil
}

// broken returns the trial in which the session broke down. It has no purpose of its own, so that the strategy's row shows
// the error.
func (c candidate) broken(err error, block int) *results.Trial {
	t := &results.Trial{Failed: map[string]int64{}, Status: map[int]int64{}, Warnings: []results.Warning{}}
	c.label(t, block)
	for _, class := range strategies.Failures() {
		t.Failed[class.String()] = 0
	}
	t.Error = strings.TrimPrefix(err.Error(), t.Strategy+": ")
	return t
}

// measured is a trial in the units in which it was measured.
type measured struct {
	counters *counters
	began    time.Time // when what is measured began
	elapsed  time.Duration
	used     clientUsage
	usage    strategies.Usage // of the session
	open     *openLoop        // nil of a closed loop
}

// tick is how often a trial under way is checked: seldom enough to cost little, often enough to end a window in time.
const tick = 10 * time.Millisecond

// batch makes exactly load.Requests requests, after a separate warm-up if the load asks for one, and measures from the first
// start to the last end.
func batch(ctx context.Context, c candidate, load Load, progress func(float64)) (*measured, error) {
	warmup := int64(0)
	if load.Warmup > 0 {
		r := newRecorder(load, 0, c.limit)
		run := start(ctx, c, r)
		run.until(func() bool { progress(0); return c.warm(r, load) })
		if err := run.stop(); err != nil {
			return nil, err
		}
		warmup = r.result().warmup
	}
	r := newRecorder(load, load.Requests, c.limit)
	before := c.clientUsage()
	run := start(ctx, c, r)
	run.until(func() bool { progress(float64(r.ended.Load()) / float64(load.Requests)); return false })
	if err := run.stop(); err != nil {
		return nil, err
	}
	t := r.result()
	t.warmup = warmup
	elapsed := t.last - t.first
	switch {
	case t.completed() == 0 && t.cutOff == 0:
		return nil, nil
	case t.cutOff > 0: // interrupted: what was in flight lasted until then
		elapsed = max(1, time.Duration(r.window.to.Load())-r.origin())
	}
	end := time.Duration(r.window.to.Load())
	if ctx.Err() != nil {
		end = min(end, t.last)
	}
	return &measured{t, r.epoch.Add(r.origin()), elapsed, c.clientUsage().since(before), c.session.Usage(), r.openLoop(end)}, nil
}

// steady warms up, then measures a window of at least load.Duration in which at least load.Completions requests end.
func steady(ctx context.Context, c candidate, load Load, progress func(float64)) (*measured, error) {
	r := newRecorder(load, 0, c.limit)
	if load.Warmup != 0 {
		r.stagger(c.limit)
	}
	defer context.AfterFunc(ctx, r.shut)()
	run := start(ctx, c, r)
	run.until(func() bool { progress(0); return c.warm(r, load) })
	if ctx.Err() != nil {
		r.shut() // now, so that the window does not open any more
	}
	r.open()
	opened, ended, before := r.now(), r.ended.Load(), c.clientUsage()
	run.until(func() bool {
		done, completed := (r.now()-opened).Seconds()/load.Duration.Seconds(), r.ended.Load()-ended
		if load.Completions > 0 {
			done = min(done, float64(completed)/float64(load.Completions))
		}
		progress(min(done, 1))
		return done >= 1 || r.hopeless(c.limit) && completed >= int64(c.limit)
	})
	r.shut()
	used := c.clientUsage().since(before)
	if err := run.stop(); err != nil {
		return nil, err
	}
	counted, length := r.result(), r.length()
	if length == 0 { // ctx ended in the warm-up
		if counted.warmup > 0 || counted.cutOff == 0 {
			return nil, nil
		}
		length = time.Duration(r.window.to.Load()) // nothing has ended since the start, which is worth saying
		return &measured{counted, r.epoch, length, used, c.session.Usage(), nil}, nil
	}
	return &measured{counted, r.epoch.Add(r.origin()), length, used, c.session.Usage(), r.openLoop(time.Duration(r.window.to.Load()))}, nil
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

// warm reports whether the warm-up of the candidate is over: see the function warm. An automatic one lasts, within reason, until the
// strategy has found the limit of its choice, which it keeps for the session's other trials.
func (c candidate) warm(r *recorder, load Load) bool {
	if !warm(r, c.limit, load) {
		return false
	}
	return load.Warmup != Automatic || r.hopeless(c.limit) || r.now() >= longestSettling || !c.session.Usage().Settling
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

// report puts the measurement into the units of a run file.
func (m *measured) report() (*results.Trial, error) {
	t := m.counters
	trial := &results.Trial{
		WarmupRequests: t.warmup,
		Started:        t.completed() + t.cutOff,
		Succeeded:      t.succeeded,
		Failed:         map[string]int64{},
		CutOff:         t.cutOff,
		Status:         t.status,
		Bytes:          t.bytes,
		Elapsed:        m.elapsed.Seconds(),
		PerSecond:      float64(t.succeeded) / m.elapsed.Seconds(),
		Latency:        t.successes.Latency(),
		CPU:            m.used.cpu.Seconds(),
		ProgramCPU:     m.used.programs.Seconds(),
		InFlightMean:   t.busy.Seconds() / m.elapsed.Seconds(),
		Wire:           m.used.wireMean().Seconds(),
		Waited:         m.used.waited.Seconds(),
		Scheduling:     m.used.schedulingP99().Seconds(),
		Connections:    m.usage.Connections,
		Stall:          t.ticks.longestGap(m.elapsed).Seconds(),
		SettledLimit:   m.usage.Limit,
		Memory:         m.usage.Memory,
		FirstError:     t.err,
		Warnings:       []results.Warning{},
		Series:         t.series.over(m.elapsed),
	}
	for _, class := range strategies.Failures() {
		trial.Failed[class.String()] = t.failed[class]
	}
	if t.failures.Count() > 0 {
		latency := t.failures.Latency()
		trial.FailedLatency = &latency
	}
	var err error
	if trial.Histogram, err = t.successes.Encode(); err != nil {
		return nil, err
	}
	return trial, m.reportResponses(trial)
}

// reportResponses adds what is known of a trial with a rate.
func (m *measured) reportResponses(trial *results.Trial) error {
	t := m.counters
	if t.responses == nil || m.open == nil && t.late != nil {
		return nil
	}
	if m.open != nil {
		late := t.late.Latency().P99
		trial.Offered, trial.Missed, trial.Late = m.open.perSecond, &m.open.missed, &late
	}
	response := t.responses.Latency()
	trial.Response = &response
	var err error
	trial.Responses, err = t.responses.Encode()
	return err
}
