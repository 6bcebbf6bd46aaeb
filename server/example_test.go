package server_test

import (
	"fmt"
	"net/http"
	"time"

	"sweetspot/server"
	"sweetspot/server/capacity"
)

// A test starts a server, sends requests to it, and reads from Stats what arrived.
func Example() {
	srv, err := server.Start(server.Config{
		Capacity: capacity.Workers{N: 4, Service: time.Millisecond},
		Delay:    2 * time.Millisecond,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	for range 3 {
		response, err := http.Get(srv.URL() + "items/7")
		if err != nil {
			fmt.Println(err)
			return
		}
		response.Body.Close()
		fmt.Println(response.Status)
	}
	stats := srv.Stats()
	fmt.Println(stats.Requests, "requests, at most", stats.PeakInFlight, "in flight")
	// Output:
	// 200 OK
	// 200 OK
	// 200 OK
	// 3 requests, at most 1 in flight
}

// The best limit of a server is computed, not measured.
func ExampleConfig_Truth() {
	article, err := server.FindProfile("article")
	if err != nil {
		fmt.Println(err)
		return
	}
	truth, err := server.Config{Capacity: article.Capacity, Delay: article.Delay}.Truth(4096)
	if err != nil {
		fmt.Println(err)
		return
	}
	peak := truth.Peak()
	fmt.Printf("the peak is %.0f/s at %d; 97%% of it needs %d\n", peak.PerSecond, peak.N, truth.Smallest(0.97))
	// Output: the peak is 2569/s at 62; 97% of it needs 32
}
