package station_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/server/capacity"
	"sweetspot/server/station"
)

func TestShaperEndsVisitsAtEvenIntervalsInTheirOrder(t *testing.T) {
	s := station.New(capacity.Shaper{PerSecond: 10, Burst: 2})
	var got []departure
	for who := range 5 {
		s.Enter(1, &station.Visit{Done: func(at float64, v station.Result) { got = append(got, departure{who, v, at}) }}, 0, 9)
	}
	s.Advance(9)
	want := []departure{{0, 0, 1}, {1, 0, 1}, {2, 0, 1.1}, {3, 0, 1.2}, {4, 0, 1.3}}
	if diff := cmp.Diff(want, got, sameTimes); diff != "" {
		t.Error(diff)
	}
}

func TestRejectNeverLetsMorePassThanItsBucketHolds(t *testing.T) {
	const rate, burst = 100, 5
	random := rand.New(rand.NewPCG(7, 8))
	s := station.New(capacity.Reject{PerSecond: rate, Burst: burst})
	var served []float64
	refused := 0
	now := 0.0
	for range 20_000 {
		now += random.ExpFloat64() / 200 // twice the rate
		s.Enter(now, &station.Visit{Done: func(at float64, v station.Result) {
			if v == station.Rejected {
				refused++
				return
			}
			served = append(served, at)
		}}, 0, 1)
	}
	for i := burst; i < len(served); i++ {
		if took := served[i] - served[i-burst]; took < 1/rate-1e-6 {
			t.Fatalf("%d requests passed within %v s", burst+1, took)
		}
	}
	if got := float64(len(served)) / now; got < 0.98*rate || refused == 0 {
		t.Errorf("got %.1f/s with %d refused, want nearly %d/s", got, refused, rate)
	}
}
