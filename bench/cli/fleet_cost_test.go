package cli_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

var fleetRounds = flag.Int("fleet-rounds", 12, "compare a run with one agent and one without in so many rounds")

// BenchmarkFleetCost compares the goodput of a run whose requests one agent on this machine makes with that of a run which makes
// them itself, in turn, and prints the ratios.
func BenchmarkFleetCost(b *testing.B) {
	for _, strategy := range []string{"pool", "eventloop"} {
		plain := strings.Fields("bench -d 1s --repeats 1 --profile instant -c 60 --format json -s " + strategy)
		measure := func(more ...string) float64 {
			printed, err := exec.Command(os.Args[0], append(plain, more...)...).Output() // each in a process of its own
			if err != nil {
				b.Fatal(err)
			}
			run := ran{stdout: string(printed)}.run(b)
			if len(run.Strategies) != 1 {
				b.Fatalf("%d strategies", len(run.Strategies))
			}
			return run.Strategies[0].PerSecond // of the trials that are not void
		}
		var ratios []float64
		for round := range *fleetRounds {
			var with, without float64
			if round%2 == 0 {
				with = measure("--agents", "1", "--spawn")
			}
			without = measure()
			if round%2 == 1 {
				with = measure("--agents", "1", "--spawn")
			}
			ratios = append(ratios, with/without)
			fmt.Printf("%s, round %d: %.0f/s with an agent, %.0f/s without: %.3f\n", strategy, round+1, with, without, with/without)
		}
		slices.Sort(ratios)
		quartile := func(n int) float64 { return ratios[(n*(len(ratios)-1)+2)/4] }
		fmt.Printf("%s: median of the ratios %.3f, quartiles %.3f and %.3f\n", strategy, quartile(2), quartile(1), quartile(3))
		b.ReportMetric(quartile(2), strategy+"-ratio")
	}
}
