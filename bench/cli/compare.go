package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sweetspot/results"
	"sweetspot/results/compare"
	"sweetspot/results/text"
)

// compareFlags holds the flags of compare, as they were given.
type compareFlags struct {
	thresholds []string
	floor      string
	anyway     bool
	display    display
}

func newCompareCommand() *cobra.Command {
	var flags compareFlags
	cmd := &cobra.Command{
		Use:   "compare OLD NEW | compare OLD... -- NEW...",
		Short: "Compare saved runs, and fail if one got slower",
		Long: `compare reads run files, which bench and sweep save with --out. For every strategy and limit that is on both sides, it
prints how the goodput of NEW compares with that of OLD: the ratio, its 95% interval, and ~ if the interval includes 1.
If both are sweeps, it also compares the limits to use.

Runs of the same program differ more than the trials of a run do. Several runs a side show by how much: three or more, made in
turn, give the best answer. With one run a side the intervals include by how much runs differ on this machine, which
'make floor' measures once; if it has not been measured, a standard deviation of 2% is assumed.

With --threshold 5% the exit status is 3 if any strategy is certainly more than 5% slower, with a line for each on stderr.
--threshold p99=10% does the same for another figure: ` + figureNames() + `. A warning names what is
too uncertain to see such a change.
Runs of different requests are compared only with --anyway.`,
		Example: `  sweetspot compare runs/2026-11-22T074452-bench.jsonl runs/2026-11-23T081503-bench.jsonl
  sweetspot compare --threshold 5% --threshold p99=10% old1.jsonl old2.jsonl old3.jsonl -- new1.jsonl new2.jsonl new3.jsonl
  sweetspot compare --format benchfmt old.jsonl new.jsonl | benchstat -col run -`,
		Args: func(cmd *cobra.Command, args []string) error {
			_, _, err := sides(cmd, args)
			return err
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runCompare(cmd, args, flags) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&flags.thresholds, "threshold", nil,
		"exit with status 3 if goodput certainly fell by more than this `SHARE`, such as 5%, or if a figure certainly got worse, such as p99=10%; may be repeated")
	bindFloor(f, &flags.floor, "with one run a side, take the standard deviation")
	f.BoolVar(&flags.anyway, "anyway", false, "compare runs even if they made different requests")
	flags.display.bind(cmd)
	return cmd
}

// runFiles returns a check that n run files are given.
func runFiles(what string, n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return fmt.Errorf("%d arguments: want %s, as --out saves them", len(args), what)
		}
		return nil
	}
}

// sides returns the old and the new run files: two arguments, or several with -- between the sides.
func sides(cmd *cobra.Command, args []string) (old, new []string, err error) {
	dash := cmd.ArgsLenAtDash()
	switch {
	case dash < 0 && len(args) == 2:
		return args[:1], args[1:], nil
	case dash > 0 && dash < len(args):
		return args[:dash], args[dash:], nil
	case dash >= 0:
		return nil, nil, fmt.Errorf("%d run files before -- and %d after it: want at least one on each side", dash, len(args)-dash)
	}
	return nil, nil, fmt.Errorf("%d arguments: want two run files, OLD and NEW, as --out saves them, or several with -- between the sides", len(args))
}

func runCompare(cmd *cobra.Command, args []string, flags compareFlags) error {
	var found faults
	flags.display.check(&found)
	var gates []compare.Gate
	for _, words := range flags.thresholds {
		gate, err := compare.ParseGate(words)
		found.add("--threshold", err)
		gates = append(gates, gate)
	}
	floor, err := parseFloor(flags.floor)
	found.add("--floor", err)
	oldPaths, newPaths, _ := sides(cmd, args)
	old, new := loadDistinct(oldPaths, &found), loadDistinct(newPaths, &found)
	if len(old)+len(new) == len(args) && !flags.anyway {
		for i, run := range append(slices.Clone(old), new...) {
			if differences := compare.Differences(old[0].Settings, run.Settings); len(differences) > 0 {
				found.addf("%s and %s made different requests (%s): --anyway compares them",
					args[0], args[i], strings.Join(differences, "; "))
			}
		}
	}
	if err := found.err(); err != nil {
		return err
	}
	comparison, err := compare.Sides(old, new, floor)
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(args, " and "), err)
	}
	comparison.Hold(gates)
	advise(comparison.Warnings)
	if err := flags.display.show(comparison, comparison.Warnings, cmd.OutOrStdout(), cmd.ErrOrStderr()); err != nil {
		return err
	}
	if err := comparison.Unmet(); err != nil {
		return unmetError{err}
	}
	return nil
}

// figureNames lists the figures that a threshold may have, for the help.
func figureNames() string {
	return strings.Join(text.Each(results.Figures, func(f results.Figure) string { return f.Name }), ", ")
}
