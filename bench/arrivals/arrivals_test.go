package arrivals_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"sweetspot/bench/arrivals"
)

func first(n int, next func() time.Duration) []time.Duration {
	times := make([]time.Duration, n)
	for i := range times {
		times[i] = next()
	}
	return times
}

func TestConstantArrivalsAreEvenlySpacedWithoutDrift(t *testing.T) {
	times := first(3_000_001, arrivals.Constant.Times(3, 1))
	if times[0] != 0 || times[1] != 333333333 || times[3] != time.Second || times[3_000_000] != 1_000_000*time.Second {
		t.Errorf("due at %v, %v, %v and %v", times[0], times[1], times[3], times[3_000_000])
	}
}

// In 200,000 gaps the mean of an exponential distribution is within 1% and the share above its mean, 1/e, within 0.5 points,
// but for one seed in thousands.
func TestPoissonArrivalsHaveExponentialGaps(t *testing.T) {
	const n, rate = 200_000, 50.0
	times := first(n, arrivals.Poisson.Times(rate, 7))
	above, last := 0, time.Duration(0)
	for _, due := range times {
		if due < last {
			t.Fatalf("due at %v after %v", due, last)
		}
		if (due - last).Seconds() > 1/rate {
			above++
		}
		last = due
	}
	if mean := last.Seconds() / n * rate; math.Abs(mean-1) > 0.01 {
		t.Errorf("a mean gap of %g/rate, want 1", mean)
	}
	if share := float64(above) / n; math.Abs(share-1/math.E) > 0.005 {
		t.Errorf("%g of the gaps are above the mean, want %g", share, 1/math.E)
	}
}

func TestTheSameSeedGivesTheSameArrivals(t *testing.T) {
	for _, kind := range arrivals.Kinds() {
		if one, other := first(1000, kind.Times(10, 3)), first(1000, kind.Times(10, 3)); !slices.Equal(one, other) {
			t.Errorf("%s: two runs of one seed differ", kind)
		}
	}
	if slices.Equal(first(10, arrivals.Poisson.Times(10, 3)), first(10, arrivals.Poisson.Times(10, 4))) {
		t.Error("two seeds give the same arrivals")
	}
}

func TestTimesBeyondEveryDurationAreTheLargest(t *testing.T) {
	for _, kind := range arrivals.Kinds() {
		if times := first(3, kind.Times(1e-300, 1)); times[2] != math.MaxInt64 {
			t.Errorf("%s: %v", kind, times)
		}
	}
}

func TestParseKindNamesTheRightOnes(t *testing.T) {
	if _, err := arrivals.ParseKind("uniform"); err == nil || err.Error() != `"uniform": want constant or poisson` {
		t.Error(err)
	}
	if k, err := arrivals.ParseKind("poisson"); k != arrivals.Poisson || err != nil {
		t.Error(k, err)
	}
}
