package bench_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// apart is a strategy whose requests several machines make, which are simulated in this process. What they measure travels as JSON.
type apart struct {
	simulated
	machines int
	slow     map[int]func() time.Duration // latencies of machines that differ
	void     func(measured int64) bool    // whether that trial, from 0, is void; nil if none is
	late     func(measured int64) bool    // whether a machine is late in that trial
	lost     func(restored int64) bool    // whether its machines do not come back, the n-th time, from 0
	seen     *sightings
}

// sightings are what a strategy apart was asked for.
type sightings struct {
	measured, restored atomic.Int64
	mu                 sync.Mutex
	targets            []strategies.Target
}

func newApart(name string, machines int, latency func() time.Duration) apart {
	return apart{simulated: simulated{name: name, latency: latency}, machines: machines, seen: &sightings{}}
}

func (a apart) Open(_ context.Context, target strategies.Target, _ int) (strategies.Session, error) {
	a.seen.mu.Lock()
	defer a.seen.mu.Unlock()
	a.seen.targets = append(a.seen.targets, target)
	return a, nil
}

func (a apart) Run(context.Context, int, strategies.Work) error {
	return errors.New("the session of other machines was run")
}

func (a apart) Here() bool { return false }

func (a apart) Restore(context.Context) error {
	time.Sleep(time.Second)
	if n := a.seen.restored.Add(1) - 1; a.lost != nil && a.lost(n) {
		return errors.New("m1 did not come back within 1s")
	}
	return nil
}

// machine returns the session on one of the machines.
func (a apart) machine(i int) strategies.Session {
	s := a.simulated
	if slow := a.slow[i]; slow != nil {
		s.latency = slow
	}
	return s
}

func (a apart) Measure(ctx context.Context, order bench.Order, progress func(float64)) (*bench.Measurement, error) {
	number := a.seen.measured.Add(1) - 1
	var under []*bench.Underway
	var shares []bench.Order
	for i := range order.Machines(a.machines) {
		shares = append(shares, order.Share(i, order.Machines(a.machines)))
		under = append(under, bench.Begin(ctx, a.machine(i), shares[i]))
	}
	wait := func(enough func(u *bench.Underway) bool) {
		for !slices.ContainsFunc(under, (*bench.Underway).Over) && slices.ContainsFunc(under, func(u *bench.Underway) bool { return !enough(u) }) {
			progress(0)
			time.Sleep(10 * time.Millisecond)
		}
	}
	wait((*bench.Underway).Warm)
	at := time.Now().Add(50 * time.Millisecond)
	for _, u := range under {
		if _, err := u.Open(at); err != nil {
			return nil, err
		}
	}
	wait(func(*bench.Underway) bool {
		var ended int64
		for _, u := range under {
			ended += u.Ended()
		}
		return order.Load.Requests == 0 && order.Done(time.Since(at), ended) >= 1
	})
	end := time.Now().Add(20 * time.Millisecond)
	for _, u := range under {
		if order.Load.Requests == 0 {
			u.Shut(end)
		}
	}
	var parts []bench.Part
	for i, u := range under {
		m, err := u.Finish()
		if err != nil || m == nil {
			return m, err
		}
		text, err := json.Marshal(m)
		if err != nil {
			return nil, err
		}
		part := bench.Part{Name: fmt.Sprint("m", i), Limit: shares[i].Limit, Measurement: new(bench.Measurement)}
		if err := json.Unmarshal(text, part.Measurement); err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	if a.late != nil && a.late(number) {
		for _, p := range parts {
			p.Measurement.Late = 50 * time.Millisecond
		}
	}
	sum, err := bench.Merge(at, parts)
	if a.void != nil && a.void(number) {
		return sum, fmt.Errorf("m1 is lost: %w", bench.ErrVoid)
	}
	return sum, err
}

func one(n int64) func(int64) bool { return func(i int64) bool { return i == n } }

func has(warnings []results.Warning, code results.Code, part string) bool {
	return slices.ContainsFunc(warnings, func(w results.Warning) bool { return w.Code == code && strings.Contains(w.Text, part) })
}

func TestShareAddsUpToTheOrder(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 0))
		urls := make(bench.List, 1+random.IntN(40))
		for i := range urls {
			urls[i] = fmt.Sprint("http://host/", i)
		}
		order := bench.Order{Limit: 1 + random.IntN(60), Load: bench.Load{
			URLs: urls, Messages: numbered{}, Rate: random.Float64() * 1000, Requests: random.Int64N(2) * (1 + random.Int64N(500)), Completions: random.Int64N(500),
		}}
		n := order.Machines(1 + random.IntN(9))
		if n < 1 || n > order.Limit || order.Load.Requests > 0 && int64(n) > order.Load.Requests {
			t.Fatalf("%d machines for a limit of %d and %d requests", n, order.Limit, order.Load.Requests)
		}
		var limit int
		var requests, completions int64
		var rate float64
		seeds, asked := map[uint64]bool{}, map[string]int{}
		for i := range n {
			s := order.Share(i, n)
			limit, requests, completions, rate = limit+s.Limit, requests+s.Load.Requests, completions+s.Load.Completions, rate+s.Load.Rate
			seeds[s.Load.Seed] = true
			for k := range s.Load.Requests {
				url := s.Load.URLs.At(k)
				if again := s.Load.URLs.At(k + s.Load.URLs.Len()); again != url {
					t.Errorf("seed %d: after the last comes %s, want %s", seed, again, url)
				}
				asked[string(s.Load.Messages.Message(k, url).Body)]++
				if want := string(numbered{}.Message(0, url).Body); !strings.HasSuffix(string(s.Load.Messages.Message(k, url).Body), want[1:]) {
					t.Fatalf("the message of %s is %s", url, s.Load.Messages.Message(k, url).Body)
				}
			}
			if s.Limit < 1 || order.Load.Requests > 0 && s.Load.Requests < 1 {
				t.Errorf("seed %d: machine %d of %d has a limit of %d and %d requests", seed, i, n, s.Limit, s.Load.Requests)
			}
		}
		if limit != order.Limit || requests != order.Load.Requests || completions != order.Load.Completions || len(seeds) != n {
			t.Errorf("seed %d: the shares add up to a limit of %d, %d requests and %d completions with %d seeds, the order has %d, %d and %d", seed,
				limit, requests, completions, len(seeds), order.Limit, order.Load.Requests, order.Load.Completions)
		}
		if r := rate / order.Load.Rate; r < 1-1e-12 || r > 1+1e-12 {
			t.Errorf("seed %d: the shares have a rate of %g, the order %g", seed, rate, order.Load.Rate)
		}
		for k := range order.Load.Requests { // each once, with its message
			if got := asked[string(numbered{}.Message(k, urls.At(k)).Body)]; got != 1 {
				t.Errorf("seed %d: request %d is made %d times", seed, k, got)
			}
		}
	}
}

// numbered are messages that say which request they are of.
type numbered struct{}

func (numbered) Message(i int64, url string) *strategies.Message {
	return &strategies.Message{Body: []byte(fmt.Sprint(i, " ", url))}
}

// Several machines that share a limit measure what one does that has all of it.
func TestMachinesMeasureTogetherWhatOneDoes(t *testing.T) {
	for name, load := range map[string]bench.Load{
		"a window":               {Duration: 2 * time.Second, Warmup: bench.Automatic},
		"a batch":                {Requests: 300},
		"a batch with a warm-up": {Requests: 300, Warmup: time.Second},
		"a rate":                 {Duration: 2 * time.Second, Warmup: bench.Automatic, Rate: 60},
		"an open loop":           {Duration: 2 * time.Second, Warmup: bench.Automatic, Rate: 60, Arrivals: "poisson"},
		"a batch at a rate":      {Requests: 120, Rate: 60, Arrivals: "constant"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := measure(t, t.Context(), newApart("a", 3, always(100*time.Millisecond)), 10, load)
				want := measure(t, t.Context(), simulated{name: "a", latency: always(100 * time.Millisecond)}, 10, load)
				if r := got.PerSecond / want.PerSecond; r < 0.8 || r > 1.25 || load.Arrivals == "" && (r < 0.95 || r > 1.05) { // which arrive at random
					t.Errorf("%g per second, one machine makes %g", got.PerSecond, want.PerSecond)
				}
				if load.Requests > 0 && (got.Succeeded != load.Requests || got.Started != load.Requests) {
					t.Errorf("%d of %d requests succeeded, want %d", got.Succeeded, got.Started, load.Requests)
				}
				if r := got.Offered / max(1, want.Offered); want.Open() && (r < 0.8 || r > 1.25) {
					t.Errorf("%g per second were due, for one machine %g", got.Offered, want.Offered)
				}
				limits := []int{}
				for _, a := range got.Agents {
					limits = append(limits, a.Limit)
				}
				if !slices.Equal(limits, []int{4, 3, 3}) || got.Processors < 1 || got.Latency.Mean < 0.0999 || got.Latency.Mean > 0.1001 {
					t.Errorf("limits %v of %d processors, mean latency %g", limits, got.Processors, got.Latency.Mean)
				}
			})
		})
	}
}

// A window counts the requests that end after its first instant, and up to its last.
func TestWindowsThatAreSetInAdvanceAreExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		order := bench.Order{Limit: 1, Load: bench.Load{URLs: address(t), Duration: time.Second}}
		u := bench.Begin(t.Context(), simulated{name: "a", latency: always(100 * time.Millisecond)}, order)
		if !u.Warm() {
			t.Error("it is not warm, without a warm-up")
		}
		at := time.Now().Add(500 * time.Millisecond) // when the fifth ends
		began, err := u.Open(at)
		if err != nil || !began.Equal(at) || u.Ended() != 0 {
			t.Errorf("opened at %v, want %v; %d have ended; %v", began, at, u.Ended(), err)
		}
		u.Shut(at.Add(time.Second)) // when the fifteenth ends
		time.Sleep(950 * time.Millisecond)
		if u.Ended() > 4 || u.Over() { // as far as they are flushed
			t.Errorf("%d have ended, over: %v", u.Ended(), u.Over())
		}
		m, err := u.Finish()
		if err != nil {
			t.Fatal(err)
		}
		trial, err := m.Report()
		if err != nil {
			t.Fatal(err)
		}
		if trial.Succeeded != 10 || trial.WarmupRequests != 5 || trial.CutOff != 0 || trial.Elapsed != 1 || m.Late != 0 || m.Start != 0 || trial.InFlightMean != 1 {
			t.Errorf("%d of %d in %g s after %d, late by %v", trial.Succeeded, trial.Started, trial.Elapsed, trial.WarmupRequests, m.Late)
		}
	})
}

func TestAWindowThatOpensLateSaysSo(t *testing.T) {
	for name, load := range map[string]bench.Load{"a window": {Duration: time.Second}, "a batch": {Requests: 10}} {
		synctest.Test(t, func(t *testing.T) {
			load.URLs = address(t)
			u := bench.Begin(t.Context(), simulated{name: "a", latency: always(100 * time.Millisecond)}, bench.Order{Limit: 1, Load: load})
			at := time.Now()
			time.Sleep(70 * time.Millisecond)
			if began, err := u.Open(at); err != nil || began.Sub(at) != 70*time.Millisecond {
				t.Errorf("%s: opened at %v, %v", name, began, err)
			}
			time.Sleep(time.Second)
			if load.Requests == 0 {
				u.Shut(time.Now().Add(-90 * time.Millisecond))
			}
			m, err := u.Finish()
			want := 70 * time.Millisecond
			if load.Requests == 0 {
				want = 90 * time.Millisecond
			}
			if err != nil || m.Late != want || m.Start != 70*time.Millisecond {
				t.Errorf("%s: late by %v, beginning at %v, want %v; %v", name, m.Late, m.Start, want, err)
			}
			if _, err := bench.Merge(at, []bench.Part{{Name: "m7", Measurement: m}}); !errors.Is(err, bench.ErrVoid) || !strings.Contains(err.Error(), "m7 was late by "+want.String()) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func TestAVoidBlockIsMeasuredAgainAndCountsForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := newApart("a", 2, always(100*time.Millisecond)), newApart("b", 2, always(200*time.Millisecond))
		a.void = one(4)
		var k kept
		observer := k.observer()
		var alerts []results.Warning
		observer.Alert = func(w results.Warning) { alerts = append(alerts, w) }
		load := bench.Load{URLs: address(t), Duration: time.Second, Warmup: bench.Automatic}
		found, err := (bench.Comparison{Strategies: []strategies.Strategy{a, b}, Limit: 6, Repeats: 12, Seed: 5}).Run(t.Context(), load, observer)
		if err != nil {
			t.Fatal(err)
		}
		void := slices.IndexFunc(k.trials, func(t results.Trial) bool { return t.Purpose == results.Void })
		if void < 0 || k.trials[void].Succeeded == 0 || !has(k.trials[void].Warnings, results.AgentLost, "m1 is lost") || a.seen.restored.Load() != 1 {
			t.Fatalf("restored %d times; void: %d", a.seen.restored.Load(), void)
		}
		if len(alerts) != 1 || !has(alerts, results.AgentLost, "another one is measured in its place") || !has(found.Warnings, results.AgentLost, "m1 is lost") {
			t.Errorf("alerts %v, warnings %v", alerts, found.Warnings)
		}
		results.VoidBlocks(k.trials)
		blocks := map[int]int{}
		for _, trial := range k.trials {
			if trial.Purpose != results.Void {
				blocks[trial.Block]++
			}
			if len(trial.Agents) != 2 {
				t.Errorf("a trial with %d machines", len(trial.Agents))
			}
		}
		if _, is := blocks[k.trials[void].Block]; is || len(blocks) != 12 {
			t.Errorf("blocks with trials that count: %v, void is %d", blocks, k.trials[void].Block)
		}
		for _, s := range found.Strategies {
			if s.Trials != 12 || s.Verdict == "" {
				t.Errorf("%s has %d trials and the verdict %q", s.Strategy, s.Trials, s.Verdict)
			}
		}
		if last := k.progress[len(k.progress)-1].Share; last < 0.9 || last > 1 {
			t.Errorf("at the end the progress is %g", last)
		}
	})
}

func TestMachinesThatStayLostEndTheRunWithWhatItHas(t *testing.T) {
	for name, c := range map[string]struct {
		void, lost func(int64) bool
		restored   int64
	}{
		"it is void again":       {void: func(i int64) bool { return i == 3 || i == 4 }, restored: 1},
		"they do not come back":  {void: one(3), lost: one(0), restored: 1},
		"in the very first":      {void: one(0), lost: one(0), restored: 1},
		"in the first two":       {void: func(i int64) bool { return i < 2 }, restored: 1},
		"in its repeat, one not": {void: func(i int64) bool { return i == 3 || i == 5 }, lost: one(1), restored: 2},
	} {
		for plan, run := range map[string]func(t *testing.T, s strategies.Strategy, load bench.Load, o bench.Observer) (bench.Findings, error){
			"comparison": func(t *testing.T, s strategies.Strategy, load bench.Load, o bench.Observer) (bench.Findings, error) {
				return (bench.Comparison{Strategies: []strategies.Strategy{s}, Limit: 4, Repeats: 10}).Run(t.Context(), load, o)
			},
			"cold batches": func(t *testing.T, s strategies.Strategy, load bench.Load, o bench.Observer) (bench.Findings, error) {
				load.Duration, load.Requests = 0, 40
				return (bench.Batches{Entries: []bench.Entry{{Strategy: s, Limit: 4}}, Repeats: 10}).Run(t.Context(), load, o)
			},
		} {
			synctest.Test(t, func(t *testing.T) {
				a := newApart("a", 2, always(100*time.Millisecond))
				a.void, a.lost = c.void, c.lost
				var k kept
				found, err := run(t, a, bench.Load{URLs: address(t), Duration: time.Second, Warmup: bench.Automatic}, k.observer())
				voids, sound := 0, 0
				for _, trial := range k.trials {
					if trial.Purpose == results.Void {
						voids++
					} else {
						sound++
					}
				}
				if a.seen.restored.Load() != c.restored || voids == 0 {
					t.Errorf("%s, %s: restored %d times, want %d; %d void", plan, name, a.seen.restored.Load(), c.restored, voids)
				}
				switch {
				case sound == 0 && (!errors.Is(err, bench.ErrVoid) || !strings.Contains(err.Error(), "m1")):
					t.Errorf("%s, %s: nothing was measured: %v", plan, name, err)
				case sound > 0 && (err != nil || found.Strategies[0].Trials != sound || !has(found.Warnings, results.AgentLost, fmt.Sprintf("concludes from the %d trials", sound))):
					t.Errorf("%s, %s: %v, %+v, %v", plan, name, err, found.Strategies, found.Warnings)
				}
			})
		}
	}
}

func TestATrialInWhichAMachineIsLateIsMadeAgainInItsBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := newApart("a", 2, always(100*time.Millisecond)), newApart("b", 2, always(100*time.Millisecond))
		a.late = func(i int64) bool { return i >= 2 && i < 6 }
		var k kept
		found, err := (bench.Comparison{Strategies: []strategies.Strategy{a, b}, Limit: 4, Repeats: 3}).Run(t.Context(), bench.Load{URLs: address(t), Duration: time.Second, Warmup: bench.Automatic}, k.observer())
		if err != nil || len(found.Strategies) != 2 || found.Strategies[0].Trials != 3 || found.Strategies[1].Trials != 3 {
			t.Fatalf("%+v, %v", found.Strategies, err)
		}
		voids := 0
		for i, trial := range k.trials {
			if trial.Purpose != results.Void {
				continue
			}
			voids++
			if trial.Block != results.NoBlock || !has(trial.Warnings, results.AgentLate, "m0 was late by 50ms, m1 was late by 50ms") || k.trials[i+1].Strategy != "a" {
				t.Errorf("void is trial %d: %+v", i, trial)
			}
		}
		if voids != 4 || results.VoidBlocks(k.trials) != 4 || !has(found.Warnings, results.AgentLate, "made again: 4; the last: the trial is void: m0 was late") || has(found.Warnings, results.AgentLost, "") {
			t.Errorf("%d void trials: %v", voids, found.Warnings)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		a := newApart("a", 2, always(100*time.Millisecond))
		a.late = func(int64) bool { return true }
		var k kept
		_, err := (bench.Comparison{Strategies: []strategies.Strategy{a}, Limit: 4, Repeats: 3}).Run(t.Context(), bench.Load{URLs: address(t), Duration: time.Second, Warmup: bench.Automatic}, k.observer())
		if !errors.Is(err, bench.ErrVoid) || len(k.trials) > 50 {
			t.Errorf("machines that are always late: %v, %d trials", err, len(k.trials))
		}
	})
}

func TestASweepRepeatsAVoidTrialOnce(t *testing.T) {
	curve := func(limit int) float64 { return 1000 * float64(limit) / (8 + float64(limit)) }
	sweep := func(t *testing.T, a apart, k *kept) (bench.Findings, error) {
		load := bench.Load{URLs: address(t), Duration: 500 * time.Millisecond, Warmup: bench.Automatic}
		return bench.Sweep{Strategies: []strategies.Strategy{a}, Min: 1, Max: 64, Share: 0.9, Budget: time.Minute, Seed: 1}.Run(t.Context(), load, k.observer())
	}
	synctest.Test(t, func(t *testing.T) {
		a := newApart("a", 2, nil)
		a.curve = func(limit int) float64 { return curve(2*limit) / 2 }
		a.void = one(3)
		var k kept
		found, err := sweep(t, a, &k)
		if err != nil || len(found.Optima) != 1 {
			t.Fatal(found, err)
		}
		void := slices.IndexFunc(k.trials, func(t results.Trial) bool { return t.Purpose == results.Void })
		if void < 0 || k.trials[void].Block != results.NoBlock || k.trials[void+1].Limit != k.trials[void].Limit || k.trials[void+1].Purpose != "" {
			t.Errorf("void is trial %d: %+v", void, k.trials)
		}
		if results.VoidBlocks(k.trials) != 1 || found.Optima[0].Trials != len(k.trials)-1 {
			t.Errorf("%d of %d trials count", found.Optima[0].Trials, len(k.trials))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		a := newApart("a", 2, nil)
		a.curve = func(limit int) float64 { return curve(2*limit) / 2 }
		a.void = func(i int64) bool { return i >= 5 }
		var k kept
		found, err := sweep(t, a, &k)
		if err != nil || len(found.Optima) != 1 || found.Optima[0].Trials != 5 || !has(found.Warnings, results.AgentLost, "concludes from the 5 trials") {
			t.Errorf("%+v, %v", found, err)
		}
	})
}

// What one machine is short of does not show in the sum.
func TestAMachineThatStandsStillIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		a := newApart("a", 3, always(50*time.Millisecond))
		a.slow = map[int]func() time.Duration{1: func() time.Duration {
			if since := time.Since(began); since > 2*time.Second && since < 3*time.Second {
				return 1500 * time.Millisecond
			}
			return 50 * time.Millisecond
		}}
		got := measure(t, t.Context(), a, 6, bench.Load{Duration: 5 * time.Second, Warmup: time.Second})
		if !has(got.Warnings, results.Stalled, "m1: for 1.5 s no request ended") {
			t.Errorf("warnings %v", got.Warnings)
		}
		for _, w := range got.Warnings {
			if strings.HasPrefix(w.Text, "m0") || strings.HasPrefix(w.Text, "m2") {
				t.Errorf("%v", w)
			}
		}
	})
}

func TestOtherMachinesAreNotMeasuredAgainstAServerOfThisOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApart("a", 2, always(100*time.Millisecond))
		plan := bench.Comparison{Strategies: []strategies.Strategy{a}, Limit: 4, Repeats: 2, Instant: func(context.Context) (bench.URLs, error) {
			t.Error("the server that answers at once was started")
			return address(t), nil
		}}
		a.slow = map[int]func() time.Duration{0: always(100 * time.Millisecond)}
		if _, err := plan.Run(t.Context(), bench.Load{URLs: address(t), Duration: time.Second, Warmup: bench.Automatic}, bench.Observer{}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestARunThatIsInterruptedWhileMachinesAreAwaitedEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApart("a", 2, always(100*time.Millisecond))
		a.void = one(1)
		ctx, cancel := context.WithCancel(t.Context())
		var k kept
		observer := k.observer()
		observer.Progress = func(p bench.Progress) {
			if p.SoFar == "waiting for its machines" {
				cancel()
			}
		}
		_, err := (bench.Comparison{Strategies: []strategies.Strategy{a}, Limit: 4, Repeats: 3}).Run(ctx, bench.Load{URLs: address(t), Duration: time.Second}, observer)
		if !errors.Is(err, context.Canceled) || len(k.trials) != 2 || k.trials[1].Purpose != results.Void {
			t.Errorf("%v, %d trials", err, len(k.trials))
		}
		time.Sleep(time.Second) // until Restore has returned
	})
}

func TestATrialOfOtherMachinesThatIsInterruptedCoversTheTimeUntilThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		var k kept
		load := bench.Load{URLs: address(t), Duration: 10 * time.Second, Warmup: time.Second}
		_, err := (bench.Comparison{Strategies: []strategies.Strategy{newApart("a", 2, always(100*time.Millisecond))}, Limit: 4, Repeats: 3}).Run(ctx, load, k.observer())
		if !errors.Is(err, context.DeadlineExceeded) || len(k.trials) != 1 {
			t.Fatalf("%v, %d trials", err, len(k.trials))
		}
		if got := k.trials[0]; got.Purpose != results.Interrupted || got.Elapsed < 1.8 || got.Elapsed > 2 || got.Succeeded < 70 || len(got.Agents) != 2 {
			t.Errorf("%q: %d succeeded in %g s", got.Purpose, got.Succeeded, got.Elapsed)
		}
	})
}
