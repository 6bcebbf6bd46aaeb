package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sweetspot/bench"
	"sweetspot/bench/cli/agents"
	"sweetspot/bench/cli/build"
	"sweetspot/bench/cli/bundled"
	"sweetspot/bench/cli/console"
	"sweetspot/bench/cli/live"
	"sweetspot/bench/cli/machine"
	"sweetspot/bench/cli/secret"
	"sweetspot/bench/cli/sending"
	"sweetspot/bench/cli/telemetry"
	"sweetspot/bench/process"
	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/strategies"
)

// A job runs a plan and shows and saves what it finds: bench and sweep do one job, article one for each of its parts.
type job struct {
	plan    bench.Plan
	load    bench.Load          // without URLs if the bundled server is the target
	team    *agents.Team        // that makes the requests; nil if this process does
	against *bench.SecondTarget // of the plan, as the load; nil if there is one target
	server  []string            // the bundled server's arguments
	run     *results.Run        // as it is known before the first trial; do completes it
	display *display            // nil if the caller shows what was found
	out     string              // the folder to save the run in; empty to not save it
	live    string              // the address of the live page; empty for none
	otlp    string              // the URL to which metrics are pushed; empty for none
	quiet   bool
	sending sending.Plan // what single requests send
}

// do runs the plan, with the bundled server as its target if there is no other. What was measured is shown and saved also
// if the run was interrupted or failed.
func (j job) do(cmd *cobra.Command) error {
	metrics := telemetry.New()
	page, err := live.Start(j.live, j.run, metrics)
	if err != nil {
		return fmt.Errorf("--live %w", err)
	}
	defer page.Close()
	if page != nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "live at", page.URL())
	}
	if j.load.URLs != nil && (j.against == nil || j.against.URLs != nil) {
		return j.watched(cmd, page, metrics, nil)
	}
	server, err := bundled.Start(cmd.Context(), j.server...)
	if err != nil {
		return err
	}
	defer server.Stop()
	if err := j.aim(server.URL()); err != nil {
		return err
	}
	return j.watched(cmd, page, metrics, server)
}

// aim completes the targets that are paths on the bundled server, or nothing for its root.
func (j *job) aim(server string) (err error) {
	on := func(path string) string { return strings.TrimSuffix(server, "/") + cmp.Or(path, "/") }
	if j.load.URLs == nil {
		j.run.Target = on(j.run.Target)
		if j.load.URLs, err = bench.ParseURL(j.run.Target); err != nil {
			return err
		}
	}
	if j.against == nil {
		return nil
	}
	j.run.Targets[0].URL = j.run.Target
	if j.against.URLs == nil {
		second := &j.run.Targets[1]
		second.URL = on(second.URL)
		j.against.URLs, err = bench.ParseURL(second.URL)
	}
	return err
}

// watched runs the plan while its metrics are pushed.
func (j job) watched(cmd *cobra.Command, page *live.Page, metrics *telemetry.Metrics, server *bundled.Server) error {
	pusher, err := metrics.PushTo(cmd.Context(), j.otlp, j.run, build.Describe().Version)
	if err != nil {
		return fmt.Errorf("--otlp %w", err)
	}
	err = j.measure(cmd, []watcher{page, metrics, pushing{pusher}}, page, server)
	return errors.Join(err, pushed(pusher, j.otlp))
}

// collector returns the URL to which metrics are pushed, empty for none.
func (o *options) collector(found *faults) string {
	url, err := o.otlp.Collector()
	if err != nil {
		found.usage = append(found.usage, err)
	}
	return url
}

// pushed pushes the metrics for the last time, to the collector with that URL, and says if they did not arrive.
func pushed(pusher *telemetry.Pusher, url string) error {
	if err := pusher.Close(); err != nil {
		return fmt.Errorf("--otlp %s: the metrics did not arrive: %w", url, err)
	}
	return nil
}

// A watcher follows the run while it is under way.
type watcher interface {
	Trial(t results.Trial)
	Progress(at bench.Progress)
}

// pushing is the watcher that pushes metrics after each trial.
type pushing struct{ *telemetry.Pusher }

func (p pushing) Trial(results.Trial)     { p.Push() }
func (p pushing) Progress(bench.Progress) {}

// measure runs the plan on the load. The server is the bundled one, if that is the target, else nil.
func (j job) measure(cmd *cobra.Command, watchers []watcher, page *live.Page, server *bundled.Server) error {
	secrets := secret.From(cmd.Context())
	alert(cmd.ErrOrStderr(), secrets.Warnings(j.run.Warnings))
	var err error
	if j.load.Messages, err = j.sending.Messages(cmd.Context(), j.load); err != nil {
		return err
	}
	if err := j.reached(cmd.Context()); err != nil {
		return err
	}
	keep, err := newKeeper(j.out, j.run)
	if err != nil {
		return err
	}
	defer keep.close()
	page.Target(j.run.Target, j.run.Targets...)
	screen := console.New(cmd.ErrOrStderr(), j.quiet)
	defer screen.Clear()
	j.team.Tell(screen.Say)
	watchers = append(watchers, screen)
	ctx, end := context.WithCancelCause(cmd.Context())
	defer end(nil)
	observe := bench.Observer{
		Keep: func(t results.Trial) error {
			advise(t.Warnings)
			t = secrets.Trial(t)
			for _, w := range watchers {
				w.Trial(t)
			}
			keep.trial(t)
			return nil
		},
		Alert: func(w results.Warning) {
			screen.Clear()
			alert(cmd.ErrOrStderr(), secrets.Warnings([]results.Warning{w}))
		},
		Progress: func(at bench.Progress) {
			for _, w := range watchers {
				w.Progress(at)
			}
		},
		Answer: screen.Answer,
		Version: func(strategy, version string) {
			version = secrets.Version(version)
			page.Version(strategy, version)
			j.run.Versions[strategy] = version
		},
	}
	if server != nil {
		j.witness(&observe, func() (bench.ServerCounts, error) { return server.Counts(ctx) })
		defer server.Watch(ctx, end)()
	}
	found, err := j.plan.Run(ctx, j.load, observe)
	screen.Clear()
	if silent := context.Cause(ctx); errors.Is(silent, bundled.ErrSilent) {
		err = silent // instead of that the run was cancelled
	}
	if len(j.run.Trials) == 0 || errors.Is(err, bench.ErrNothing) {
		return errors.Join(err, keep.failed())
	}
	j.conclude(found, secrets)
	page.Conclude(j.run)
	unsaved := keep.finish() // before it is shown: what is printed to may be gone
	err = errors.Join(err, j.show(cmd), unsaved)
	if path := keep.path(); path != "" && unsaved == nil && !j.quiet {
		fmt.Fprintln(cmd.ErrOrStderr(), "saved to", path)
	}
	return err
}

// witness makes the bundled server, which counts its requests, the witness of the targets that it is.
func (j job) witness(observe *bench.Observer, counts func() (bench.ServerCounts, error)) {
	if j.run.Bundled != nil {
		observe.Witness = counts
	}
	if j.against != nil && j.run.Targets[1].Profile != "" {
		j.against.Witness = counts
	}
}

// alert prints warnings at once, for what has to be known before the run goes on. The run ends with them again.
func alert(to io.Writer, warnings []results.Warning) {
	advise(warnings)
	for _, w := range warnings {
		fmt.Fprintln(to, "warning:", w)
	}
}

// conclude adds to the run what was found.
func (j job) conclude(found bench.Findings, secrets *secret.Filter) {
	j.run.Strategies, j.run.AtCommon, j.run.Optima, j.run.Versus = found.Strategies, found.AtCommon, found.Optima, found.Versus
	j.run.Warnings = append(j.run.Warnings, found.Warnings...)
	j.run.PeakMemory = process.PeakMemory()
	adviseConclusions(j.run)
	secrets.Conclusions(j.run)
}

func (j job) show(cmd *cobra.Command) error {
	if j.display == nil {
		return nil
	}
	return j.display.show(render.Run(j.run), results.Warnings(j.run), cmd.OutOrStdout(), cmd.ErrOrStderr())
}

// newRun returns the run of a command as it is known before the first trial.
func newRun(command string, arguments []string, plan parsed, o *options) *results.Run {
	run := &results.Run{
		Version:    results.Version,
		Command:    command,
		Target:     plan.target,
		Started:    time.Now().UTC().Format(time.RFC3339),
		Arguments:  arguments,
		Seed:       o.seed,
		Machine:    machine.Describe(),
		Agents:     plan.team.Members(),
		Settings:   plan.load.Settings(),
		Trials:     []results.Trial{},
		Floor:      plan.floor,
		Strategies: []results.Summary{},
		Optima:     []results.Optimum{},
		Warnings:   append([]results.Warning{}, plan.warnings...),
		Versions:   map[string]string{},
	}
	run.Settings.HTTP = cmp.Or(spoken(plan.strategies), run.Settings.HTTP)
	if plan.load.URLs == nil {
		run.Bundled = &results.Bundled{Profile: o.profile}
	}
	return run
}

// spoken returns the protocols of the strategies, each once, in ascending order.
func spoken(all []strategies.Strategy) string {
	var names []string
	for p := range strategies.Protocol(strategies.ProtocolCount) {
		if slices.ContainsFunc(all, func(s strategies.Strategy) bool { return strategies.ProtocolOf(s) == p }) {
			names = append(names, p.String())
		}
	}
	return strings.Join(names, ", ")
}
