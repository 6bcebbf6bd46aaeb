package tally_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sweetspot/bench/arrivals"
	"sweetspot/bench/tally"
	"sweetspot/results"
	"sweetspot/strategies"
)

const (
	from = 700 * time.Millisecond
	to   = 3900 * time.Millisecond
)

// shapes are those of trials that count different things.
var shapes = map[string]tally.Shape{
	"a closed loop":             {Limit: 9},
	"one with a rate":           {Limit: 9, Rate: 300},
	"one to several hosts":      {Limit: 9, Hosts: []string{"http://a:80", "http://b:80"}},
	"an open loop":              {Limit: 9, Rate: 300, Open: true},
	"an open loop to two hosts": {Limit: 9, Rate: 300, Open: true, Hosts: []string{"http://a:80", "http://b:80"}},
}

// completion returns one at random, before, within or after the window.
func completion(random *rand.Rand, of tally.Shape) tally.Completion {
	start := time.Duration(random.Int64N(int64(5 * time.Second)))
	c := tally.Completion{
		Start: start, End: start + time.Duration(random.ExpFloat64()*float64(80*time.Millisecond)),
		Outcome: strategies.Outcome{Status: 200, Bytes: random.Int64N(1000)},
	}
	switch random.IntN(12) {
	case 0:
		c.Outcome = strategies.Outcome{Class: strategies.BadStatus, Status: 503}
	case 1:
		c.Outcome = strategies.Outcome{Class: strategies.Other, Err: syscall.EADDRNOTAVAIL}
	case 2:
		c.Outcome, c.End = strategies.Outcome{Class: strategies.Other, Err: errors.New("cut off")}, tally.Never
	}
	if of.Open {
		c.Due = start - time.Duration(random.Int64N(int64(5*time.Millisecond)))
		c.Possible = c.Due + time.Duration(random.Int64N(2))*(start-c.Due)
	}
	if n := len(of.Hosts); n > 0 {
		c.Host = uint8(1 + random.IntN(n))
	}
	return c
}

// measured returns what a machine has counted in the window.
func measured(counts *tally.Tally, random *rand.Rand, machine string) *tally.Measurement {
	return &tally.Measurement{
		Counts: counts, Elapsed: to - from,
		Used: tally.Used{
			CPU: time.Duration(random.Int64N(1e9)), Programs: time.Duration(random.Int64N(1e9)), Exchange: time.Duration(random.Int64N(1e12)), Exchanges: 1 + random.Int64N(1000),
			Waits:      []tally.Wait{{AtMost: time.Microsecond, Count: random.Int64N(1000)}, {AtMost: time.Duration(2+random.IntN(2)) * time.Millisecond, Count: random.Int64N(30)}},
			Processors: 2, Machine: machine,
		},
		Usage: strategies.Usage{Connections: random.IntN(50), Limit: random.IntN(9), Memory: random.Int64N(1e9)},
	}
}

func report(t *testing.T, m *tally.Measurement) *results.Trial {
	t.Helper()
	trial, err := m.Report()
	if err != nil {
		t.Fatal(err)
	}
	return trial
}

// What machines have counted apart is, merged, what one would have counted that saw all of it.
func TestMergeIsWhatOneMachineWouldHaveCounted(t *testing.T) {
	for name, of := range shapes {
		for seed := range uint64(8) {
			random := rand.New(rand.NewPCG(seed, 0))
			n := 1 + random.IntN(5)
			one, parts := tally.New(of), make([]tally.Part, n)
			each := of
			for i := range parts {
				parts[i] = tally.Part{Name: fmt.Sprint("m", i), Limit: 9, Measurement: measured(tally.New(each), random, fmt.Sprint("m", i))}
			}
			for range random.IntN(3000) {
				c := completion(random, of)
				again := c
				one.Add(&c, from, to, from)
				parts[random.IntN(n)].Measurement.Counts.Add(&again, from, to, from)
			}
			merged, err := tally.Merge(time.Time{}, parts)
			if err != nil {
				t.Fatal(err)
			}
			got, want := report(t, merged), report(t, measured(one, random, "one"))
			ignored := cmpopts.IgnoreFields(results.Trial{}, "CPU", "ProgramCPU", "Wire", "Scheduling", "Connections", "SettledLimit", "Memory", "Agents", "Processors", "FirstError")
			if diff := cmp.Diff(want, got, ignored); diff != "" {
				t.Fatalf("%s, seed %d (-one +merged):\n%s", name, seed, diff)
			}
			if diff := cmp.Diff(one.Hosts(), merged.Counts.Hosts(), cmpopts.IgnoreFields(tally.Host{}, "Err")); diff != "" {
				t.Fatalf("%s, seed %d (-one +merged):\n%s", name, seed, diff)
			}
			if merged.Counts.Waited() != one.Waited() || merged.Counts.WithoutPort() != one.WithoutPort() || (got.FirstError == "") != (want.FirstError == "") {
				t.Errorf("%s, seed %d: waited, without port or the first error differ", name, seed)
			}
			var started, succeeded int64
			for _, a := range got.Agents {
				started, succeeded = started+a.Started, succeeded+a.Succeeded
			}
			if started != got.Started || succeeded != got.Succeeded || len(got.Agents) != n {
				t.Errorf("%s, seed %d: the agents' counts do not add up: %+v", name, seed, got.Agents)
			}
		}
	}
}

// Arrivals of machines at a part of the rate each are merged like those of one.
func TestMergeAddsWhatWasDue(t *testing.T) {
	for name, end := range map[string]time.Duration{"a window": to, "a batch": tally.Never} {
		clock := func() time.Duration { return 0 }
		parts := make([]tally.Part, 3)
		for i := range parts {
			source := arrivals.Open(arrivals.Constant, 100, 0, 1000, 9, clock)
			source.Delay(time.Duration(i) * time.Second / 300)
			defer source.Close()
			_, _ = source.Claim()
			counts := tally.New(tally.Shape{Limit: 9, Rate: 100, Open: true})
			begin := from
			if end == tally.Never {
				begin = 0
			}
			counts.Close(source, begin, end, begin)
			parts[i] = tally.Part{Measurement: measured(counts, rand.New(rand.NewPCG(1, 1)), "m")}
		}
		merged, err := tally.Merge(time.Time{}, parts)
		if err != nil {
			t.Fatal(err)
		}
		if got := report(t, merged).Offered; got < 299.99 || got > 300.01 {
			t.Errorf("%s: %g per second were due, want 300", name, got)
		}
	}
}

func TestMergeTakesEachFigureAsItIsMeant(t *testing.T) {
	part := func(name string, u strategies.Usage, used tally.Used) tally.Part {
		used.Processors = 4
		return tally.Part{Name: name, Limit: 3, Skew: time.Millisecond, Measurement: &tally.Measurement{
			Counts: tally.New(tally.Shape{Limit: 3}), Start: 0, Elapsed: time.Second, Usage: u, Used: used,
		}}
	}
	a := part("a", strategies.Usage{Connections: 2, Streams: 100, Limit: 3, Memory: 10}, tally.Used{
		CPU: time.Second, Exchange: 10 * time.Second, Exchanges: 10, Machine: "x", Waits: []tally.Wait{{AtMost: 1, Count: 990}, {AtMost: 7, Count: 1}},
	})
	b := part("b", strategies.Usage{Connections: 5, Limit: 4, Memory: 30}, tally.Used{
		CPU: 2 * time.Second, Exchange: 10 * time.Second, Exchanges: 90, Machine: "x", Waits: []tally.Wait{{AtMost: 5, Count: 100}},
	})
	c := part("c", strategies.Usage{Connections: 1, Streams: 30, Limit: 5, Memory: 2}, tally.Used{Machine: "y"})
	b.Measurement.Start, b.Measurement.Elapsed = 3*time.Millisecond, 1100*time.Millisecond // a batch lasts from the first start to the last end
	at := time.Unix(1_000_000, 0)
	m, err := tally.Merge(at, []tally.Part{a, b, c})
	if err != nil {
		t.Fatal(err)
	}
	got := report(t, m)
	want := &results.Trial{
		Elapsed: 1.103, CPU: 3, Wire: 0.2, Scheduling: 5e-9, Connections: 8, SettledLimit: 12, Memory: 42, Stall: 1.1, Processors: 8,
		Agents: []results.Agent{
			{Name: "a", Limit: 3, CPU: 1, Skew: 0.001}, {Name: "b", Limit: 3, CPU: 2, Skew: 0.001}, {Name: "c", Limit: 3, Skew: 0.001},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(results.Trial{}, "Failed", "Histogram"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if m.Usage.Streams != 30 || !m.Began.Equal(at) {
		t.Errorf("%d streams, from %v", m.Usage.Streams, m.Began)
	}
}

func TestMergeOfALatePartIsVoidAndNamesIt(t *testing.T) {
	part := func(name string, late time.Duration) tally.Part {
		return tally.Part{Name: name, Measurement: &tally.Measurement{Counts: tally.New(tally.Shape{}), Elapsed: time.Second, Late: late}}
	}
	if _, err := tally.Merge(time.Time{}, []tally.Part{part("a", 0), part("b", tally.Latest)}); err != nil {
		t.Error(err)
	}
	_, err := tally.Merge(time.Time{}, []tally.Part{part("a", 5*time.Second), part("b", 0), part("c", 11*time.Millisecond)})
	if !errors.Is(err, tally.ErrVoid) || !strings.Contains(err.Error(), "a was late by 5s") || !strings.Contains(err.Error(), "c was late by 11ms") {
		t.Error(err)
	}
	if _, err := tally.Merge(time.Time{}, nil); !errors.Is(err, tally.ErrVoid) {
		t.Error(err)
	}
}

func TestMeasurementTravelsExactly(t *testing.T) {
	for name, of := range shapes {
		random := rand.New(rand.NewPCG(3, 3))
		counts := tally.New(of)
		for range 2000 {
			c := completion(random, of)
			counts.Add(&c, from, to, from)
		}
		if of.Open {
			source := arrivals.Open(arrivals.Poisson, of.Rate, 1, 1e6, of.Limit, func() time.Duration { return 0 })
			_, _ = source.Claim()
			counts.Close(source, from, to, from)
			source.Close()
		}
		m := measured(counts, random, "m")
		merged, err := tally.Merge(time.Time{}, []tally.Part{{Name: "a", Measurement: m}, {Name: "b", Measurement: m}})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []*tally.Measurement{m, merged, {Counts: tally.New(of), Elapsed: 1}} {
			text, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			var got tally.Measurement
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if diff := cmp.Diff(report(t, m), report(t, &got)); diff != "" {
				t.Errorf("%s (-sent +received):\n%s", name, diff)
			}
			if got.Late != m.Late || got.Start != m.Start || got.Counts.Waited() != m.Counts.Waited() || got.Counts.WithoutPort() != m.Counts.WithoutPort() {
				t.Errorf("%s: sent %+v, received %+v", name, m, got)
			}
			if diff := cmp.Diff(m.Counts.Hosts(), got.Counts.Hosts(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-sent +received):\n%s", name, diff)
			}
		}
	}
}
