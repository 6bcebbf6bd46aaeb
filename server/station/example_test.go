package station_test

import (
	"fmt"
	"time"

	"sweetspot/server/capacity"
	"sweetspot/server/station"
)

// Three requests arrive at the same time at two workers and share their rate. The clock is simulated.
func Example() {
	s := station.New(capacity.Workers{N: 2, Service: time.Second})
	for _, work := range []float64{1, 1, 2} {
		visit := &station.Visit{Done: func(at float64, _ station.Result) {
			fmt.Printf("work %v ends after %.1f s\n", work, at)
		}}
		s.Enter(0, visit, 0, work)
	}
	for s.Inside() > 0 {
		s.Advance(s.Next())
	}
	// Output:
	// work 1 ends after 1.5 s
	// work 1 ends after 1.5 s
	// work 2 ends after 2.5 s
}
