package bench_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

func failing(name, why string) simulated {
	return simulated{name: name, latency: always(time.Millisecond), outcome: func() strategies.Outcome {
		return strategies.Failed(errors.New(why))
	}}
}

// Whether a run succeeds does not depend on the order of its strategies: each has its try.
func TestEveryStrategyHasItsTry(t *testing.T) {
	plans := map[string]func(seed uint64, all []strategies.Strategy) bench.Plan{
		"comparison": func(seed uint64, all []strategies.Strategy) bench.Plan {
			return bench.Comparison{Strategies: all, Limit: 2, Repeats: 2, Seed: seed}
		},
		"batches": func(seed uint64, all []strategies.Strategy) bench.Plan {
			b := bench.Batches{Repeats: 2, Seed: seed}
			for _, s := range all {
				b.Entries = append(b.Entries, bench.Entry{Strategy: s, Limit: 2})
			}
			return b
		},
		"sweep": func(seed uint64, all []strategies.Strategy) bench.Plan {
			return bench.Sweep{Strategies: all, Limits: []int{1, 2}, Share: 0.97, Budget: 10 * time.Second, Repeats: 1, Seed: seed}
		},
	}
	for name, plan := range plans {
		for seed := range uint64(8) {
			synctest.Test(t, func(t *testing.T) {
				all := []strategies.Strategy{
					failing("a", "too large"), failing("b", "too large"), failing("c", "malformed"), failing("d", "too large"),
					simulated{name: "works", latency: always(time.Millisecond)},
				}
				var k kept
				found, err := plan(seed, all).Run(t.Context(), bench.Load{URLs: address(t), Requests: 10}, k.observer())
				if err != nil {
					t.Fatalf("%s, seed %d: %v, want no error: a strategy works", name, seed, err)
				}
				tried := map[string]bool{}
				for _, trial := range k.trials {
					tried[trial.Strategy] = true
				}
				if len(tried) != len(all) {
					t.Errorf("%s, seed %d: tried %v, want all", name, seed, tried)
				}
				for _, s := range found.Strategies {
					if s.Strategy != "works" && s.FirstError == "" {
						t.Errorf("%s, seed %d: the row of %s does not say what failed", name, seed, s.Strategy)
					}
				}

				_, err = plan(seed, all[:4]).Run(t.Context(), bench.Load{URLs: address(t), Requests: 10}, (&kept{}).observer())
				if want := "no request succeeded: a, b, d: too large; c: malformed"; !errors.Is(err, bench.ErrNothing) || err.Error() != want {
					t.Errorf("%s, seed %d: got %v, want %s", name, seed, err, want)
				}
			})
		}
	}
}

func TestComparisonEndsWhenItsTargetDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var made atomic.Int64
		var all []strategies.Strategy
		for _, name := range []string{"a", "b", "c", "d"} {
			all = append(all, simulated{name: name, latency: always(time.Millisecond), made: &made, outcome: func() strategies.Outcome {
				if made.Load() >= 10 {
					return strategies.Failed(errors.New("connection refused"))
				}
				return strategies.Answered(200, 1, nil)
			}})
		}
		var k kept
		_, err := bench.Comparison{Strategies: all, Limit: 2, Repeats: 10}.Run(t.Context(), bench.Load{URLs: address(t), Requests: 10}, k.observer())
		if !errors.Is(err, bench.ErrDied) || len(k.trials) > 3*len(all) {
			t.Errorf("%d trials, %v, want that the target died after at most three rounds", len(k.trials), err)
		}
	})
}

// perURL answers each request by its URL.
type perURL struct {
	simulated
	answer func(url string) strategies.Outcome
}

func (p perURL) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	return p, nil
}

func (p perURL) Run(ctx context.Context, _ int, work strategies.Work) error {
	worker := work.Worker()
	var request strategies.Request
	for worker.Next(ctx, &request) {
		time.Sleep(time.Millisecond)
		worker.Done(&request, p.answer(request.URL))
	}
	return nil
}

var threeHosts = bench.List{"http://one.example/1", "https://user:secret@two.example:444/2?x=http://three.example", "http://three.example/"}

func secondFails(name string) perURL {
	return perURL{simulated{name: name}, func(url string) strategies.Outcome {
		if strings.Contains(url, "two.example") {
			return strategies.Failed(errors.New("tls: certificate has expired"))
		}
		return strategies.Answered(200, 1, nil)
	}}
}

const secondHost = "every request to https://two.example:444 failed: tls: certificate has expired"

func TestAHostThatAlwaysFailsIsNamedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k kept
		observer := k.observer()
		var alerts []results.Warning
		observer.Alert = func(w results.Warning) {
			if len(k.trials) != 1 {
				t.Errorf("alert after %d trials, want 1", len(k.trials))
			}
			alerts = append(alerts, w)
		}
		found, err := bench.Comparison{Strategies: []strategies.Strategy{secondFails("a")}, Limit: 1, Repeats: 3}.Run(
			t.Context(), bench.Load{URLs: threeHosts, Requests: 30}, observer)
		if err != nil || len(alerts) != 1 || alerts[0].Text != secondHost || alerts[0].Code != results.HostFails {
			t.Errorf("alerts %v, %v, want one: %s", alerts, err, secondHost)
		}
		if len(found.Warnings) != 1 || found.Warnings[0].Text != secondHost {
			t.Errorf("warnings of the run %v", found.Warnings)
		}
	})
}

func TestSweepStopsWhenAHostAlwaysFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k kept
		_, err := bench.Sweep{Strategies: []strategies.Strategy{secondFails("a"), secondFails("b")}, Min: 1, Max: 64, Share: 0.97, Budget: time.Hour}.Run(
			t.Context(), bench.Load{URLs: threeHosts, Duration: 100 * time.Millisecond}, k.observer())
		if !errors.Is(err, bench.ErrHost) || !strings.Contains(err.Error(), "https://two.example:444") || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v, want the host without its user", err)
		}
		if len(k.trials) != 2 {
			t.Errorf("%d trials, want one of each strategy", len(k.trials))
		}
	})
}

func TestEveryPlanRunsWithoutAnObserver(t *testing.T) {
	for name, plan := range map[string]bench.Plan{
		"comparison": bench.Comparison{Strategies: three(), Limit: 2, Repeats: bench.EnoughRepeats, Instant: at(bench.List{"http://127.0.0.1/"})},
		"batches":    bench.Batches{Entries: []bench.Entry{{Strategy: three()[0], Limit: 2}}, Repeats: 2},
		"sweep":      bench.Sweep{Strategies: three(), Min: 1, Max: 16, Share: 0.97, Budget: time.Minute, Repeats: 2, Instant: at(bench.List{"http://127.0.0.1/"})},
	} {
		for _, urls := range []bench.URLs{bench.List{"http://127.0.0.1/"}, threeHosts} {
			synctest.Test(t, func(t *testing.T) {
				for _, load := range []bench.Load{{URLs: urls, Duration: 100 * time.Millisecond, Warmup: bench.Automatic}, {URLs: urls, Requests: 20}} {
					if _, err := plan.Run(t.Context(), load, bench.Observer{}); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
			})
		}
	}
}
