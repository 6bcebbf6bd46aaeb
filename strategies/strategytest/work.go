package strategytest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/strategies"
)

// Work is a [strategies.Work] that hands out N requests to the URLs in turn, and keeps every outcome. The fields must not be
// used during a Run.
type Work struct {
	URLs     []string
	N        int64
	Messages []*strategies.Message        // of the requests, in turn; may be empty
	Started  int64                        // requests that were started
	Outcomes map[int64]strategies.Outcome // by the request's index

	mu    sync.Mutex
	began time.Time
	twice []int64 // indexes of requests that came back more than once
}

// NewWork returns work of n requests, the first of which goes to the first URL. There must be at least one URL unless n is 0.
func NewWork(n int64, urls ...string) *Work {
	return &Work{URLs: urls, N: n, began: time.Now(), Outcomes: map[int64]strategies.Outcome{}}
}

// Worker implements [strategies.Work].
func (w *Work) Worker() strategies.Worker { return w }

// Next implements [strategies.Worker].
func (w *Work) Next(ctx context.Context, r *strategies.Request) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.Started == w.N || ctx.Err() != nil {
		return false
	}
	r.Index, r.URL, r.Start = w.Started, w.URLs[w.Started%int64(len(w.URLs))], time.Since(w.began)
	if r.Message = nil; len(w.Messages) > 0 {
		r.Message = w.Messages[w.Started%int64(len(w.Messages))]
	}
	w.Started++
	return true
}

// Done implements [strategies.Worker].
func (w *Work) Done(r *strategies.Request, o strategies.Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, again := w.Outcomes[r.Index]; again {
		w.twice = append(w.twice, r.Index)
	}
	w.Outcomes[r.Index] = o
}

// Check fails the test unless every request that was started came back exactly once, as it must after any Run.
func (w *Work) Check(t testing.TB) {
	t.Helper()
	if len(w.twice) > 0 {
		t.Errorf("requests %v came back twice", w.twice)
	}
	if got := int64(len(w.Outcomes)); got != w.Started {
		t.Errorf("%d requests came back, want the %d that were started", got, w.Started)
	}
}

// Classes returns the number of outcomes of each class.
func (w *Work) Classes() map[strategies.Class]int {
	counts := map[strategies.Class]int{}
	for _, o := range w.Outcomes {
		counts[o.Class]++
	}
	return counts
}

// Errors returns the distinct errors of the outcomes, separated by semicolons.
func (w *Work) Errors() string {
	var texts []string
	for _, o := range w.Outcomes {
		if o.Err != nil && !slices.Contains(texts, o.Err.Error()) {
			texts = append(texts, o.Err.Error())
		}
	}
	return strings.Join(texts, "; ")
}

// Countdown is a [strategies.Work] for benchmarks: it hands out a number of requests to one URL, counts those that fail and
// keeps nothing else.
type Countdown struct {
	url          string
	left, failed atomic.Int64
}

// NewCountdown returns a Countdown of n requests to url.
func NewCountdown(n int64, url string) *Countdown {
	w := &Countdown{url: url}
	w.left.Store(n)
	return w
}

// Worker implements [strategies.Work].
func (w *Countdown) Worker() strategies.Worker { return w }

// Next implements [strategies.Worker].
func (w *Countdown) Next(ctx context.Context, r *strategies.Request) bool {
	r.URL = w.url
	return w.left.Add(-1) >= 0 && ctx.Err() == nil
}

// Done implements [strategies.Worker].
func (w *Countdown) Done(_ *strategies.Request, o strategies.Outcome) {
	if o.Class != strategies.OK {
		w.failed.Add(1)
	}
}

// Failed returns the number of requests that failed.
func (w *Countdown) Failed() int64 { return w.failed.Load() }
