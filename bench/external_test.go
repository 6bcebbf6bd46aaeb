package bench_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// breaking is a simulated strategy that breaks down after a number of runs.
type breaking struct {
	simulated
	runs *atomic.Int64 // that are left, in all of its sessions
}

func breaksAfter(name string, runs int64) breaking {
	b := breaking{simulated{name: name, curve: knee}, new(atomic.Int64)}
	b.runs.Store(runs)
	return b
}

func (b breaking) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	return b, nil
}

func (b breaking) Run(ctx context.Context, limit int, work strategies.Work) error {
	if b.runs.Add(-1) >= 0 {
		return b.simulated.Run(ctx, limit, work)
	}
	worker, request := work.Worker(), strategies.Request{}
	worker.Next(ctx, &request)
	err := errors.New(b.name + ": it ended with exit status 3")
	worker.Done(&request, strategies.Outcome{Class: strategies.Other, Err: err})
	return err
}

func (b breaking) Version() string { return b.name + " 1.0" }

func TestComparisonDropsAStrategyThatBreaksDown(t *testing.T) {
	for _, runs := range []int64{0, 1, 5} {
		synctest.Test(t, func(t *testing.T) {
			var k kept
			versions := map[string]string{}
			observe := k.observer()
			observe.Version = func(strategy, version string) { versions[strategy] = version }
			_, err := bench.Comparison{
				Strategies: append(three(), breaksAfter("bad", runs)), Limit: 4, Repeats: 10,
			}.Run(t.Context(), bench.Load{URLs: address(t), Duration: 100 * time.Millisecond}, observe)
			if err != nil || versions["bad"] != "bad 1.0" || len(versions) != 1 {
				t.Fatalf("error %v, versions %v", err, versions)
			}
			trials := map[string]int64{}
			for _, trial := range k.trials {
				if trial.Purpose == "" {
					trials[trial.Strategy]++
				}
				if broke := trial.Error == "it ended with exit status 3"; broke != (trial.Strategy == "bad" && trial.Started == 0) {
					t.Errorf("%s: error %q with %d started", trial.Strategy, trial.Error, trial.Started)
				}
			}
			if trials["a"] != 10 || trials["b"] != 10 || trials["c"] != 10 || trials["bad"] > runs+1 {
				t.Errorf("after %d runs: trials %v, want 10 of each sound one and at most one more of the other", runs, trials)
			}
			ranked, warnings := bench.Rank(k.trials, nil)
			for _, s := range ranked {
				if bad := s.Strategy == "bad"; bad != (s.Error != "") || bad != (s.Verdict == "") || bad != (s.PerSecond == 0) {
					t.Errorf("%s: error %q, verdict %q, goodput %g", s.Strategy, s.Error, s.Verdict, s.PerSecond)
				}
			}
			if !slices.Contains(results.Words(warnings), "bad at limit 4 is not compared: it broke down") {
				t.Errorf("warnings %q", warnings)
			}
		})
	}
}

func TestComparisonAndSweepEndWhenEveryStrategyHasBrokenDown(t *testing.T) {
	for runs, want := range map[int64]string{
		0: "no request succeeded: bad: it ended with exit status 3",
		2: "no strategy is left: bad: it ended with exit status 3",
	} {
		synctest.Test(t, func(t *testing.T) {
			var k kept
			_, err := bench.Comparison{
				Strategies: []strategies.Strategy{breaksAfter("bad", runs)}, Limit: 4, Repeats: 10,
			}.Run(t.Context(), bench.Load{URLs: address(t), Duration: 100 * time.Millisecond}, k.observer())
			if err == nil || err.Error() != want || int64(len(k.trials)) != runs+1 {
				t.Errorf("after %d trials: %v, want %s", len(k.trials), err, want)
			}
		})
		synctest.Test(t, func(t *testing.T) {
			_, optima, err := sweep(t, t.Context(), bench.Sweep{}, breaksAfter("bad", runs))
			if err == nil || err.Error() != want || len(optima) != 1 || optima[0].Verdict != results.Unstable {
				t.Errorf("a sweep: %+v, %v, want %s", optima, err, want)
			}
		})
	}
}

func TestSweepDropsAStrategyThatBreaksDown(t *testing.T) {
	for _, runs := range []int64{0, 3, 100} { // in the search at once, later, and perhaps when the strategies are compared
		synctest.Test(t, func(t *testing.T) {
			_, optima, err := sweep(t, t.Context(), bench.Sweep{Repeats: 10}, breaksAfter("bad", runs), simulated{name: "knee", curve: knee})
			if err != nil || len(optima) != 2 {
				t.Fatalf("%d optima, %v", len(optima), err)
			}
			if optima[1].Verdict == results.Unstable {
				t.Errorf("the sound one: %+v", optima[1])
			}
			if bad := optima[0]; runs < 100 && (bad.Verdict != results.Unstable || len(bad.Warnings) != 1 ||
				bad.Warnings[0].Text != "it broke down: it ended with exit status 3") {
				t.Errorf("the broken one: %+v", bad)
			}
		})
	}
}

// late is a strategy that reports outcomes a while after they ended, and says when that was.
type late struct{ simulated }

func (l late) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	return l, nil
}

func (l late) Run(ctx context.Context, _ int, work strategies.Work) error {
	worker, request := work.Worker(), strategies.Request{}
	began := time.Now().Add(-time.Millisecond) // the first request begins at 1 ms
	for worker.Next(ctx, &request) {
		offset := request.Start - time.Since(began)
		begins := time.Since(began).Truncate(10*time.Millisecond) + 10*time.Millisecond
		time.Sleep(begins + 8*time.Millisecond - time.Since(began)) // it takes 3 ms, and is reported 5 ms later
		request.Start = begins + offset
		worker.Done(&request, strategies.Outcome{Status: 200, Latency: 3 * time.Millisecond})
	}
	return nil
}

func TestTrialCountsAnOutcomeForWhenItEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := measure(t, t.Context(), late{simulated{name: "late"}}, 1, bench.Load{Duration: time.Second})
		if got.Latency.Max > 0.00301 || got.Latency.P50 < 0.00299 {
			t.Errorf("latency %+v, want 3 ms", got.Latency)
		}
		if got.InFlightMean < 0.29 || got.InFlightMean > 0.31 || got.Succeeded < 99 || got.Succeeded > 101 {
			t.Errorf("%g were in flight and %d succeeded, want one for 3 of every 10 ms", got.InFlightMean, got.Succeeded)
		}
	})
}

// The target is a witness: it is asked after each trial, and contradicts on the row.
func TestReconcileWarnsOfATrialThatTheTargetContradicts(t *testing.T) {
	for _, test := range []struct {
		name        string
		extra       int64 // requests that the target saw beyond those made
		atOnce      int
		outcome     func() strategies.Outcome
		unwitnessed error
		want        string
	}{
		{name: "as it was", atOnce: 2},
		{name: "more than reported", extra: 1, atOnce: 2, want: "it says that it made 10 requests, the server saw 11"},
		{name: "fewer than reported", extra: -1, atOnce: 2, want: "it says that it made 10 requests, the server saw 9"},
		{name: "more at once than the limit", atOnce: 3, want: "the server saw 3 requests at once, and the limit is 2"},
		{name: "failures that never reached the target", extra: -1, atOnce: 2, outcome: sometimes()},
		{name: "nobody to ask", unwitnessed: errors.New("refused"), want: "nobody has witnessed it: refused"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var made atomic.Int64
				s := simulated{name: "a", latency: always(time.Millisecond), made: &made, outcome: test.outcome}
				var k kept
				observe := k.observer()
				observe.Witness = func() (bench.ServerCounts, error) {
					return bench.ServerCounts{Requests: made.Swap(0) + test.extra, PeakInFlight: test.atOnce}, test.unwitnessed
				}
				_, err := bench.Comparison{
					Strategies: []strategies.Strategy{s}, Limit: 2, Repeats: 2,
				}.Run(t.Context(), bench.Load{URLs: address(t), Requests: 10}, observe)
				if err != nil {
					t.Fatal(err)
				}
				for _, trial := range k.trials {
					warned := slices.DeleteFunc(results.Words(trial.Warnings), func(w string) bool { return strings.Contains(w, "of the requests failed") })
					if strings.Join(warned, "; ") != test.want {
						t.Errorf("warnings %q, want %q", warned, test.want)
					}
				}
			})
		})
	}
}

// sometimes returns outcomes of which one in five is a refusal.
func sometimes() func() strategies.Outcome {
	var made atomic.Int64
	return func() strategies.Outcome {
		if made.Add(1)%5 == 0 {
			return strategies.Outcome{Class: strategies.Refused, Err: errors.New("refused")}
		}
		return strategies.Answered(200, 1, nil)
	}
}
