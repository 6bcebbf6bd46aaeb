package fleet_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/fleet"
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

func TestTheAgentsMakeTheRequestsOfABatchTogether(t *testing.T) {
	srv := newCounting(t, after(0))
	f, _ := joined(t, fleet.Options{}, "a", "b", "c")
	load := bench.Load{URLs: bench.List{srv.URL}, Requests: 1000}
	s := open(t, f, load, 10)
	m, err := s.Measure(t.Context(), bench.Order{Load: load, Limit: 10}, nothing)
	if err != nil {
		t.Fatal(err)
	}
	trial, err := m.Report()
	if err != nil {
		t.Fatal(err)
	}
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
	var last float64
	m, err := s.Measure(t.Context(), bench.Order{Load: load, Limit: 6}, func(share float64) { last = share })
	if err != nil {
		t.Fatal(err)
	}
	trial, err := m.Report()
	if err != nil {
		t.Fatal(err)
	}
	if made := trial.WarmupRequests + trial.Started; made != srv.requests.Load() {
		t.Errorf("%d requests made, the server saw %d", made, srv.requests.Load())
	}
	if trial.Completed() < 50 || trial.Elapsed < 0.2 || last != 1 || len(trial.Agents) != 3 {
		t.Errorf("%d completed in %v s by %d agents, %v done", trial.Completed(), trial.Elapsed, len(trial.Agents), last)
	}
}

func TestALimitBelowTheNumberOfAgentsUsesFewerAndSaysSo(t *testing.T) {
	srv := newCounting(t, after(0))
	f, _ := joined(t, fleet.Options{}, "a", "b", "c")
	load := bench.Load{URLs: bench.List{srv.URL}, Requests: 100}
	s := open(t, f, load, 2)
	m, err := s.Measure(t.Context(), bench.Order{Load: load, Limit: 2}, nothing)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Agents) != 2 || len(m.Parts[0].Warnings) != 1 {
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
	m, err := s.Measure(ctx, bench.Order{Load: load, Limit: 4}, func(share float64) {
		if share > 0 {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	trial, err := m.Report()
	if err != nil {
		t.Fatal(err)
	}
	if trial.Succeeded == 0 || len(trial.Agents) != 2 {
		t.Errorf("%+v", trial)
	}
}
