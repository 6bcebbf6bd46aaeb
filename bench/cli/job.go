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
	"sweetspot/results"
	"sweetspot/results/render"
)

// A job is a bench, a sweep or a part of an article whose arguments have been found right.
type job struct {
	load     bench.Load
	display  display
	silent   bool // whoever does the job shows what came of it
	out      string
	live     string
	page     *live
	quiet    bool
	run      *results.Run
	measure  func(ctx context.Context, load bench.Load, observe bench.Observer) error
	conclude func(run *results.Run)
}

// do measures, shows how it gets on, and prints and keeps what came of it; also when it was interrupted or failed half
// way, as long as anything was measured.
func (j job) do(cmd *cobra.Command, server []string) (err error) {
	if j.page, err = newLive(j.live, j.run); err != nil {
		return err
	}
	defer j.page.close()
	if j.page != nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "live at", j.page.url())
	}
	if j.load.URLs != nil {
		return j.against(cmd, nil)
	}
	bundled, err := startServer(cmd.Context(), server...)
	if err != nil {
		return err
	}
	defer bundled.stop()
	j.run.Target = strings.TrimSuffix(bundled.url, "/") + cmp.Or(j.run.Target, "/") // it may be a path on the server
	if j.load.URLs, err = bench.ParseURL(j.run.Target); err != nil {
		return err
	}
	return j.against(cmd, bundled)
}

// against measures the load's target, which may be the bundled server.
func (j job) against(cmd *cobra.Command, bundled *child) error {
	keep, err := newKeeper(j.out, j.run)
	if err != nil {
		return err
	}
	defer keep.close()
	j.page.target(j.run.Target)
	bar := newProgress(cmd.ErrOrStderr(), j.quiet)
	observe := bench.Observer{
		Keep:     func(t results.Trial) error { advise(t.Warnings); j.page.trial(t); return keep.trial(t) },
		Progress: func(at bench.Progress) { j.page.show(at); bar.show(at) },
		Warn:     func(w results.Warning) { j.run.Warnings = append(j.run.Warnings, w) },
		Version:  func(strategy, version string) { j.run.Versions[strategy] = version },
	}
	if bundled != nil {
		observe.Witness = witness(bundled.url)
	}
	err = j.measure(cmd.Context(), j.load, observe)
	bar.clear()
	if len(j.run.Trials) == 0 || errors.Is(err, bench.ErrNothing) {
		return err
	}
	return errors.Join(err, j.finish(keep, cmd.OutOrStdout(), cmd.ErrOrStderr()))
}

// finish draws the conclusions from what was measured, saves and prints them.
func (j job) finish(keep *keeper, stdout, stderr io.Writer) error {
	j.conclude(j.run)
	adviseRun(j.run)
	j.run.PeakMemory = bench.PeakMemory()
	j.page.conclude(j.run)
	var err error
	if !j.silent {
		err = j.display.show(render.Run(j.run), results.Warnings(j.run), stdout, stderr)
	}
	err = errors.Join(err, keep.finish())
	if path := keep.path(); path != "" && !j.quiet {
		fmt.Fprintln(stderr, "saved to", path)
	}
	return err
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
		Machine:    machine(),
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

// A keeper collects a run's trials, and saves them as they come if a folder is named for it.
type keeper struct {
	run  *results.Run
	file *results.File // nil if the run is not saved
}

func newKeeper(dir string, run *results.Run) (*keeper, error) {
	if dir == "" {
		return &keeper{run: run}, nil
	}
	file, err := results.Create(dir, run)
	if err != nil {
		return nil, fmt.Errorf("--out %w", err)
	}
	return &keeper{run, file}, nil
}

func (k *keeper) trial(t results.Trial) error {
	k.run.Trials = append(k.run.Trials, t)
	if k.file == nil {
		return nil
	}
	return k.file.Append(t)
}

func (k *keeper) path() string {
	if k.file == nil {
		return ""
	}
	return k.file.Path()
}

func (k *keeper) finish() error {
	if k.file == nil {
		return nil
	}
	return k.file.Finish(k.run)
}

func (k *keeper) close() error {
	if k.file == nil {
		return nil
	}
	return k.file.Close()
}
