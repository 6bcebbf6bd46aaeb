package fetching

import (
	"sync"
	"time"

	"sweetspot/bench/fetch"
	"sweetspot/bench/process"
	"sweetspot/results"
	"sweetspot/strategies"
)

// A Recorder makes the trial of a fetch: its requests as bench counts those of a batch. Any goroutine may use it.
type Recorder struct {
	strategy string
	cpu      time.Duration // that the process had used before

	mu                  sync.Mutex
	trial               results.Trial
	successes, failures *results.Histogram
	busy                time.Duration // time in flight, summed over all requests
}

// NewRecorder returns the recorder of a fetch that begins.
func NewRecorder(strategy string) *Recorder {
	r := &Recorder{
		strategy: strategy, cpu: process.CPU(), successes: results.NewHistogram(), failures: results.NewHistogram(),
		trial: results.Trial{Strategy: strategy, Failed: map[string]int64{}, Status: map[int]int64{}, Warnings: []results.Warning{}},
	}
	for _, class := range strategies.Failures() {
		r.trial.Failed[class.String()] = 0
	}
	return r
}

// Request counts a request that has ended: see [fetch.Observer].
func (r *Recorder) Request(o strategies.Outcome, at, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := &r.trial
	t.Started++
	r.busy += took
	if o.Status > 0 {
		t.Status[o.Status]++
	}
	for int(at/time.Second) >= len(t.Series) {
		t.Series = append(t.Series, results.Second{})
	}
	second := &t.Series[int(at/time.Second)]
	if o.Class != strategies.OK {
		t.Failed[o.Class.String()]++
		r.failures.Record(took)
		second.Failed++
		if t.FirstError == "" && o.Err != nil {
			t.FirstError = o.Err.Error()
		}
		return
	}
	t.Succeeded++
	t.Bytes += o.Bytes
	r.successes.Record(took)
	second.Succeeded++
	second.Mean += took.Seconds() // the sum, until the trial is made
}

// Trial returns the trial so far.
func (r *Recorder) Trial(sum fetch.Summary) (results.Trial, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.trial
	t.Limit, t.Connections = max(1, sum.Most), sum.Connections
	if sum.Settled != sum.Most {
		t.SettledLimit = sum.Settled
	}
	t.Elapsed = max(sum.Elapsed, time.Millisecond).Seconds()
	t.PerSecond = float64(t.Succeeded) / t.Elapsed
	t.InFlightMean = r.busy.Seconds() / t.Elapsed
	t.CPU = (process.CPU() - r.cpu).Seconds()
	t.Latency = r.successes.Latency()
	if r.failures.Count() > 0 {
		latency := r.failures.Latency()
		t.FailedLatency = &latency
	}
	t.Failed, t.Status, t.Series = clone(t.Failed), clone(t.Status), r.series(t.Elapsed)
	var err error
	t.Histogram, err = r.successes.Encode()
	return t, err
}

func clone[K comparable](from map[K]int64) map[K]int64 {
	to := make(map[K]int64, len(from))
	for k, n := range from {
		to[k] = n
	}
	return to
}

// shortestSeries is the shortest trial that has a series, in seconds: a single second has nothing to be compared with.
const shortestSeries = 2

// series returns an element for every second of a trial of that length.
func (r *Recorder) series(elapsed float64) []results.Second {
	if elapsed < shortestSeries {
		return nil
	}
	all := make([]results.Second, max(int(elapsed)+1, len(r.trial.Series)))
	for i, at := range r.trial.Series {
		if at.Succeeded > 0 {
			at.Mean /= float64(at.Succeeded)
		}
		all[i] = at
	}
	return all
}
