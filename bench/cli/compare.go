package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sweetspot/results/compare"
)

// compareFlags holds the flags of compare, as they were given.
type compareFlags struct {
	threshold string
	anyway    bool
	display   display
}

func newCompareCommand() *cobra.Command {
	var flags compareFlags
	cmd := &cobra.Command{
		Use:   "compare OLD NEW",
		Short: "Compare two saved runs, and fail if one got slower",
		Long: `compare reads two run files, which bench and sweep save with --out. For every strategy and limit that is in both, it
prints how the goodput of NEW compares with that of OLD: the ratio, its 95% interval, and ~ if the difference may be noise.
If both are sweeps, it also compares the limits to use.

With --threshold 5% the exit status is 3 if any strategy is certainly more than 5% slower, with a line for each on stderr.
Runs of different requests are compared only with --anyway.`,
		Example: `  sweetspot compare runs/2026-11-22T074452-bench.jsonl runs/2026-11-23T081503-bench.jsonl
  sweetspot compare --threshold 5% old.jsonl new.jsonl
  sweetspot compare --format benchfmt old.jsonl new.jsonl | benchstat -col run -`,
		Args: runFiles("two run files, OLD and NEW", 2),
		RunE: func(cmd *cobra.Command, args []string) error { return runCompare(cmd, args[0], args[1], flags) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.threshold, "threshold", "", "exit with status 3 if goodput certainly fell by more than this `SHARE`, such as 5%")
	f.BoolVar(&flags.anyway, "anyway", false, "compare runs even if they made different requests")
	flags.display.bind(cmd)
	return cmd
}

// runFiles returns a check that n run runFiles are given.
func runFiles(what string, n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return fmt.Errorf("%d arguments: want %s, as --out saves them", len(args), what)
		}
		return nil
	}
}

func runCompare(cmd *cobra.Command, oldPath, newPath string, flags compareFlags) error {
	var found faults
	flags.display.check(&found)
	threshold, err := parseThreshold(flags.threshold)
	found.add("--threshold", err)
	old, err1 := open(oldPath)
	new, err2 := open(newPath)
	for _, err := range []error{err1, err2} {
		if err != nil {
			found.failures = append(found.failures, err)
		}
	}
	if err1 == nil && err2 == nil && !flags.anyway {
		if differences := compare.Differences(old.Settings, new.Settings); len(differences) > 0 {
			found.addf("%s and %s made different requests (%s): --anyway compares them",
				oldPath, newPath, strings.Join(differences, "; "))
		}
	}
	if err := found.err(); err != nil {
		return err
	}
	comparison, err := compare.Runs(old, new)
	if err != nil {
		return fmt.Errorf("%s and %s: %w", oldPath, newPath, err)
	}
	advise(comparison.Warnings)
	if err := flags.display.show(comparison, comparison.Warnings, cmd.OutOrStdout(), cmd.ErrOrStderr()); err != nil {
		return err
	}
	return unmet(comparison, threshold)
}

// unmet returns an error with a line for each row that is certainly slower by more than the threshold; nil is none.
func unmet(c *compare.Comparison, threshold *float64) error {
	if threshold == nil {
		return nil
	}
	var errs []error
	for _, line := range c.Regressions(*threshold) {
		errs = append(errs, errors.New(line))
	}
	if len(errs) == 0 {
		return nil
	}
	return unmetError{errors.Join(errs...)}
}

// parseThreshold reads a share such as 5% or 0.05; the empty text is none.
func parseThreshold(text string) (*float64, error) {
	if text == "" {
		return nil, nil
	}
	share, ok := parseShare(text)
	if !ok {
		return nil, fmt.Errorf("%q: want a share below 100%%, such as 5%% or 0.05", text)
	}
	return &share, nil
}
