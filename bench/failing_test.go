package bench_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// rejecting answers one in four requests 503 when the limit is over most.
type rejecting struct {
	simulated
	most int
	made *atomic.Int64
}

func (r rejecting) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	return r, nil
}

func (r rejecting) Run(ctx context.Context, limit int, work strategies.Work) error {
	if limit > r.most {
		r.outcome = func() strategies.Outcome {
			if r.made.Add(1)%4 == 0 {
				return strategies.Answered(503, 0, nil)
			}
			return strategies.Answered(200, 1, nil)
		}
	}
	return r.simulated.Run(ctx, limit, work)
}

// Whatever the curve is, the limit to use and the peak stay at least a tenth below the first limit at which requests fail.
func TestLimitsKeepAMarginBelowTheFirstFailure(t *testing.T) {
	rising := func(limit int) float64 { return 20 * float64(limit) }
	for name, test := range map[string]struct {
		curve     func(int) float64
		objective *bench.Objective
		limit     int // to use; 0 for any that keeps the margin
		verdict   results.Verdict
	}{
		"rising until requests fail":                  {rising, nil, 36, results.Cliff},
		"flat from 8 on":                              {flat, nil, 8, results.Plateau},
		"a peak beyond the failures":                  {knee, nil, 0, ""},
		"an objective that holds until requests fail": {rising, &bench.Objective{Quantile: "p99", Seconds: 0.06}, 36, results.Objective},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := rejecting{simulated{name: "a", curve: test.curve}, 40, &atomic.Int64{}}
				k, optima, err := sweep(t, t.Context(), bench.Sweep{Objective: test.objective}, s)
				if err != nil || len(optima) != 1 {
					t.Fatalf("%d optima, %v", len(optima), err)
				}
				o := optima[0]
				if o.Failing < 41 || o.Failing > 45 || o.Limit < 1 || float64(o.Limit) > 0.9*float64(o.Failing) || o.Peak.High >= o.Failing {
					t.Errorf("use %d of %d, peak up to %d, and requests fail from %d on: want a margin below it", o.Limit, o.High, o.Peak.High, o.Failing)
				}
				if test.limit > 0 && (o.Limit < test.limit-1 || o.Limit > test.limit+4) || test.verdict != "" && o.Verdict != test.verdict {
					t.Errorf("use %d with verdict %s, want about %d and %s", o.Limit, o.Verdict, test.limit, test.verdict)
				}
				if !strings.Contains(strings.Join(results.Words(o.Warnings), "\n"), "requests begin to fail at a limit of ") {
					t.Errorf("warnings %q", o.Warnings)
				}
				if most := 70 + 3; len(k.trials) > most { // of the search and of the margin
					t.Errorf("%d trials, want at most %d", len(k.trials), most)
				}
			})
		})
	}
}

// A budget is split over the doublings of the limit first, and there is always a guess.
func TestAnObjectiveHasAGuessWithinAnyBudget(t *testing.T) {
	for _, budget := range []time.Duration{6 * time.Second, 14 * time.Second, 30 * time.Second, 2 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			// 25 ms alone: 1,000 requests one at a time would take 25 s. The objective holds up to 100.
			s := simulated{name: "a", curve: func(limit int) float64 { return 40 * float64(limit) / (1 + float64(limit)/100) }}
			k, optima, err := sweep(t, t.Context(), bench.Sweep{
				Objective: &bench.Objective{Quantile: "p99", Seconds: 0.050}, Budget: budget, Min: 1, Max: 4096,
			}, s)
			if err != nil || len(optima) != 1 {
				t.Fatalf("%v: %d optima, %v", budget, len(optima), err)
			}
			o := optima[0]
			if o.Verdict != results.Objective || o.Limit < 8 || o.Limit > 101 || o.Low > o.Limit || o.High > 0 && o.High <= o.Limit {
				t.Errorf("%v: use %d in [%d, %d), verdict %s, want a limit up to 100: %v", budget, o.Limit, o.Low, o.High, o.Verdict, o.Warnings)
			}
			if budget >= 30*time.Second && (!o.Certain || o.Limit < 85) {
				t.Errorf("%v: use %d, certain %v, want close to 100 with certainty, from %d trials", budget, o.Limit, o.Certain, len(k.trials))
			}
			if guessed := strings.Contains(strings.Join(results.Words(o.Warnings), "\n"), "best guess"); guessed == o.Certain {
				t.Errorf("%v: certain %v, warnings %q", budget, o.Certain, o.Warnings)
			}
		})
	}
}

func TestAnObjectiveThatNothingHoldsSaysHowFarOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, optima, err := sweep(t, t.Context(), bench.Sweep{Objective: &bench.Objective{Quantile: "p99", Seconds: 0.010}},
			simulated{name: "a", latency: always(25 * time.Millisecond)})
		if err != nil || len(optima) != 1 || optima[0].Verdict != results.Unstable ||
			optima[0].Warnings[0].Text != "no limit holds p99 <= 10ms: at limit 1, the smallest, it is 25 ms" {
			t.Errorf("%+v, %v", optima, err)
		}
	})
}
