package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sweetspot/bench"
	"sweetspot/bench/cli/bundled"
	"sweetspot/bench/cli/room"
	"sweetspot/results"
	"sweetspot/results/text"
	"sweetspot/server"
	"sweetspot/strategies"
)

func newSweepCommand() *cobra.Command {
	var (
		o          options
		thresholds thresholds
		sweep      bench.Sweep
		noBrakes   bool
		slo, over  string
		snippet    snippetFlag
	)
	cmd := &cobra.Command{
		Use:   "sweep [URL]",
		Short: "Find the best concurrency limit",
		Long: `sweep measures one limit after another, looks closer where it matters, and says which limit to use: the smallest
that gives a share of the peak with 95% confidence. It stops when the limit is decided or the budget is spent. It examines
whether the client is the bottleneck. Then it compares the strategies, each at its own limit and all at a common limit.

With --over rate it varies the rate of an open loop instead, in which requests are due whatever the server does, and names the
largest rate that is held.

With a target that is not this machine, sweep is careful. A search at most doubles the largest limit so far. It stops at
the first sign of harm: a response 429 or 503, more than 1% failures, or goodput below half of the best.

Without a URL, or with only a path, it starts the bundled test server for the time of the sweep.

` + thresholdsHelp(),
		Example: `  sweetspot sweep -s semaphore
  sweetspot sweep -s pool,fasthttp --max 512 --budget 5m http://127.0.0.1:8080/
  sweetspot sweep -s pool --slo p99=50ms
  sweetspot sweep --over rate --slo p99=50ms http://127.0.0.1:8080/
  sweetspot sweep -s pool --limits 1,10,40,60,100 --format markdown http://127.0.0.1:8080/`,
		Args: oneURL,
		RunE: func(cmd *cobra.Command, args []string) error {
			sweep.Brakes = !noBrakes
			return runSweep(cmd, args, &o, &thresholds, sweep, slo, over, snippet)
		},
	}
	o.defaults = toSweep()
	o.bind(cmd)
	thresholds.bind(cmd)
	snippet.bind(cmd)
	f := cmd.Flags()
	f.IntVar(&sweep.Min, "min", 1, "try no limit below `N`")
	f.IntVar(&sweep.Max, "max", sweepLimit, "try no limit above `N`")
	f.IntSliceVar(&o.streams, "streams", nil, "sweep strategies over HTTP/2 and HTTP/3 with each of these `NUMBERS` of requests at a time on one connection, as in 1,10,100, and find the best limit of each (default as many as the server allows)")
	f.IntSliceVar(&sweep.Limits, "limits", nil, "try only these `LIMITS`, separated by commas, instead of searching")
	f.Float64Var(&sweep.Share, "share", 0.97, "take this `SHARE` of the peak as enough")
	f.DurationVar(&sweep.Budget, "budget", 0, "search, and examine the client, for at most `DURATION`; comparing the strategies may add half of it (default 2m per strategy)")
	f.StringVar(&slo, "slo", "", "find the largest limit that holds this latency `OBJECTIVE` instead, such as p99=200ms ("+latencyNames()+")")
	bindOver(f, &over)
	_ = cmd.RegisterFlagCompletionFunc("over", cobra.FixedCompletions([]string{results.OverLimit, results.OverRate}, cobra.ShellCompDirectiveNoFileComp))
	f.BoolVar(&noBrakes, "no-brakes", false, "do not stop at signs of harm to a target that is not this machine")
	return cmd
}

func runSweep(cmd *cobra.Command, args []string, o *options, thresholds *thresholds, sweep bench.Sweep, slo, over string, snippet snippetFlag) error {
	var found faults
	plan := o.parse(cmd, args, &found)
	if over != results.OverRate {
		plan.strategies = sweepable(plan.strategies, o, &found)
	}
	if cmd.Flags().Changed("limits") && (cmd.Flags().Changed("min") || cmd.Flags().Changed("max")) {
		found.addf("--limits beside --min or --max: want a fixed grid or the ends of a search")
	}
	sweep.Strategies, sweep.Streams = plan.strategies, distinct(o.streams)
	if !cmd.Flags().Changed("budget") {
		sweep.Budget = time.Duration(max(1, sweep.Searches())) * 2 * time.Minute
	}
	sweep.Objective = parseObjective(slo, &found)
	overRate := o.overRate(cmd, over, &sweep, &plan.load, &found)
	checkSweep(&sweep, &found)
	snippet.check(&found)
	if sweep.Objective != nil && len(sweep.Limits) > 0 {
		found.addf("--slo beside --limits: want a search for a limit or a fixed grid")
	}
	thresholds.parse(cmd, plan.strategies, &found)
	var lowered []results.Warning
	team, err := o.muster(cmd, plan, &found, func(at room.Place) {
		if overRate {
			plan.load.Most = at.MostInFlight(0, plan.strategies, 0)
			return
		}
		lowered = lowerMax(cmd, &sweep, plan.strategies, at)
		largest := "--max"
		if len(sweep.Limits) > 0 {
			largest = "--limits"
		}
		found.misuse(at.CheckFiles(largest, sweep.Max, sweep.Streams, plan.strategies, sweepCopies))
	})
	if err != nil {
		return err
	}
	defer team.Close()
	plan.team = team
	sweep.Seed, sweep.Repeats = o.seed, o.repeats
	if careful := whyCareful(cmd.Context(), plan, team); careful != "" && sweep.Brakes {
		fmt.Fprintln(cmd.ErrOrStderr(), careful+": the search stops at the first sign of harm, unless --no-brakes is given")
	} else {
		sweep.Brakes = false
	}
	if !o.quiet {
		announce(cmd.ErrOrStderr(), sweep, plan.load)
	}
	run := newRun("sweep", redacted(cmd, args), plan, o)
	run.Settings.ColdStart = false // its sessions make one batch after the other
	run.Warnings = append(run.Warnings, lowered...)
	if run.Bundled != nil && !overRate {
		run.Bundled = truth(o.profile, sweep.Share, sweep.Max)
	}
	o.display.beside = snippet.given()
	var instant bundled.Instant
	defer instant.Stop()
	sweep.Instant, sweep.Floor = instant.Start, plan.floor
	sweep.Strategies = team.Strategies(sweep.Strategies)
	err = job{
		plan: sweep, team: team, load: plan.load, server: o.server(), run: run, display: &o.display, out: o.out, live: plan.live, otlp: plan.otlp, quiet: o.quiet,
		sending: plan.sending,
	}.do(cmd)
	if err != nil {
		return err
	}
	var unwritten error
	if snippet.given() {
		unwritten = snippet.write(run, cmd.OutOrStdout())
	}
	return errors.Join(undecided(run.Optima), unwritten, thresholds.unmet(run))
}

// distinct returns the numbers in ascending order, each once.
func distinct(numbers []int) []int { return slices.Compact(slices.Sorted(slices.Values(numbers))) }

// announce says what a sweep is about to do, and how long that takes, if it takes long enough to ask oneself.
func announce(to io.Writer, sweep bench.Sweep, load bench.Load) {
	likely, atMost := sweep.Expected(load)
	if atMost < worthSaying {
		return
	}
	what, several := "strategies", ": -s chooses strategies, --budget the time"
	if n := sweep.Searches(); n == 1 {
		what, several = sweep.Strategies[0].Name(), ""
	} else {
		what = fmt.Sprintf("%d %s", n, what)
	}
	fmt.Fprintf(to, "sweeping %s: about %s, at most %s%s; Ctrl-C ends it with what is known by then\n",
		what, text.Span(likely.Seconds()), text.Span(atMost.Seconds()), several)
}

// sweepCopies is how many copies of strategies a sweep has open at a time: one, to check the comparison or to slow a client
// down.
const sweepCopies = 1

// lowerMax lowers the largest limit to what the limit on open files has room for, unless --max is given, and returns the
// warning that says so.
func lowerMax(cmd *cobra.Command, sweep *bench.Sweep, all []strategies.Strategy, at room.Place) []results.Warning {
	if cmd.Flags().Changed("max") || len(sweep.Limits) > 0 {
		return nil
	}
	room := at.Limit(all, sweepCopies)
	if room < max(1, sweep.Min) || room >= sweep.Max {
		return nil // checkFiles reports that there is no room
	}
	sweep.Max = room
	return []results.Warning{results.Warningf(results.FewFiles,
		"limits above %d were not tried, since %d files may be open", sweep.Max, at.Files).With("largest_limit", float64(sweep.Max))}
}

// truth returns what the theory of the bundled server's capacity says about it: the peak of limits up to largest, and the
// smallest limit that gives share of the peak.
func truth(profile string, share float64, largest int) *results.Bundled {
	known := &results.Bundled{Profile: profile}
	found, err := server.FindProfile(profile)
	if err != nil {
		return known
	}
	curve, err := server.Config{Capacity: found.Capacity, Delay: found.Delay}.Truth(largest)
	if err != nil {
		return known // a server that answers at once has no peak
	}
	peak := curve.Peak()
	known.Limit, known.PerSecond, known.Share, known.Smallest = peak.N, peak.PerSecond, share, curve.Smallest(share)
	for limit := 1; limit < largest; limit = max(limit+1, limit*9/8) { // six per octave are enough for a smooth line
		known.Curve = append(known.Curve, results.Rate{Limit: limit, PerSecond: curve[limit-1]})
	}
	known.Curve = append(known.Curve, results.Rate{Limit: largest, PerSecond: curve[largest-1]})
	return known
}

// undecided returns an error that names the strategies without a limit to use, or nil.
func undecided(optima []results.Optimum) error {
	var errs []error
	for _, o := range optima {
		if !o.Verdict.Decided() {
			errs = append(errs, fmt.Errorf("%s: the trials support no statement", o.Strategy))
		}
	}
	return errors.Join(errs...)
}

// checkSweep adds to found what is wrong with the limits, the share and the budget. It sets Min and Max to the ends of a
// fixed grid.
func checkSweep(sweep *bench.Sweep, found *faults) {
	if len(sweep.Limits) > 0 {
		slices.Sort(sweep.Limits)
		sweep.Limits = slices.Compact(sweep.Limits)
		sweep.Min, sweep.Max = sweep.Limits[0], sweep.Limits[len(sweep.Limits)-1]
		if sweep.Min < 1 {
			found.addf("--limits %d: want each at least 1", sweep.Min)
		}
	} else if sweep.Min < 1 || sweep.Max < sweep.Min {
		found.addf("--min %d --max %d: want 1 <= min <= max", sweep.Min, sweep.Max)
	}
	if !(sweep.Share > 0 && sweep.Share < 1) { // written so that NaN is wrong too
		found.addf("--share %g: want a share between 0 and 1, such as 0.97", sweep.Share)
	}
	if sweep.Budget <= 0 {
		found.addf("--budget %v: want more than 0s, such as 2m", sweep.Budget)
	}
}

// sweepable returns the strategies that can have more than one request in flight, and have a limit. It adds a fault for each other one that
// --strategy names.
func sweepable(all []strategies.Strategy, o *options, found *faults) []strategies.Strategy {
	var many []strategies.Strategy
	for _, s := range all {
		switch {
		case strategies.SetsNoLimit(s):
			if slices.Contains(o.strategies, s.Name()) {
				found.addf("--strategy %s: has no limit that could be searched: want one such as semaphore, or --over rate", s.Name())
			}
		case s.Limit(2) > 1:
			many = append(many, s)
		case slices.Contains(o.strategies, s.Name()):
			found.addf("--strategy %s: has one request in flight whatever the limit: want one such as semaphore", s.Name())
		}
	}
	return many
}

// parseObjective reads an objective such as p99=200ms. An empty text is no objective.
func parseObjective(text string, found *faults) *bench.Objective {
	if text == "" {
		return nil
	}
	quantile, bound, _ := strings.Cut(text, "=")
	duration, err := time.ParseDuration(bound)
	if err != nil || duration <= 0 || !slices.Contains(results.LatencyNames(), quantile) {
		found.addf("--slo %s: want %s and a duration, such as p99=200ms", text, latencyNames())
		return nil
	}
	return &bench.Objective{Quantile: quantile, Seconds: duration.Seconds()}
}

// latencyNames returns the figures that an objective can bound, as words of a sentence: "mean, p50 or p99".
func latencyNames() string {
	names := results.LatencyNames()
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
