package bench

import (
	"math"
	"testing"

	"sweetspot/bench/optimum"
	"sweetspot/results"
)

// concluded is a finder that has found.
type concluded results.Optimum

func (concluded) next() (optimum.Trial, bool)       { return optimum.Trial{}, false }
func (concluded) add(optimum.Trial, *results.Trial) {}
func (c concluded) conclude() results.Optimum       { return results.Optimum(c) }

func TestCommonLimitSuitsAllStrategies(t *testing.T) {
	at := func(verdict results.Verdict, limit int) *search {
		return &search{finder: concluded{Verdict: verdict, Limit: limit}}
	}
	for _, test := range []struct {
		name  string
		given []*search
		want  int
	}{
		{"the largest", []*search{at(results.Peak, 45), at(results.Plateau, 91), at(results.Peak, 60)}, 91},
		{"no further than a cliff's edge", []*search{at(results.Peak, 45), at(results.Cliff, 40), at(results.Cliff, 80)}, 40},
		{"what holds the objective for all", []*search{at(results.Objective, 45), at(results.Objective, 12)}, 12},
	} {
		if got := commonLimit(test.given); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

func TestLawOfKeepsTheTimePerRequest(t *testing.T) {
	l := optimum.Law{Lambda: 20, Sigma: 0.1, Kappa: 0.00025}
	for _, n := range []float64{1, 8, 60, 500} {
		want := l.Lambda * n / (1 + l.Sigma*(n-1) + l.Kappa*n*(n-1))
		if got := lawOf(l).PerSecond(n); math.Abs(got/want-1) > 1e-12 {
			t.Errorf("at %g: %g per second, want %g", n, got, want)
		}
	}
}
