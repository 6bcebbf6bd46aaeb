package optimum_test

import (
	"fmt"

	"sweetspot/bench/optimum"
	"sweetspot/results/stat"
)

// A server that gets in its own way: with n requests inside it completes 20 n / (1 + n (n-1) / 3600) a second.
func Example() {
	search := optimum.New(optimum.Settings{Max: 512})
	for trial, ok := search.Next(); ok; trial, ok = search.Next() {
		n := float64(trial.Limit)
		search.Add(trial, optimum.Observation{PerSecond: 20 * n / (1 + n*(n-1)/3600)})
	}
	best := search.Conclude()
	fmt.Printf("%s: use %d for %.0f/s; the smallest limit for %.0f%% of the peak is in (%d, %d]\n",
		best.Verdict, best.Limit, best.PerSecond, 100*best.Share, best.Low, best.High)
	fmt.Printf("the peak is at %d, with %.0f/s\n", best.Peak.Limit, best.Peak.PerSecond)
	// Output:
	// peak: use 54 for 602/s; the smallest limit for 97% of the peak is in (46, 54]
	// the peak is at 60, with 605/s
}

func ExampleCompare() {
	comparison := optimum.Compare([]optimum.Sample[string]{
		{Of: "pool", Blocks: []float64{980, 1010, 995, 1020, 990, 1005, 985, 1015, 1000, 1010}},
		{Of: "fasthttp", Blocks: []float64{1290, 1330, 1300, 1310, 1280, 1320, 1295, 1335, 1310, 1300}},
	}, stat.Component{})
	pair := comparison.Pairs[0]
	fmt.Printf("%s is %.2f times as fast as %s (%.2f to %.2f)\n", pair.B, 1/pair.Ratio, pair.A, 1/pair.High, 1/pair.Low)
	fmt.Println("fasthttp:", comparison.Standings[0]["fasthttp"])
	// Output:
	// fasthttp is 1.31 times as fast as pool (1.27 to 1.34)
	// fasthttp: fastest
}
