package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sweetspot/bench/cli/machine"
	"sweetspot/results"
	"sweetspot/results/compare"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// floorVariable is the environment variable with the path of the floor's file.
const floorVariable = "SWEETSPOT_FLOOR"

// usualFloorFile says where the floor's file is if no flag names it.
const usualFloorFile = "$" + floorVariable + ", or sweetspot/floor.json in the user's folder for configuration"

func newFloorCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "floor RUN...",
		Short: "Measure by how much runs of the same program differ",
		Long: `floor reads run files of the same strategies on the same machine and target, such as 40, made at different times. It prints
by how much their goodput differs from run to run, beyond what differs from trial to trial, and saves that for compare, bench and
sweep: the repeats of a single run do not show it. 'make floor' makes the runs.`,
		Example: `  sweetspot floor runs/floor/*.jsonl
  sweetspot floor --output floor.json runs/floor/*.jsonl && sweetspot compare --floor floor.json old.jsonl new.jsonl`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runFloor(cmd, args, output) },
	}
	cmd.Flags().StringVar(&output, "output", "", "write it to this `FILE` (default "+usualFloorFile+")")
	return cmd
}

func runFloor(cmd *cobra.Command, args []string, output string) error {
	var found faults
	runs := loadDistinct(args, &found)
	path, err := floorPath(output)
	found.add("--output", err)
	if err := found.err(); err != nil {
		return err
	}
	floor, err := compare.MeasureFloor(runs)
	if err != nil {
		return err
	}
	if err := floor.Save(path); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "goodput differs by a standard deviation of %s from run to run, and of %s by what each strategy has of its own: %s from %s to %s\nsaved to %s\n",
		text.Percent(floor.Deviation), text.Percent(floor.Strategy.Deviation), text.Plural(floor.Runs, "run"), floor.First, floor.Last, path)
	return nil
}

// loadDistinct reads the run files, each of which may be given only once. It adds what is wrong with them to found.
func loadDistinct(paths []string, found *faults) []*results.Run {
	var runs []*results.Run
	seen := map[string]bool{}
	for _, path := range paths {
		if seen[filepath.Clean(path)] {
			found.addf("%s is given twice: want a file for each run", path)
			continue
		}
		seen[filepath.Clean(path)] = true
		run, err := open(path)
		if err != nil {
			found.failures = append(found.failures, err)
			continue
		}
		runs = append(runs, run)
	}
	return runs
}

// floorPath returns the path of the floor's file: the one that is given, or the usual one.
func floorPath(given string) (string, error) {
	if path := cmp.Or(given, os.Getenv(floorVariable)); path != "" {
		return path, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no folder for configuration: %w", err)
	}
	return filepath.Join(dir, "sweetspot", "floor.json"), nil
}

// bindFloor adds the flag that names the floor. The words say of what it is the standard deviation.
func bindFloor(f *pflag.FlagSet, floor *string, words string) {
	f.StringVar(floor, "floor", "", words+" from run to run from this `FILE`, or this share, such as 1.5% (default "+usualFloorFile+")")
}

// strategyFloor returns the floor of strategies that are compared within a run, and a warning if it was measured on another
// machine. Without a deviation it is nil.
func strategyFloor(given string, found *faults) (*stat.Component, []results.Warning) {
	floor, err := parseFloor(given)
	found.add("--floor", err)
	if floor.Strategy.Deviation == 0 {
		return nil, nil
	}
	return &floor.Strategy, floor.Foreign(machine.Describe())
}

// parseFloor returns the floor that is given as a share or as a file. If none is given it is that of the usual file, or
// [compare.UsualFloor] if there is no such file.
func parseFloor(given string) (compare.Floor, error) {
	if share, ok := parseShare(given); ok {
		of := stat.Component{Deviation: share}
		return compare.Floor{Component: of, Strategy: of}, nil
	}
	path, err := floorPath(given)
	if err != nil {
		return compare.UsualFloor, nil
	}
	floor, err := compare.LoadFloor(path)
	if given == "" && os.Getenv(floorVariable) == "" && errors.Is(err, fs.ErrNotExist) {
		return compare.UsualFloor, nil
	}
	return floor, err
}
