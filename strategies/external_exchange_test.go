package strategies

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sleeper is a session whose requests take as long as it is told, in virtual time.
type sleeper struct{ latency time.Duration }

func (s sleeper) Usage() Usage { return Usage{Connections: 3} }
func (s sleeper) Close() error { return nil }

func (s sleeper) Run(ctx context.Context, limit int, work Work) error {
	var slots sync.WaitGroup
	for range limit {
		slots.Go(func() {
			var r Request
			for work.Worker().Next(ctx, &r) {
				time.Sleep(s.latency)
				work.Worker().Done(&r, Outcome{Status: 200})
			}
		})
	}
	slots.Wait()
	return nil
}

// noChild stands for the process of a program that is a goroutine of the test's.
type noChild struct{}

func (c noChild) stop(time.Duration) (bool, error) { return false, nil }
func (c noChild) usage() usage                     { return usage{} }
func (c noChild) lastWords() string                { return "" }

// converse opens a session with a program that is a goroutine, and calls f.
func converse(t *testing.T, l func(*program) listener, f func(*testing.T, *externalSession)) {
	synctest.Test(t, func(t *testing.T) {
		input, toInput := io.Pipe()
		fromOutput, output := io.Pipe()
		p := newProgram(output)
		p.began = p.began.Add(-time.Hour) // its clock is another
		var served sync.WaitGroup
		served.Go(func() {
			_ = p.serve(input, l(p))
			_ = output.Close()
		})
		e := Program{Name: "tested"}.Strategy()
		s := newExternalSession(e, noChild{}, toInput, fromOutput, Target{}.WithDefaults(), 1000)
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

// A diary is Work that goes on until its ctx ends, and keeps the times of what comes back.
type diary struct {
	began   time.Time
	every   time.Duration // at the rate of one in so long; 0 is no rate
	started []time.Duration
	back    []Request
	ended   []time.Duration
	failed  error

	mu sync.Mutex // guards back, for those who count during a run
}

func (w *diary) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.back)
}

func (w *diary) Worker() Worker { return w }

func (w *diary) Delay() time.Duration {
	return max(0, time.Duration(len(w.started))*w.every-time.Since(w.began))
}

func (w *diary) Next(ctx context.Context, r *Request) bool {
	r.URL, r.Start = "http://127.0.0.1/", time.Since(w.began)
	if ctx.Err() == nil {
		w.started = append(w.started, r.Start)
	}
	return ctx.Err() == nil
}

func (w *diary) Done(r *Request, o Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.back, w.ended = append(w.back, *r), append(w.ended, r.Start+o.Latency)
	if o.Class != OK {
		w.failed = o.Err
	}
}

// runFor makes a run of so long and returns its work.
func runFor(t *testing.T, s *externalSession, limit int, w *diary, d time.Duration) *diary {
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

func TestAFastProgramNeverStarves(t *testing.T) {
	const limit, latency = 60, 1200 * time.Microsecond // 50,000 a second
	var h *honest
	converse(t, func(p *program) listener { h = &honest{program: p, session: sleeper{latency}}; return h }, func(t *testing.T, s *externalSession) {
		ctx, cancel := context.WithCancel(t.Context())
		w := &diary{began: time.Now()}
		over := make(chan error)
		go func() { over <- s.Run(ctx, limit, w) }()
		time.Sleep(100 * time.Millisecond)
		before := w.count()
		h.running.handover()
		time.Sleep(time.Second)
		starved, most := h.running.handover()
		if starved > 0 || most > 2600 {
			t.Errorf("it was without a request %d times, and had %d at hand: want never, and those of 50 ms", starved, most)
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

func TestASlowProgramIsHandedLittleAhead(t *testing.T) {
	var h *honest
	converse(t, func(p *program) listener { h = &honest{program: p, session: sleeper{time.Second}}; return h }, func(t *testing.T, s *externalSession) {
		w := runFor(t, s, 60, &diary{}, 9500*time.Millisecond)
		if made, atHand := len(w.back), h.running.most; made < 570 || made > 604 || atHand > 64 {
			t.Errorf("it made %d requests and had %d at hand, want 600, and the limit and four", made, atHand)
		}
	})
}

// What is reported late, on another clock, is dated to when it was.
func TestRequestsAreDatedToWhenTheyWere(t *testing.T) {
	const latency = 7 * time.Millisecond
	converse(t, func(p *program) listener { return &honest{program: p, session: sleeper{latency}} }, func(t *testing.T, s *externalSession) {
		time.Sleep(time.Minute)
		w := runFor(t, s, 1, &diary{}, time.Second)
		for i := range w.back {
			if w.ended[i]-w.back[i].Start != latency || i > 0 && w.back[i].Start < w.ended[i-1] {
				t.Fatalf("request %d began at %v, after one that ended at %v, and took %v: want one after the other, %v each",
					i, w.back[i].Start, w.ended[max(0, i-1)], w.ended[i]-w.back[i].Start, latency)
			}
			if w.back[i].Start < w.started[i] {
				t.Fatalf("request %d began at %v, before it was handed over at %v", i, w.back[i].Start, w.started[i])
			}
		}
		if last := w.back[len(w.back)-1].Start; len(w.back) < 142 || last < 990*time.Millisecond {
			t.Errorf("%d requests, the last at %v: want one every 7 ms for a second", len(w.back), last)
		}
	})
}

func TestARateIsKept(t *testing.T) {
	converse(t, func(p *program) listener { return &honest{program: p, session: sleeper{time.Millisecond}} }, func(t *testing.T, s *externalSession) {
		w := runFor(t, s, 8, &diary{every: 30 * time.Millisecond}, time.Second)
		for i, r := range w.back {
			if want := time.Duration(i) * w.every; w.started[i] != want || r.Start != want {
				t.Fatalf("request %d was handed over at %v and began at %v, want both at %v", i, w.started[i], r.Start, want)
			}
		}
		if len(w.back) != 34 {
			t.Errorf("%d requests in a second, want one every 30 ms", len(w.back))
		}
	})
}

func TestACancelledProgramFinishesWhatItWasHanded(t *testing.T) {
	converse(t, func(p *program) listener { return &honest{program: p, session: sleeper{time.Second}} }, func(t *testing.T, s *externalSession) {
		began := time.Now()
		w := runFor(t, s, 5, &diary{}, 2500*time.Millisecond)
		if last := w.started[len(w.started)-1]; last > 2500*time.Millisecond {
			t.Errorf("a request was handed over at %v", last)
		}
		if took := time.Since(began); took < 3*time.Second || took > 4*time.Second {
			t.Errorf("the run ended after %v, want it to wait for those in flight", took)
		}
		if got := s.Usage().Connections; got != 3 {
			t.Errorf("%d connections, want the 3 that it says", got)
		}
	})
}

func TestAProgramThatFallsSilentIsGivenUpAfterTheTimeoutAndALittle(t *testing.T) {
	silent := fault{asks: "start", does: nothing}
	converse(t, func(p *program) listener { return &faulty{program: p, fault: silent} }, func(t *testing.T, s *externalSession) {
		w := &diary{began: time.Now()}
		err := s.Run(t.Context(), 4, w)
		if want := "tested: it has reported nothing for 15s"; fmt.Sprint(err) != want || time.Since(w.began) != 15*time.Second {
			t.Errorf("after %v: %v, want %s after 15 s", time.Since(w.began), err, want)
		}
		if len(w.back) != 4 || w.failed != err {
			t.Errorf("%d came back with %v, want 4 with the reason", len(w.back), w.failed)
		}
	})
}

func TestWaitingForTheRateIsNoSilence(t *testing.T) {
	converse(t, func(p *program) listener { return &honest{program: p, session: sleeper{time.Millisecond}} }, func(t *testing.T, s *externalSession) {
		if w := runFor(t, s, 2, &diary{every: time.Minute}, 200*time.Second); len(w.back) != 4 {
			t.Errorf("%d requests, want 4, one a minute", len(w.back))
		}
	})
}

// A program whose clock is in microseconds is found out, if not by its first reports.
func TestTimesInAnotherUnitAreRefused(t *testing.T) {
	micro := fault{asks: "start", does: func(f *faulty) error {
		time.Sleep(10 * time.Millisecond)
		now := f.now() / 1000
		for _, number := range f.handed {
			f.write(fmt.Appendf(nil, `{"done":{"now":%d,"outcomes":[[%d,%d,10000,200,0]]}}`+"\n", now, number, now-10_000))
		}
		return nil
	}}
	converse(t, func(p *program) listener { return &faulty{program: p, fault: micro} }, func(t *testing.T, s *externalSession) {
		err := s.Run(t.Context(), 1, &diary{began: time.Now()})
		if err == nil || !strings.Contains(err.Error(), "want all times in nanoseconds of one clock") {
			t.Errorf("got %v", err)
		}
	})
}
