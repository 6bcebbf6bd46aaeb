package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sweetspot/bench"
	"sweetspot/bench/cli/bundled"
	"sweetspot/bench/cli/room"
	"sweetspot/bench/cli/secret"
	"sweetspot/results"
	"sweetspot/results/text"
)

func newBenchCommand() *cobra.Command {
	var (
		o          options
		thresholds thresholds
		limit      int
	)
	cmd := &cobra.Command{
		Use:   "bench [URL]",
		Short: "Compare strategies at one concurrency limit",
		Long: `bench makes the same requests with several strategies and prints the results side by side. It measures in blocks of
one trial of each strategy, in random order. The URL may have ranges: http://host/{0-9a-z:4}?page={1..1000}.

Without --arrivals it is a closed loop: a request starts as soon as one of the slots is free, so that a slow server is asked
less often. With --arrivals it is an open loop: requests are due at --rate, whatever the server does. Then the response time
counts from when a request was due, and the latency from its start.

Every strategy has its try. The run fails, with exit status 1, only if no request of any strategy succeeds, or if none
succeeds any more; the row of a strategy says what failed.

Without a URL, or with only a path such as /{1..1000}, it starts the bundled test server for the time of the run.

--against compares two targets: target 0 is the URL, target 1 the one that --against gives. Every block has each strategy on
both, so that what changes from block to block is the same for both. It says by how much target 0 is slower or faster than
target 1, and does not compare the strategies with one another. Requirements are about target 0.

` + thresholdsHelp(),
		Example: `  sweetspot bench
  sweetspot bench -s pool,fasthttp -c 100 -d 2s http://127.0.0.1:8080/
  sweetspot bench -n 4000 --decode json --format markdown 'http://127.0.0.1:8080/{0-9a-z:4}'
  sweetspot bench --arrivals poisson --rate 500 -d 10s -s pool,eventloop http://127.0.0.1:8080/
  sweetspot bench -s fasthttp --against http://127.0.0.1:8081/ http://127.0.0.1:8080/
  sweetspot bench --require 'per_second(fasthttp) > 0.8 * per_second(eventloop)' --max-error-rate 1%`,
		Args: oneURL,
		RunE: func(cmd *cobra.Command, args []string) error { return runBench(cmd, args, &o, &thresholds, limit) },
	}
	o.defaults = toCompare()
	o.bind(cmd)
	thresholds.bind(cmd)
	cmd.Flags().IntVarP(&limit, "limit", "c", 60, "have at most `N` requests in flight; with --arrivals, what is due waits for one of N slots (default there as many as are due)")
	cmd.Flags().StringVar(&o.against, "against", "", "compare the target with the one at this `URL`, by the same requests in the same blocks; a path is one on the bundled server")
	cmd.Flags().IntSliceVar(&o.streams, "streams", nil, "have at most `N` requests at a time on one connection, with strategies over HTTP/2 and HTTP/3: a limit takes limit/N connections (default as many as the server allows)")
	return cmd
}

// second returns the second target that --against gives: a URL, a template or a path on the bundled server, and as what the run
// keeps it; nil if none is given. It treats the URL as parse treats the first one.
func (o *options) second(cmd *cobra.Command, load bench.Load, found *faults) (*bench.SecondTarget, results.Target) {
	url := o.against
	if !cmd.Flags().Changed("against") {
		return nil, results.Target{}
	}
	if url == "" {
		found.addf("--against: an empty URL: want one such as http://127.0.0.1:8080/, or a path on the bundled server")
	}
	urls, err := urlsOf(url)
	found.add("--against "+url, err)
	if urls == nil {
		return &bench.SecondTarget{}, results.Target{URL: url, Profile: o.profile}
	}
	load.URLs = urls
	if !o.routed {
		return nil, results.Target{} // what is wrong has been said
	}
	if !o.agents.Given() {
		found.failures = append(found.failures, unreachable(cmd.Context(), load)...)
	}
	return &bench.SecondTarget{URLs: urls}, results.Target{URL: secret.Logins(url)}
}

// worthSaying is how long a run lasts that announces its length.
const worthSaying = 10 * time.Second

func runBench(cmd *cobra.Command, args []string, o *options, thresholds *thresholds, limit int) error {
	var found faults
	plan := o.parse(cmd, args, &found)
	if len(o.streams) > 1 {
		found.addf("--streams %s: want one number, or sweep, which compares several", strings.Trim(fmt.Sprint(o.streams), "[]"))
	}
	if limit < 1 {
		found.addf("--limit %d: want at least 1", limit)
	}
	against, second := o.second(cmd, plan.load, &found)
	measured := plan.strategies // once on each target
	if against != nil {
		measured = slices.Concat(measured, measured)
	}
	copies := 0
	if bench.HasCopy(len(measured), o.repeats) {
		copies = 1
	}
	if plan.load.Arrivals != "" && !cmd.Flags().Changed("rate") {
		found.addf("--arrivals %s without --rate: want the requests that are due per second, such as --rate 100", o.arrivals)
	}
	thresholds.parse(cmd, plan.strategies, &found)
	team, err := o.muster(cmd, plan, &found, func(at room.Place) {
		plan.load.Most = at.MostInFlight(limit, measured, copies)
		if plan.load.Arrivals != "" && !cmd.Flags().Changed("limit") {
			plan.load.Most = at.MostInFlight(0, measured, copies)
			limit = plan.load.Most
		}
		found.misuse(at.CheckFiles("--limit", limit, o.streams, measured, copies))
	})
	if err != nil {
		return err
	}
	defer team.Close()
	plan.team = team
	run := newRun("bench", redacted(cmd, args), plan, o)
	if against != nil {
		run.Targets = []results.Target{{URL: plan.target}, second}
		if run.Bundled != nil {
			run.Targets[0].Profile = run.Bundled.Profile
		}
	}
	var instant bundled.Instant
	defer instant.Stop()
	comparison := bench.Comparison{
		Strategies: team.Strategies(plan.strategies), Limit: limit, Repeats: o.repeats, Against: against, Seed: o.seed, Instant: instant.Start, Floor: plan.floor,
	}
	if expected := comparison.Expected(plan.load); expected >= worthSaying && !o.quiet {
		fmt.Fprintf(cmd.ErrOrStderr(), "measuring %s: about %s\n", text.Plural(len(measured)*o.repeats, "trial"), text.Span(expected.Seconds()))
	}
	err = job{
		plan: comparison, team: team,
		load: plan.load, against: against, server: o.server(), run: run, display: &o.display, out: o.out, live: plan.live, otlp: plan.otlp, quiet: o.quiet,
		sending: plan.sending,
	}.do(cmd)
	if err != nil {
		return err
	}
	return thresholds.unmet(run)
}
