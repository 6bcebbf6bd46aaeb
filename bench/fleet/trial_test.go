package fleet_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/fleet"
	"sweetspot/results"
	"sweetspot/strategies"
)

// counting is a server that counts its requests.
type counting struct {
	*httptest.Server
	requests atomic.Int64
}

func newCounting(t *testing.T, answer http.HandlerFunc) *counting {
	t.Helper()
	c := &counting{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.requests.Add(1)
		answer(w, r)
	}))
	t.Cleanup(c.Close)
	return c
}

// after answers after a time.
func after(d time.Duration) http.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) { time.Sleep(d) }
}

// joined starts a coordinator and its agents, which have joined.
func joined(t *testing.T, o fleet.Options, names ...string) (*fleet.Fleet, []*agent) {
	t.Helper()
	o.Agents = len(names)
	f := listen(t, o)
	var all []*agent
	for _, name := range names {
		all = append(all, serve(t, f, name))
	}
	if err := f.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f, all
}

// open opens a session of the strategy pool on the agents.
func open(t *testing.T, f *fleet.Fleet, load bench.Load, limit int) bench.Remote {
	t.Helper()
	pool, err := strategies.Get("pool")
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Strategy(pool).Open(t.Context(), load.Target(), limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s.(bench.Remote)
}

func nothing(float64) {}

// busy reports whether an error says that an agent was late, or not heard of, as one may be on a busy machine.
func busy(err error) bool {
	return errors.Is(err, bench.ErrVoid) && (strings.Contains(err.Error(), " was late by ") || strings.Contains(err.Error(), "it has not been heard of for"))
}

// measured makes a trial. One that a busy machine voids is made again.
func measured(t *testing.T, s bench.Remote, order bench.Order, before func()) *bench.Measurement {
	t.Helper()
	for range 30 {
		before()
		m, err := s.Measure(t.Context(), order, nothing)
		if err == nil {
			return m
		}
		if !busy(err) {
			t.Fatal(err)
		}
		if err := s.Restore(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the agents are always late")
	return nil
}

// warned returns the warning of a part with that code, an empty one if there is none. On a busy machine there may be others.
func warned(p bench.Part, code results.Code) results.Warning {
	i := slices.IndexFunc(p.Warnings, func(w results.Warning) bool { return w.Code == code })
	if i < 0 {
		return results.Warning{}
	}
	return p.Warnings[i]
}

// report returns the trial of a measurement.
func report(t *testing.T, m *bench.Measurement) *results.Trial {
	t.Helper()
	trial, err := m.Report()
	if err != nil {
		t.Fatal(err)
	}
	return trial
}

func TestTheAgentsMakeTheRequestsOfABatchTogether(t *testing.T) {
	srv := newCounting(t, after(0))
	f, _ := joined(t, fleet.Options{}, "a", "b", "c")
	load := bench.Load{URLs: bench.List{srv.URL}, Requests: 1000}
	s := open(t, f, load, 10)
	trial := report(t, measured(t, s, bench.Order{Load: load, Limit: 10}, func() { srv.requests.Store(0) }))
	if trial.Started != 1000 || trial.Succeeded != 1000 || srv.requests.Load() != 1000 {
		t.Errorf("%d started, %d succeeded, the server saw %d: want 1000", trial.Started, trial.Succeeded, srv.requests.Load())
	}
	sum := 0
	for _, a := range trial.Agents {
		sum += a.Limit
		if a.Started < 300 || a.Skew <= 0 {
			t.Errorf("%+v", a)
		}
	}
	if len(trial.Agents) != 3 || sum != 10 {
		t.Errorf("%d agents with a limit of %d, want 3 with 10", len(trial.Agents), sum)
	}
}

func TestTheAgentsMeasureOneWindow(t *testing.T) {
	srv := newCounting(t, after(5*time.Millisecond))
	f, _ := joined(t, fleet.Options{}, "a", "b", "c")
	load := bench.Load{URLs: bench.List{srv.URL}, Duration: 200 * time.Millisecond, Completions: 50, Warmup: 100 * time.Millisecond}
	s := open(t, f, load, 6)
	trial := report(t, measured(t, s, bench.Order{Load: load, Limit: 6}, func() { srv.requests.Store(0) }))
	if made := trial.WarmupRequests + trial.Started; made != srv.requests.Load() {
		t.Errorf("%d requests made, the server saw %d", made, srv.requests.Load())
	}
	if trial.Completed() < 50 || trial.Elapsed < 0.2 || len(trial.Agents) != 3 {
		t.Errorf("%d completed in %v s by %d agents", trial.Completed(), trial.Elapsed, len(trial.Agents))
	}
}

func TestALimitBelowTheNumberOfAgentsUsesFewerAndSaysSo(t *testing.T) {
	srv := newCounting(t, after(0))
	f, _ := joined(t, fleet.Options{}, "a", "b", "c")
	load := bench.Load{URLs: bench.List{srv.URL}, Requests: 100}
	s := open(t, f, load, 2)
	m := measured(t, s, bench.Order{Load: load, Limit: 2}, func() {})
	if w := warned(m.Parts[0], results.FewerAgents); len(m.Agents) != 2 || w.Numbers["agents"] != 2 {
		t.Errorf("agents %+v, warnings %v", m.Agents, m.Parts[0].Warnings)
	}
}

func TestAnInterruptedTrialKeepsWhatWasMeasured(t *testing.T) {
	srv := newCounting(t, after(5*time.Millisecond))
	f, _ := joined(t, fleet.Options{}, "a", "b")
	load := bench.Load{URLs: bench.List{srv.URL}, Duration: time.Hour}
	s := open(t, f, load, 4)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m, err := s.Measure(ctx, bench.Order{Load: load, Limit: 4}, once(cancel))
	if busy(err) {
		return // as it may be on a busy machine
	}
	if err != nil {
		t.Fatal(err)
	}
	if trial := report(t, m); trial.Succeeded == 0 || len(trial.Agents) != 2 {
		t.Errorf("%+v", trial)
	}
}
