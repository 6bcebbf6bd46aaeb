package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sweetspot/bench"
	"sweetspot/bench/cli/bundled"
	"sweetspot/bench/cli/live"
	"sweetspot/bench/cli/machine"
	"sweetspot/bench/cli/secret"
	"sweetspot/bench/process"
	"sweetspot/results"
	"sweetspot/results/render"
)

// A job runs a plan and shows and saves what it finds: bench and sweep do one job, article one for each of its parts.
type job struct {
	plan    bench.Plan
	load    bench.Load   // without URLs if the bundled server is the target
	server  []string     // the bundled server's arguments
	run     *results.Run // as it is known before the first trial; do completes it
	display *display     // nil if the caller shows what was found
	out     string       // the folder to save the run in; empty to not save it
	live    string       // the address of the live page; empty for none
	quiet   bool
}

// do runs the plan, with the bundled server as its target if there is no other. What was measured is shown and saved also
// if the run was interrupted or failed.
func (j job) do(cmd *cobra.Command) error {
	page, err := live.Start(j.live, j.run)
	if err != nil {
		return fmt.Errorf("--live %w", err)
	}
	defer page.Close()
	if page != nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "live at", page.URL())
	}
	if j.load.URLs != nil {
		return j.measure(cmd, page, nil)
	}
	target, err := bundled.Start(cmd.Context(), j.server...)
	if err != nil {
		return err
	}
	defer target.Stop()
	j.run.Target = strings.TrimSuffix(target.URL(), "/") + cmp.Or(j.run.Target, "/") // the target may be a path on the server
	if j.load.URLs, err = bench.ParseURL(j.run.Target); err != nil {
		return err
	}
	return j.measure(cmd, page, target)
}

// A watch asks the bundled server what it has counted. One that no longer answers ends the run: every request would time out.
type watch struct {
	server *bundled.Server
	silent error // that the server does not answer
}

func (w *watch) counts(ctx context.Context) (bench.ServerCounts, error) {
	counted, err := w.server.Counts(ctx)
	if errors.Is(err, bundled.ErrSilent) && ctx.Err() == nil {
		w.silent = err
	}
	return counted, err
}

// measure runs the plan on the load. The server is the bundled one, if that is the target, else nil.
func (j job) measure(cmd *cobra.Command, page *live.Page, server *bundled.Server) error {
	keep, err := newKeeper(j.out, j.run)
	if err != nil {
		return err
	}
	defer keep.close()
	page.Target(j.run.Target)
	bar := newProgress(cmd.ErrOrStderr(), j.quiet)
	secrets := secret.From(cmd.Context())
	asked := watch{server: server}
	observe := bench.Observer{
		Keep: func(t results.Trial) error {
			advise(t.Warnings)
			t = secrets.Trial(t)
			page.Trial(t)
			keep.trial(t)
			return asked.silent
		},
		Alert:    func(w results.Warning) { bar.clear(); alert(cmd.ErrOrStderr(), w) },
		Progress: func(at bench.Progress) { page.Progress(at); bar.show(at) },
		Version: func(strategy, version string) {
			version = secrets.Version(version)
			page.Version(strategy, version)
			j.run.Versions[strategy] = version
		},
	}
	if server != nil {
		observe.Witness = func() (bench.ServerCounts, error) { return asked.counts(cmd.Context()) }
	}
	found, err := j.plan.Run(cmd.Context(), j.load, observe)
	bar.clear()
	if len(j.run.Trials) == 0 || errors.Is(err, bench.ErrNothing) {
		return errors.Join(err, keep.failed())
	}
	j.conclude(found, secrets)
	page.Conclude(j.run)
	saved := j.save(cmd, keep) // before it is shown: what is printed to may be gone
	return errors.Join(err, j.show(cmd), saved)
}

// alert prints a warning at once, for what has to be known before the run goes on. The run ends with it again.
func alert(to io.Writer, w results.Warning) {
	warned := results.About("", []results.Warning{w})
	advise(warned)
	fmt.Fprintln(to, "warning:", warned[0])
}

// conclude adds to the run what was found.
func (j job) conclude(found bench.Findings, secrets *secret.Filter) {
	j.run.Strategies, j.run.AtCommon, j.run.Optima = found.Strategies, found.AtCommon, found.Optima
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

// save writes the run's conclusions to its file, if it has one, and says where that is. If not all of the run was written, it
// returns why.
func (j job) save(cmd *cobra.Command, keep *keeper) error {
	if err := keep.finish(); err != nil {
		return err
	}
	if path := keep.path(); path != "" && !j.quiet {
		fmt.Fprintln(cmd.ErrOrStderr(), "saved to", path)
	}
	return nil
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
		Settings:   plan.load.Settings(),
		Trials:     []results.Trial{},
		Strategies: []results.Summary{},
		Optima:     []results.Optimum{},
		Warnings:   []results.Warning{},
		Versions:   map[string]string{},
	}
	if plan.load.URLs == nil {
		run.Bundled = &results.Bundled{Profile: o.profile}
	}
	return run
}
