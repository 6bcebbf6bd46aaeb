package fetching

import (
	"time"

	"sweetspot/bench/cli/live"
	"sweetspot/bench/cli/secret"
	"sweetspot/bench/cli/telemetry"
	"sweetspot/bench/fetch"
	"sweetspot/bench/process"
	"sweetspot/results"
)

// A Report shows a fetch while it goes on, and makes its run.
type Report struct {
	run      *results.Run
	choice   Choice
	screen   Screen
	watchers Watchers
	secrets  *secret.Filter
	recorder *Recorder
	shown    time.Duration // when the page was last brought up to date, since the fetch began
	pushed   time.Duration // when the metrics were last pushed
}

// Watchers are those who are told how far the fetch has come.
type Watchers struct {
	Page    *live.Page // may be nil
	Metrics *telemetry.Metrics
	Pusher  *telemetry.Pusher // may be nil
}

// NewReport returns the report of a fetch that begins.
func NewReport(run *results.Run, choice Choice, screen Screen, watchers Watchers, secrets *secret.Filter) *Report {
	return &Report{run: run, choice: choice, screen: screen, watchers: watchers, secrets: secrets, recorder: NewRecorder(choice.Strategy.Name())}
}

// pageInterval is how often the live page and the metrics are brought up to date.
const pageInterval = time.Second

// PushInterval is how often the metrics are pushed to a collector.
const PushInterval = 5 * time.Second

// Observer returns the observer that the fetch is given.
func (r *Report) Observer() fetch.Observer {
	return fetch.Observer{Request: r.recorder.Request, Progress: func(p fetch.Progress) {
		r.screen.Show(p)
		if w := r.watchers; w.Page == nil && w.Pusher == nil || p.Elapsed-r.shown < pageInterval {
			return
		}
		r.shown = p.Elapsed
		sum := fetch.Summary{Progress: p, Most: r.choice.Limiter.Most(), Settled: p.Limit}
		if t, err := r.recorder.Trial(sum); err == nil {
			r.tell(r.secrets.Trial(t), p)
		}
		if p.Elapsed-r.pushed >= PushInterval {
			r.pushed = p.Elapsed
			r.watchers.Pusher.Push()
		}
	}}
}

// tell tells the watchers how far the fetch has come; t is its trial so far.
func (r *Report) tell(t results.Trial, p fetch.Progress) {
	r.watchers.Metrics.Fetched(t, p.Limit, Share(p), map[string]int64{
		"succeeded": p.Succeeded, "failed": p.Failed, "retrying": p.Retrying, "before": p.Before, "total": p.Total,
	})
	r.watchers.Page.Fetched(t, Share(p), Words(p))
}

// Conclude completes the run, which has one trial. The error is that of a trial that cannot be written.
func (r *Report) Conclude(sum fetch.Summary, ended error) error {
	t, err := r.recorder.Trial(sum)
	if ended != nil {
		t.Purpose = results.Interrupted
		t.Warn(results.Warningf(results.CutShort, "stopped after %.3g s", t.Elapsed))
	}
	t = r.secrets.Trial(t)
	r.tell(t, sum.Progress)
	r.run.PeakMemory = process.PeakMemory()
	r.run.Trials = []results.Trial{t}
	r.run.Strategies = results.Summarise(r.run.Trials)
	r.secrets.Conclusions(r.run)
	return err
}
