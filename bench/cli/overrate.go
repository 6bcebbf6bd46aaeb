package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sweetspot/bench"
	"sweetspot/bench/arrivals"
	"sweetspot/results"
)

// The rates between which a sweep over rates searches by default, in requests per second. It stops at the first that is too much.
const (
	leastRate = 10
	mostRate  = 100_000
)

func bindOver(f *pflag.FlagSet, over *string) {
	f.StringVar(over, "over", "limit", "vary this `THING`: limit, or rate, to find the largest rate of an open loop that is held: all is answered, and its response time keeps --slo; then --min and --max are rates (by default 10 and 100000 per second), and --arrivals is constant unless given")
}

// overRate adds to the sweep and to the load what a sweep over rates needs, and reports whether it is one. It adds to found which
// flags do not go with it.
func (o *options) overRate(cmd *cobra.Command, over string, sweep *bench.Sweep, load *bench.Load, found *faults) bool {
	changed := cmd.Flags().Changed
	if over != results.OverRate {
		if over != "limit" {
			found.addf("--over %s: want limit or rate", over)
		} else if changed("arrivals") {
			found.addf("--arrivals with a sweep over limits: want --over rate, since such a sweep is a closed loop")
		}
		return false
	}
	sweep.OverRate = true
	if sweep.Objective == nil {
		found.addf("--over rate without --slo: want what the response time is to keep, such as --slo p99=50ms")
	}
	for _, other := range []string{"rate", "requests", "limits", "share"} {
		if changed(other) {
			found.addf("--over rate beside --%s: want one of the two", other)
		}
	}
	if !changed("min") {
		sweep.Min = leastRate
	}
	if !changed("max") {
		sweep.Max = max(mostRate, sweep.Min)
	}
	if !changed("arrivals") {
		load.Arrivals, load.Seed = arrivals.Constant, o.seed
	}
	return true
}
