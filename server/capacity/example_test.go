package capacity_test

import (
	"fmt"
	"time"

	"sweetspot/server/capacity"
)

// The best limit of a pool of 32 workers whose callers spend another 20 ms per request outside.
func Example() {
	pool, err := capacity.Parse("workers:n=32,service=10ms")
	if err != nil {
		fmt.Println(err)
		return
	}
	truth := capacity.Closed(pool, 1024, 20*time.Millisecond)
	fmt.Printf("64 callers get %.0f/s\n", truth[64-1])
	fmt.Printf("95%% of the peak needs %d callers\n", truth.Smallest(0.95))
	// Output:
	// 64 callers get 2133/s
	// 95% of the peak needs 95 callers
}
