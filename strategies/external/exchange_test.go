package external

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/strategies"
)

// sleeper is a session whose requests take a fixed time, in virtual time.
type sleeper struct{ latency time.Duration }

func (s sleeper) Usage() strategies.Usage { return strategies.Usage{Connections: 3} }
func (s sleeper) Close() error            { return nil }

func (s sleeper) Run(ctx context.Context, limit int, work strategies.Work) error {
	var slots sync.WaitGroup
	for range limit {
		slots.Go(func() {
			var r strategies.Request
			for work.Worker().Next(ctx, &r) {
				time.Sleep(s.latency)
				work.Worker().Done(&r, strategies.Outcome{Status: 200})
			}
		})
	}
	slots.Wait()
	return nil
}

// noProcess stands for the process where the program is a goroutine of the test.
type noProcess struct{}

func (c noProcess) stop(time.Duration) (bool, error) { return false, nil }
func (c noProcess) usage() usage                     { return usage{} }
func (c noProcess) lastOutput() string               { return "" }

// withSession opens a session with a program that is a goroutine, and calls f.
func withSession(t *testing.T, l func(*program) handler, f func(*testing.T, *session)) {
	synctest.Test(t, func(t *testing.T) {
		input, toInput := io.Pipe()
		fromOutput, output := io.Pipe()
		p := newProgram(output)
		p.began = p.began.Add(-time.Hour) // its clock differs from this one
		var served sync.WaitGroup
		served.Go(func() {
			_ = p.serve(input, l(p))
			_ = output.Close()
		})
		e := Program{Name: "tested"}.Strategy()
		s := newSession(e, noProcess{}, toInput, fromOutput, strategies.Target{}.WithDefaults(), 1000)
		if err := s.open(t.Context()); err != nil {
			t.Fatal(err)
		}
		f(t, s)
		if !s.closed {
			s.end()
		}
		served.Wait()
	})
}

// timedWork is Work that goes on until its ctx ends, and records the times of its requests.
type timedWork struct {
	began   time.Time
	every   time.Duration // interval between starts; 0 means no rate
	started []time.Duration
	back    []strategies.Request
	ended   []time.Duration
	failed  error

	mu sync.Mutex // guards back, for tests that count during a run
}

func (w *timedWork) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.back)
}

func (w *timedWork) Worker() strategies.Worker { return w }

func (w *timedWork) Delay() time.Duration {
	return max(0, time.Duration(len(w.started))*w.every-time.Since(w.began))
}

func (w *timedWork) Next(ctx context.Context, r *strategies.Request) bool {
	r.URL, r.Start = "http://127.0.0.1/", time.Since(w.began)
	if ctx.Err() == nil {
		w.started = append(w.started, r.Start)
	}
	return ctx.Err() == nil
}

func (w *timedWork) Done(r *strategies.Request, o strategies.Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.back, w.ended = append(w.back, *r), append(w.ended, r.Start+o.Latency)
	if o.Class != strategies.OK {
		w.failed = o.Err
	}
}

// runFor makes a run of duration d and returns its work.
func runFor(t *testing.T, s *session, limit int, w *timedWork, d time.Duration) *timedWork {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	w.began = time.Now()
	if err := s.Run(ctx, limit, w); err != nil {
		t.Fatal(err)
	}
	if len(w.back) != len(w.started) || w.failed != nil {
		t.Errorf("%d came back of %d: %v", len(w.back), len(w.started), w.failed)
	}
	return w
}

func TestExchangeNeverLeavesAFastProgramWithoutRequests(t *testing.T) {
	const limit, latency = 60, 1200 * time.Microsecond // 50,000 a second
	var h *honest
	withSession(t, func(p *program) handler { h = &honest{program: p, session: sleeper{latency}}; return h }, func(t *testing.T, s *session) {
		ctx, cancel := context.WithCancel(t.Context())
		w := &timedWork{began: time.Now()}
		over := make(chan error)
		go func() { over <- s.Run(ctx, limit, w) }()
		time.Sleep(100 * time.Millisecond)
		before := w.count()
		h.running.counts()
		time.Sleep(time.Second)
		idle, most := h.running.counts()
		if idle > 0 || most > 2600 {
			t.Errorf("it was without a request %d times, and had %d waiting: want never, and those of 50 ms", idle, most)
		}
		if made := w.count() - before; made < 49_000 || made > 51_000 {
			t.Errorf("it made %d requests in a second, want the 50,000 that it can", made)
		}
		cancel()
		if err := <-over; err != nil {
			t.Fatal(err)
		}
	})
}

func TestExchangeSendsASlowProgramFewRequestsAhead(t *testing.T) {
	var h *honest
	withSession(t, func(p *program) handler { h = &honest{program: p, session: sleeper{time.Second}}; return h }, func(t *testing.T, s *session) {
		w := runFor(t, s, 60, &timedWork{}, 9500*time.Millisecond)
		if made, waiting := len(w.back), h.running.most; made < 570 || made > 604 || waiting > 64 {
			t.Errorf("it made %d requests and had %d waiting, want 600, and the limit and four", made, waiting)
		}
	})
}

// Outcomes are reported late and on another clock; the times on the Worker's clock must be right nevertheless.
func TestExchangeConvertsTheTimesOfRequests(t *testing.T) {
	const latency = 7 * time.Millisecond
	withSession(t, func(p *program) handler { return &honest{program: p, session: sleeper{latency}} }, func(t *testing.T, s *session) {
		time.Sleep(time.Minute)
		w := runFor(t, s, 1, &timedWork{}, time.Second)
		for i := range w.back {
			if w.ended[i]-w.back[i].Start != latency || i > 0 && w.back[i].Start < w.ended[i-1] {
				t.Fatalf("request %d began at %v, after one that ended at %v, and took %v: want one after the other, %v each",
					i, w.back[i].Start, w.ended[max(0, i-1)], w.ended[i]-w.back[i].Start, latency)
			}
			if w.back[i].Start < w.started[i] {
				t.Fatalf("request %d began at %v, before it was sent at %v", i, w.back[i].Start, w.started[i])
			}
		}
		if last := w.back[len(w.back)-1].Start; len(w.back) < 142 || last < 990*time.Millisecond {
			t.Errorf("%d requests, the last at %v: want one every 7 ms for a second", len(w.back), last)
		}
	})
}

func TestExchangeKeepsTheRate(t *testing.T) {
	withSession(t, func(p *program) handler { return &honest{program: p, session: sleeper{time.Millisecond}} }, func(t *testing.T, s *session) {
		w := runFor(t, s, 8, &timedWork{every: 30 * time.Millisecond}, time.Second)
		for i, r := range w.back {
			if want := time.Duration(i) * w.every; w.started[i] != want || r.Start != want {
				t.Fatalf("request %d was sent at %v and began at %v, want both at %v", i, w.started[i], r.Start, want)
			}
		}
		if len(w.back) != 34 {
			t.Errorf("%d requests in a second, want one every 30 ms", len(w.back))
		}
	})
}

func TestExchangeWaitsForRequestsInFlightWhenCancelled(t *testing.T) {
	withSession(t, func(p *program) handler { return &honest{program: p, session: sleeper{time.Second}} }, func(t *testing.T, s *session) {
		began := time.Now()
		w := runFor(t, s, 5, &timedWork{}, 2500*time.Millisecond)
		if last := w.started[len(w.started)-1]; last > 2500*time.Millisecond {
			t.Errorf("a request was sent at %v", last)
		}
		if took := time.Since(began); took < 3*time.Second || took > 4*time.Second {
			t.Errorf("the run ended after %v, want it to wait for those in flight", took)
		}
		if got := s.Usage().Connections; got != 3 {
			t.Errorf("%d connections, want the 3 that it reports", got)
		}
	})
}

func TestExchangeEndsAProgramThatReportsNothing(t *testing.T) {
	silent := fault{asks: "start", does: nothing}
	withSession(t, func(p *program) handler { return &faulty{program: p, fault: silent} }, func(t *testing.T, s *session) {
		w := &timedWork{began: time.Now()}
		err := s.Run(t.Context(), 4, w)
		if want := "tested: it has reported nothing for 15s"; fmt.Sprint(err) != want || time.Since(w.began) != 15*time.Second {
			t.Errorf("after %v: %v, want %s after 15 s", time.Since(w.began), err, want)
		}
		if len(w.back) != 4 || w.failed != err {
			t.Errorf("%d came back with %v, want 4 with the reason", len(w.back), w.failed)
		}
	})
}

func TestExchangeAllowsAProgramToWaitForTheRate(t *testing.T) {
	withSession(t, func(p *program) handler { return &honest{program: p, session: sleeper{time.Millisecond}} }, func(t *testing.T, s *session) {
		if w := runFor(t, s, 2, &timedWork{every: time.Minute}, 200*time.Second); len(w.back) != 4 {
			t.Errorf("%d requests, want 4, one a minute", len(w.back))
		}
	})
}

// A clock in microseconds may be detected only after some reports.
func TestExchangeRefusesTimesInAnotherUnit(t *testing.T) {
	micro := fault{asks: "start", does: func(f *faulty) error {
		time.Sleep(10 * time.Millisecond)
		now := f.now() / 1000
		for _, number := range f.given {
			f.write(fmt.Appendf(nil, `{"done":{"now":%d,"outcomes":[[%d,%d,10000,200,0]]}}`+"\n", now, number, now-10_000))
		}
		return nil
	}}
	withSession(t, func(p *program) handler { return &faulty{program: p, fault: micro} }, func(t *testing.T, s *session) {
		err := s.Run(t.Context(), 1, &timedWork{began: time.Now()})
		if err == nil || !strings.Contains(err.Error(), "want all times in nanoseconds of one clock") {
			t.Errorf("got %v", err)
		}
	})
}
