package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sweetspot/bench/cli/build"
	"sweetspot/bench/cli/bundled"
	"sweetspot/bench/cli/fetching"
	"sweetspot/bench/cli/live"
	"sweetspot/bench/cli/machine"
	"sweetspot/bench/cli/secret"
	"sweetspot/bench/cli/telemetry"
	"sweetspot/bench/cli/terminal"
	"sweetspot/bench/fetch"
	"sweetspot/results"
	"sweetspot/results/text"
)

// An unfetchedError says that URLs failed for good.
type unfetchedError struct{ error }

// run fetches what the flags say.
func (o *fetchFlags) run(cmd *cobra.Command, args []string) error {
	var found faults
	p := o.parse(cmd, args, &found)
	if p.closer != nil {
		defer p.closer.Close()
	}
	if err := found.err(); err != nil {
		return err
	}
	o.sayIgnored(cmd)
	if p.skipped > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: skipped %s without a URL\n", o.urls, text.Plural(p.skipped, "line"))
	}
	if p.source == nil {
		target, err := bundled.Start(cmd.Context(), o.server()...)
		if err != nil {
			return err
		}
		defer target.Stop()
		if p.source, err = fetching.Template(strings.TrimSuffix(target.URL(), "/")+p.target, p.target); err != nil {
			return err
		}
	}
	if err := o.send(cmd.Context(), p); err != nil {
		return err
	}
	store, err := o.openStore(cmd, p.source)
	if err != nil {
		return err
	}
	err = o.fetch(cmd, args, p, store)
	if unwritten := store.Close(); unwritten != nil && !errors.Is(err, unwritten) {
		err = errors.Join(err, fmt.Errorf("--output: %w", unwritten))
	}
	return err
}

// send has requests send what the flags say of single ones.
func (o *fetchFlags) send(ctx context.Context, p fetchPlan) error {
	first, _, err := p.source.Job(0)
	if err != nil {
		return err
	}
	perHost, err := p.sending.PerHost(ctx, p.load, first.URL)
	if perHost != nil {
		o.settings.Message = perHost.With
	}
	return err
}

// openStore opens the output.
func (o *fetchFlags) openStore(cmd *cobra.Command, source fetch.Source) (*fetch.Store, error) {
	if o.output == fetching.Standard {
		return fetch.NewStream(terminal.Raw(cmd.OutOrStdout())), nil
	}
	if info, err := os.Stat(o.output); err == nil && !info.Mode().IsRegular() {
		return nil, usageError{fmt.Errorf("--output %s: want a file, or - for the standard output", o.output)}
	}
	store, err := fetch.OpenStore(o.output, source, o.store)
	if err != nil {
		return nil, fmt.Errorf("--output: %w", err)
	}
	if store.Torn() && !o.quiet {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: its last line was torn, and is cut off\n", o.output)
	}
	return store, nil
}

// fetch requests what has no line yet, and shows and saves what has come of it.
func (o *fetchFlags) fetch(cmd *cobra.Command, args []string, p fetchPlan, store *fetch.Store) error {
	chosen, err := fetching.Choose(o.limit, o.strategy, toSweep()[0], p.most, store.Settled(), open)
	if err != nil {
		return usageError{fmt.Errorf("--limit %w", err)}
	}
	o.settings.Strategy, o.settings.Limiter, o.settings.Target = chosen.Strategy, chosen.Limiter, p.load.Target()
	run := o.newRun(redacted(cmd, args), p)
	alert(cmd.ErrOrStderr(), run.Warnings)
	metrics := telemetry.New()
	page, err := live.Start(p.live, run, metrics)
	if err != nil {
		return fmt.Errorf("--live %w", err)
	}
	defer page.Close()
	if page != nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "live at", page.URL())
	}
	pusher, err := metrics.PushTo(cmd.Context(), p.otlp, run, build.Describe().Version)
	if err != nil {
		return fmt.Errorf("--otlp %w", err)
	}
	screen := fetching.NewScreen(cmd.ErrOrStderr(), o.quiet)
	report := fetching.NewReport(run, chosen, screen, fetching.Watchers{Page: page, Metrics: metrics, Pusher: pusher}, secret.From(cmd.Context()))
	sum, err := fetch.Run(cmd.Context(), p.source, store, o.settings, report.Observer())
	screen.Clear()
	if sum.Total == 0 { // nothing was begun
		_ = pusher.Close()
		return err
	}
	broken := errors.Join(report.Conclude(sum, err), pushed(pusher, p.otlp))
	page.Conclude(run)
	unsaved := o.save(cmd, run)
	return errors.Join(o.outcome(sum, err), broken, o.show(cmd, fetching.Document{Run: run, Summary: sum, Hidden: secret.Logins}), unsaved)
}

// save saves the run if that is wanted, and if there was a request.
func (o *fetchFlags) save(cmd *cobra.Command, run *results.Run) error {
	if o.out == "" || run.Trials[0].Started == 0 {
		return nil
	}
	keep, err := newKeeper(o.out, run)
	if err != nil {
		return err
	}
	defer keep.close()
	trial := run.Trials[0]
	run.Trials = run.Trials[:0]
	keep.trial(trial)
	if err := keep.finish(); err != nil {
		return err
	}
	if !o.quiet {
		fmt.Fprintln(cmd.ErrOrStderr(), "saved to", keep.path())
	}
	return nil
}

// newRun returns the run as it is known before the first request.
func (o *fetchFlags) newRun(arguments []string, p fetchPlan) *results.Run {
	settings := p.load.Settings()
	settings.DurationSeconds, settings.Retries, settings.MaxBody = 0, o.settings.Retries, p.load.Target().MaxBody
	run := &results.Run{
		Version: results.Version, Command: "fetch", Target: p.target, Started: time.Now().UTC().Format(time.RFC3339), Arguments: arguments,
		Machine: machine.Describe(), Settings: settings, Warnings: spread(p.load.Header, fetching.Addresses(p.source)),
	}
	if strings.HasPrefix(p.target, "/") && o.urls == "" {
		run.Bundled = &results.Bundled{Profile: o.profile}
	}
	return run.NonNull()
}

// show prints what was done: where the lines are not.
func (o *fetchFlags) show(cmd *cobra.Command, d fetching.Document) error {
	to := cmd.OutOrStdout()
	if o.output == fetching.Standard {
		to = cmd.ErrOrStderr()
	}
	return o.display.show(d, d.Run.Warnings, to, cmd.ErrOrStderr())
}

// outcome returns the error that says how the fetch has ended; nil if every URL succeeded.
func (o *fetchFlags) outcome(sum fetch.Summary, err error) error {
	file := o.output != fetching.Standard
	switch {
	case errors.Is(err, context.Canceled) && errors.Is(err, fetch.ErrStopped):
		done := fmt.Sprintf("%s of %s are done", text.Count(sum.Done()), text.Plural(sum.Total, "URL"))
		if file {
			done += " and have a line in " + o.output + ": go on with the same command"
		}
		return fmt.Errorf("%w: %s", context.Canceled, done)
	case err != nil && file:
		return fmt.Errorf("%w: what has a line in %s is kept: go on with the same command", err, o.output)
	case err != nil:
		return err
	case sum.Failed > 0:
		failed := fmt.Sprintf("%s of %s failed for good (%s)", text.Count(sum.Failed), text.Plural(sum.Total, "URL"), text.Classes(sum.Failures))
		if file {
			failed += ": --retry-failed requests them again"
		}
		return unfetchedError{errors.New(failed)}
	}
	return nil
}
