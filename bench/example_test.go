package bench_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

// exampleStrategies returns strategies by their names.
func exampleStrategies(names ...string) (all []strategies.Strategy) {
	for _, name := range names {
		s, err := strategies.Get(name)
		if err != nil {
			log.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// exampleServer starts a server that answers after a millisecond.
func exampleServer() (urls bench.URLs, stop func()) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(time.Millisecond)
		fmt.Fprintln(w, "hello")
	}))
	urls, err := bench.ParseURL(server.URL + "/items/{1..100}")
	if err != nil {
		log.Fatal(err)
	}
	return urls, server.Close
}

// One block is one trial of each strategy. To name a winner takes [bench.EnoughRepeats] blocks.
func ExampleComparison() {
	urls, stop := exampleServer()
	defer stop()
	load := bench.Load{URLs: urls, Requests: 200}
	plan := bench.Comparison{Strategies: exampleStrategies("sequential", "pool"), Limit: 8, Repeats: 1}

	found, err := plan.Run(context.Background(), load, bench.Observer{
		Keep: func(t results.Trial) error {
			fmt.Printf("%d of %d requests succeeded at limit %d\n", t.Succeeded, t.Started, t.Limit)
			return nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(found.Strategies), "strategies compared")
	// Unordered output:
	// 200 of 200 requests succeeded at limit 1
	// 200 of 200 requests succeeded at limit 8
	// 2 strategies compared
}

// What a sweep concludes depends on the machine, so that the example has no output that could be checked.
func ExampleSweep() {
	urls, stop := exampleServer()
	defer stop()
	load := bench.Load{URLs: urls, Duration: 500 * time.Millisecond, Warmup: bench.Automatic}
	plan := bench.Sweep{Strategies: exampleStrategies("pool"), Min: 1, Max: 256, Share: 0.97, Budget: 2 * time.Minute}

	found, err := plan.Run(context.Background(), load, bench.Observer{})
	for _, o := range found.Optima { // what was found before an error, too
		fmt.Printf("%s: use %d for %.0f requests per second: %s\n", o.Strategy, o.Limit, o.PerSecond, o.Verdict)
		for _, w := range o.Warnings {
			fmt.Println("warning:", w)
		}
	}
	if err != nil {
		log.Fatal(err)
	}
}
