package fetching

import (
	"time"

	"sweetspot/bench/cli/live"
	"sweetspot/bench/cli/secret"
	"sweetspot/bench/fetch"
	"sweetspot/bench/process"
	"sweetspot/results"
)

// A Report shows a fetch while it goes on, and makes its run.
type Report struct {
	run      *results.Run
	choice   Choice
	screen   Screen
	page     *live.Page
	secrets  *secret.Filter
	recorder *Recorder
	shown    time.Duration // when the page was last brought up to date, since the fetch began
}

// NewReport returns the report of a fetch that begins. The page may be nil.
func NewReport(run *results.Run, choice Choice, screen Screen, page *live.Page, secrets *secret.Filter) *Report {
	return &Report{run: run, choice: choice, screen: screen, page: page, secrets: secrets, recorder: NewRecorder(choice.Strategy.Name())}
}

// pageInterval is how often the live page is brought up to date.
const pageInterval = time.Second

// Observer returns the observer that the fetch is given.
func (r *Report) Observer() fetch.Observer {
	return fetch.Observer{Request: r.recorder.Request, Progress: func(p fetch.Progress) {
		r.screen.Show(p)
		if r.page == nil || p.Elapsed-r.shown < pageInterval {
			return
		}
		r.shown = p.Elapsed
		sum := fetch.Summary{Progress: p, Most: r.choice.Limiter.Most(), Settled: p.Limit}
		if t, err := r.recorder.Trial(sum); err == nil {
			r.page.Fetched(r.secrets.Trial(t), p.Limit, Share(p), Words(p), map[string]int64{
				"succeeded": p.Succeeded, "failed": p.Failed, "retrying": p.Retrying, "before": p.Before, "total": p.Total,
			})
		}
	}}
}

// Conclude completes the run, which has one trial. The error is that of a trial that cannot be written.
func (r *Report) Conclude(sum fetch.Summary, ended error) error {
	t, err := r.recorder.Trial(sum)
	if ended != nil {
		t.Purpose = results.Interrupted
		t.Warn(results.Warningf(results.CutShort, "stopped after %.3g s", t.Elapsed))
	}
	t = r.secrets.Trial(t)
	r.run.PeakMemory = process.PeakMemory()
	r.run.Trials = []results.Trial{t}
	r.run.Strategies = results.Summarise(r.run.Trials)
	r.secrets.Conclusions(r.run)
	return err
}
