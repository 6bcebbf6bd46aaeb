// Compare measures the strategy of package channel beside two of sweetspot's own, on a test server that it starts, and
// prints the table that `sweetspot bench` prints.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/server"
	"sweetspot/strategies"

	"example.com/channel"
)

func main() {
	if err := compare(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func compare() error {
	srv, err := server.Start(server.Config{Delay: 2 * time.Millisecond})
	if err != nil {
		return err
	}
	defer srv.Close()
	urls, err := bench.ParseURL(srv.URL())
	if err != nil {
		return err
	}
	pool, err := strategies.Get("pool")
	if err != nil {
		return err
	}
	semaphore, err := strategies.Get("semaphore")
	if err != nil {
		return err
	}
	load := bench.Load{URLs: urls, Duration: 50 * time.Millisecond, Warmup: bench.Automatic}
	comparison := bench.Comparison{
		Strategies: []strategies.Strategy{channel.Strategy, pool, semaphore},
		Limit:      20,
		Repeats:    bench.EnoughRepeats,
		Seed:       1,
	}
	run := &results.Run{Command: "bench", Target: srv.URL(), Settings: load.Settings()}
	observe := bench.Observer{Keep: func(t results.Trial) error { run.Trials = append(run.Trials, t); return nil }}
	found, err := comparison.Run(context.Background(), load, observe)
	if err != nil {
		return err
	}
	run.Strategies, run.Warnings = found.Strategies, found.Warnings
	return render.Write(os.Stdout, render.Run(run), render.Table, render.Screen{})
}
