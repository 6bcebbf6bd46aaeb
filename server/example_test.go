package server_test

import (
	"fmt"
	"net/http"
	"time"

	"sweetspot/server"
	"sweetspot/server/capacity"
)

// A test starts the server that it needs, and asks it afterwards what really arrived.
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
	fmt.Println(stats.Requests, "requests, at most", stats.PeakInFlight, "at a time")
	// Output:
	// 200 OK
	// 200 OK
	// 200 OK
	// 3 requests, at most 1 at a time
}

// The best limit of a server is known before the first request is made.
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
	fmt.Printf("%.0f/s at %d, 97%% of it from %d on\n", peak.PerSecond, peak.N, truth.Smallest(0.97))
	// Output: 2569/s at 62, 97% of it from 32 on
}
