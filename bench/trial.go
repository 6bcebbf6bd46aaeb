package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"sweetspot/results"
	"sweetspot/strategies"
)

// trial measures the cell once. It returns nil if ctx ended before there was anything to measure; if it ended within the
// measured window, the trial is of the time until then and says so. Share is called now and then with how much of the
// trial is done, from 0 to 1.
func (c cell) trial(ctx context.Context, load Load, block int, share func(float64)) (*results.Trial, error) {
	runtime.GC() // one trial does not pay for the garbage of another
	measure := steady
	if load.Requests > 0 {
		measure = batch
	}
	if load.Rate == 0 {
		load.Completions = max(load.Completions, c.completions, int64(rounds*c.limit))
	}
	m, err := measure(ctx, c, load, share)
	if err != nil {
		return nil, fmt.Errorf("%s: limit %d: %w", c.strategy.Name(), c.limit, err)
	}
	if m == nil {
		return nil, nil
	}
	t, err := m.report()
	if err != nil {
		return nil, fmt.Errorf("%s: limit %d: %w", c.strategy.Name(), c.limit, err)
	}
	t.Strategy, t.Limit, t.Block, t.Purpose = c.strategy.Name(), c.limit, block, c.purpose
	if ctx.Err() != nil {
		t.Purpose = results.Interrupted
		t.Warn(fmt.Sprintf("interrupted after %.2g s", t.Elapsed))
	}
	distrust(t, load)
	return t, nil
}

// measured is a trial in the units it was taken in.
type measured struct {
	tally   *tally
	elapsed time.Duration
	used    meter
	usage   strategies.Usage // of the session
}

// tick is how often a trial under way is looked at.
const tick = 10 * time.Millisecond

// batch runs exactly load.Requests requests, after a warm-up of its own if the load asks for one, and measures from the
// first start to the last end.
func batch(ctx context.Context, c cell, load Load, share func(float64)) (*measured, error) {
	warmup := int64(0)
	if load.Warmup > 0 {
		r := newRecorder(load, 0)
		run := start(ctx, c, r)
		run.until(func() bool { share(0); return warm(r, c.limit, load) })
		if err := run.stop(); err != nil {
			return nil, err
		}
		warmup = r.result().warmup
	}
	r := newRecorder(load, load.Requests)
	before := c.meter()
	run := start(ctx, c, r)
	run.until(func() bool { share(float64(r.ended.Load()) / float64(load.Requests)); return false })
	if err := run.stop(); err != nil {
		return nil, err
	}
	t := r.result()
	if t.completed() == 0 {
		return nil, nil
	}
	t.warmup = warmup
	return &measured{t, t.last - t.first, c.meter().since(before), c.session.Usage()}, nil
}

// steady warms up, then measures a window of at least load.Duration in which at least load.Completions requests end.
func steady(ctx context.Context, c cell, load Load, share func(float64)) (*measured, error) {
	r := newRecorder(load, 0)
	if load.Warmup != 0 {
		r.stagger(c.limit)
	}
	defer context.AfterFunc(ctx, r.shut)()
	run := start(ctx, c, r)
	run.until(func() bool { share(0); return warm(r, c.limit, load) })

	r.open()
	opened, ended, before := r.now(), r.ended.Load(), c.meter()
	run.until(func() bool {
		done, completed := (r.now()-opened).Seconds()/load.Duration.Seconds(), r.ended.Load()-ended
		if load.Completions > 0 {
			done = min(done, float64(completed)/float64(load.Completions))
		}
		share(min(done, 1))
		return done >= 1 || r.hopeless(c.limit) && completed >= int64(c.limit)
	})
	r.shut()
	used := c.meter().since(before)
	if err := run.stop(); err != nil {
		return nil, err
	}
	if r.length() == 0 { // ctx ended in the warm-up
		return nil, nil
	}
	return &measured{r.result(), r.length(), used, c.session.Usage()}, nil
}

// rounds is how many requests end in a window for each slot, at least: fewer are too much at the mercy of where the
// window is cut.
const rounds = 5

// shortestWarmup lets connections open, caches fill and the runtime's scheduler settle, however fast the server.
const shortestWarmup = 200 * time.Millisecond

// warm reports whether the warm-up is over: after a fixed time, or, if it is automatic, after the longest of
// shortestWarmup and three mean latencies, in which by Little's law three times as many requests end as are in flight.
// With a rate that is fewer than the limit, so then the first latency is the measure. It is over as well when all fail.
func warm(r *recorder, limit int, load Load) bool {
	switch now := r.now(); {
	case r.hopeless(limit):
		return true
	case load.Warmup != Automatic:
		return now >= load.Warmup
	case load.Rate > 0:
		return now >= max(shortestWarmup, 3*time.Duration(r.first.Load())) && r.ended.Load() > 0
	default:
		return now >= shortestWarmup && r.ended.Load() >= int64(3*limit)
	}
}

// running is a Run under way.
type running struct {
	cancel context.CancelFunc
	done   chan struct{} // closed when the Run has returned
	err    error         // that it returned
}

func start(ctx context.Context, c cell, work strategies.Work) *running {
	ctx, cancel := context.WithCancel(ctx)
	run := &running{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(run.done)
		run.err = c.session.Run(ctx, c.limit, work)
	}()
	return run
}

// until waits until enough, asked every tick, says so, or the Run has ended, by itself or because ctx has.
func (r *running) until(enough func() bool) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for !enough() {
		select {
		case <-r.done:
			return
		case <-ticker.C:
		}
	}
}

// stop starts nothing new, waits until nothing is in flight and returns what the Run did.
func (r *running) stop() error {
	r.cancel()
	<-r.done
	return r.err
}

// report puts the measurement into the units of a run file.
func (m *measured) report() (*results.Trial, error) {
	t := m.tally
	trial := &results.Trial{
		Warmup:       t.warmup,
		Started:      t.completed() + t.cutOff,
		Succeeded:    t.succeeded,
		Failed:       map[string]int64{},
		CutOff:       t.cutOff,
		Status:       t.status,
		Bytes:        t.bytes,
		Elapsed:      m.elapsed.Seconds(),
		PerSecond:    float64(t.succeeded) / m.elapsed.Seconds(),
		Latency:      t.successes.Latency(),
		CPU:          m.used.cpu.Seconds(),
		InFlightMean: t.busy.Seconds() / m.elapsed.Seconds(),
		Wire:         m.used.wireMean().Seconds(),
		Scheduling:   m.used.schedulingP99().Seconds(),
		Connections:  m.usage.Connections,
		SettledLimit: m.usage.Limit,
		FirstError:   t.err,
		Warnings:     []string{},
	}
	for _, class := range strategies.Failures() {
		trial.Failed[class.String()] = t.failed[class]
	}
	if t.failures.Count() > 0 {
		latency := t.failures.Latency()
		trial.FailedLatency = &latency
	}
	var err error
	trial.Histogram, err = t.successes.Encode()
	return trial, err
}
