package fleet_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/fleet"
	"sweetspot/strategies"
)

// idle is a strategy whose requests take a time and nothing else: no processor, no socket.
type idle struct{ takes time.Duration }

func (idle) Name() string        { return "idle" }
func (idle) Doc() string         { return "waits" }
func (idle) Limit(limit int) int { return limit }
func (i idle) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	return i, nil
}
func (idle) Usage() strategies.Usage { return strategies.Usage{} }
func (idle) Close() error            { return nil }

func (i idle) Run(ctx context.Context, limit int, work strategies.Work) error {
	var all sync.WaitGroup
	defer all.Wait()
	for range limit {
		all.Go(func() {
			w := work.Worker()
			for r := (strategies.Request{}); w.Next(ctx, &r); r = (strategies.Request{}) {
				time.Sleep(i.takes)
				w.Done(&r, strategies.Outcome{Class: strategies.OK, Status: 200})
			}
		})
	}
	return nil
}

// crowd starts a coordinator and that many idle agents.
func crowd(t testing.TB, n int) (*fleet.Fleet, bench.Remote) {
	t.Helper()
	f, err := fleet.Listen(context.Background(), fleet.Options{Agents: n, Version: version, Lease: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	var ending sync.WaitGroup
	t.Cleanup(ending.Wait)
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	for i := range n {
		ending.Go(func() {
			_ = fleet.Serve(ctx, fleet.AgentOptions{
				Join: f.Address(), Token: f.Token(), Name: fmt.Sprintf("agent-%03d", i), Version: version,
				Strategies: func(string) (strategies.Strategy, error) { return idle{20 * time.Millisecond}, nil },
			})
		})
	}
	if err := f.Join(context.Background()); err != nil {
		t.Fatal(err)
	}
	s, err := f.Strategy(idle{}).Open(context.Background(), strategies.Target{}, 2*n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return f, s.(bench.Remote)
}

func TestTwentyAgentsMeasureOneTrial(t *testing.T) {
	t.Parallel()
	_, s := crowd(t, 20)
	load := bench.Load{URLs: bench.List{"http://127.0.0.1/"}, Requests: 400}
	trial := report(t, measured(t, s, bench.Order{Load: load, Limit: 40}, func() {}))
	if trial.Succeeded != 400 || len(trial.Agents) != 20 {
		t.Errorf("%d succeeded on %d agents, want 400 on 20", trial.Succeeded, len(trial.Agents))
	}
	for _, a := range trial.Agents {
		if a.Succeeded != 20 || a.Limit != 2 {
			t.Errorf("%+v, want 20 requests at a limit of 2", a)
		}
	}
}

// BenchmarkTrial says how long 200 agents in this process take for the phases of a trial: until all have their parts and fill their
// slots, from then until the window is open on all, which includes the notice that they get, and from the end of the window until all
// parts are merged. On a busy machine trials may be void.
func BenchmarkTrial(b *testing.B) {
	_, s := crowd(b, 200)
	load := bench.Load{URLs: bench.List{"http://127.0.0.1/"}, Duration: 200 * time.Millisecond}
	var prepared, opened, merged time.Duration
	var made, void float64
	for b.Loop() {
		began := time.Now()
		var slots, window, end time.Time
		m, err := s.Measure(b.Context(), bench.Order{Load: load, Limit: 400}, func(share float64) {
			switch {
			case slots.IsZero():
				slots = time.Now()
			case window.IsZero() && share > 0:
				window = time.Now()
			case share >= 1:
				end = time.Now()
			}
		})
		if busy(err) {
			void++
			if err := s.Restore(b.Context()); err != nil {
				b.Fatal(err)
			}
			continue
		}
		if err != nil || len(m.Agents) != 200 {
			b.Fatal(err)
		}
		made++
		prepared, opened, merged = prepared+slots.Sub(began), opened+window.Sub(slots), merged+time.Since(end)
	}
	for name, d := range map[string]time.Duration{"ms-prepare": prepared, "ms-open": opened, "ms-merge": merged} {
		b.ReportMetric(float64(d.Microseconds())/1000/max(1, made), name)
	}
	b.ReportMetric(void, "void")
}

// BenchmarkMerge reads and merges what 200 agents have measured.
func BenchmarkMerge(b *testing.B) {
	_, s := crowd(b, 1)
	load := bench.Load{URLs: bench.List{"http://127.0.0.1/"}, Duration: time.Second}
	m, err := s.Measure(b.Context(), bench.Order{Load: load, Limit: 60}, nothing)
	if err != nil {
		b.Fatal(err)
	}
	sent, err := json.Marshal(m.Parts[0].Measurement)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		parts := make([]bench.Part, 200)
		for i := range parts {
			parts[i] = bench.Part{Name: fmt.Sprint(i), Limit: 60, Measurement: &bench.Measurement{}}
			if err := json.Unmarshal(sent, parts[i].Measurement); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := bench.Merge(time.Now(), parts); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(sent)), "B/agent")
}
