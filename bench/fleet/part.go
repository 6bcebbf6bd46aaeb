package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"sweetspot/bench"
)

// A part is an agent's part of a trial.
type part struct {
	id       string
	session  string
	order    bench.Order
	ctx      context.Context // ends when the trial is to be stopped
	cancel   context.CancelFunc
	finished sync.Once
	answer   finishAnswer // once it has finished
	err      error

	silence   context.CancelFunc // ends its reports
	reporting sync.WaitGroup

	mu        sync.Mutex
	underway  *bench.Underway // nil until it has begun
	opens     time.Time       // when its window does; zero until that is set
	finishing bool            // nothing is to be set any more
	stood     time.Duration   // the longest time in the window in which the agent itself stood still
}

// prepare makes ready a part of a trial. The session's earlier ones are forgotten.
func (h *host) prepare(ctx context.Context, q prepareQuestion) (done, error) {
	s, err := h.session(q.Session)
	if err != nil {
		return done{}, err
	}
	load, err := h.load(ctx, q.Load, q.Numbers)
	if err != nil {
		return done{}, err
	}
	whole := bench.Order{Load: load, Limit: q.Limit}
	p := &part{id: q.Trial, session: q.Session, order: whole.Share(q.Index, q.Of)}
	p.order.Limit = min(p.order.Limit, s.limit) // the few machines that a batch of a few requests has have more slots than requests
	p.ctx, p.cancel = context.WithCancel(s.ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, other := range h.trials {
		if other.session == q.Session {
			other.cancel()
			delete(h.trials, id)
		}
	}
	h.trials[q.Trial] = p
	return done{}, nil
}

// trial returns a part that was prepared.
func (h *host) trial(q trialQuestion) (*part, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.trials[q.Trial]; p != nil {
		return p, nil
	}
	return nil, errors.New("no such trial was prepared")
}

// begun returns a part that has begun.
func (h *host) begun(q trialQuestion) (*part, error) {
	p, err := h.trial(q)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.underway == nil {
		return nil, errors.New("no such trial has begun")
	}
	return p, nil
}

// begin begins the warm-up.
func (h *host) begin(_ context.Context, q trialQuestion) (done, error) {
	p, err := h.trial(q)
	if err != nil {
		return done{}, err
	}
	s, err := h.session(p.session)
	if err != nil {
		return done{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.underway = bench.Begin(p.ctx, s.session, p.order)
	var ctx context.Context
	ctx, p.silence = context.WithCancel(p.ctx)
	p.reporting.Go(func() { h.report(ctx, p) })
	return done{}, nil
}

// window sets when the window opens.
func (h *host) window(_ context.Context, q trialQuestion) (windowAnswer, error) {
	p, err := h.begun(q)
	if err != nil {
		return windowAnswer{}, err
	}
	at := h.service.instant(q.At)
	p.mu.Lock()
	defer p.mu.Unlock()
	opens, err := p.underway.Open(at)
	p.opens = opens
	return windowAnswer{Late: max(0, opens.Sub(at))}, err
}

// shut sets when the window is shut.
func (h *host) shut(_ context.Context, q trialQuestion) (done, error) {
	p, err := h.begun(q)
	if err != nil {
		return done{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.finishing {
		p.underway.Shut(h.service.instant(q.At))
	}
	return done{}, nil
}

// stop stops a trial at once. It is no error if there is none.
func (h *host) stop(_ context.Context, q trialQuestion) (done, error) {
	if p, err := h.trial(q); err == nil {
		p.cancel()
	}
	return done{}, nil
}

// finish waits until the trial has ended, and says what was measured.
func (h *host) finish(_ context.Context, q trialQuestion) (finishAnswer, error) {
	p, err := h.begun(q)
	if err != nil {
		return finishAnswer{}, err
	}
	p.finished.Do(func() { p.answer, p.err = h.measure(p) })
	return p.answer, p.err
}

// measure waits until the part has ended. From now on this goroutine alone uses what is under way.
func (h *host) measure(p *part) (finishAnswer, error) {
	p.mu.Lock()
	p.finishing = true
	p.mu.Unlock()
	p.silence()
	p.reporting.Wait()
	defer p.cancel()
	m, err := p.underway.Finish()
	if err != nil || m == nil {
		return finishAnswer{}, err
	}
	data, err := json.Marshal(m)
	if err != nil {
		return finishAnswer{}, err
	}
	c := h.contents.put(data)
	return finishAnswer{Measurement: &c, Stood: p.stood}, nil
}

// How often an agent looks at its part, and reports what has changed only in numbers.
const (
	lookGap   = 10 * time.Millisecond
	reportGap = 100 * time.Millisecond
)

// report reports how far the part is, until ctx ends.
func (h *host) report(ctx context.Context, p *part) {
	ticker := time.NewTicker(lookGap)
	defer ticker.Stop()
	var (
		latest note
		sent   time.Time
		looked = time.Now()
	)
	defer func() { p.still(looked, time.Now()) }()
	for ctx.Err() == nil {
		n, now := h.look(p), time.Now()
		p.still(looked, now)
		looked = now
		news := n.Warm != latest.Warm || n.Over != latest.Over || n.Hopeless != latest.Hopeless
		if news || now.Sub(sent) >= reportGap {
			_ = h.service.links.work.publish(n, h.service.coordinator.From, "note") // the next says it again
			latest, sent = n, now
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

// look returns how far the part is.
func (h *host) look(p *part) note {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := note{From: h.service.id, Trial: p.id, Warm: true, Over: p.underway.Over()}
	if p.opens.IsZero() {
		n.Warm = p.underway.Warm()
		return n
	}
	n.Ended, n.Hopeless = p.underway.Ended(), p.underway.Hopeless()
	return n
}

// still notes for how long the agent stood still between two looks, as far as that was in the window.
func (p *part) still(from, to time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.opens.IsZero() && to.After(p.opens) {
		p.stood = max(p.stood, to.Sub(from)-lookGap)
	}
}
