package render_test

import (
	"fmt"
	"os"

	"sweetspot/results"
	"sweetspot/results/render"
)

// Trials of two strategies, summarised and shown.
func Example() {
	run := &results.Run{Version: results.Version, Command: "bench", Target: "http://127.0.0.1:8080/"}
	for block, rate := range []float64{2510, 2540, 2570} {
		run.Trials = append(run.Trials,
			results.Trial{Strategy: "sequential", Limit: 1, Block: block, Elapsed: 1, PerSecond: rate / 16},
			results.Trial{Strategy: "pool", Limit: 60, Block: block, Elapsed: 1, PerSecond: rate})
	}
	run.Strategies = results.Summarise(run.Trials)
	if err := render.Write(os.Stdout, render.Run(run), render.Table, render.Screen{Columns: 60}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// bench http://127.0.0.1:8080/
	//
	// strategy    limit  goodput/s      ±  µs/req  × seq  errors
	// ──────────────────────────────────────────────────────────
	// pool           60      2,540  ±1.2%     394  16.0×       -
	// sequential      1        159  ±1.2%   6,300  1.00×       -
	//
	// Projected from the goodput, not measured: how long each
	// number of requests would take.
	//
	// strategy     1,000   4,000  1,679,616 (36^4)
	// ────────────────────────────────────────────
	// pool        394 ms  1.57 s            11 min
	// sequential  6.30 s  25.2 s        2 h 56 min
}
