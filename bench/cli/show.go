package cli

import (
	"github.com/spf13/cobra"

	"sweetspot/bench/cli/secret"
	"sweetspot/results"
	"sweetspot/results/render"
)

func newShowCommand() *cobra.Command {
	var display display
	var snippet snippetFlag
	cmd := &cobra.Command{
		Use:   "show RUN",
		Short: "Print a saved run again",
		Long: `show prints what bench or sweep printed when it saved the run file, in any format. The file of an interrupted run is
shown as far as it goes.`,
		Example: `  sweetspot show runs/2026-11-22T074452-bench.jsonl
  sweetspot show --format csv runs/2026-11-22T074452-bench.jsonl
  sweetspot show --snippet python runs/2026-11-22T080000-sweep.jsonl >fetch.py`,
		Args: runFiles("one run file", 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var found faults
			display.check(&found)
			snippet.check(&found)
			if err := found.err(); err != nil {
				return err
			}
			run, err := open(args[0])
			if err != nil {
				return err
			}
			if snippet.given() {
				return snippet.write(run, cmd.OutOrStdout())
			}
			return display.show(render.Run(run), results.Warnings(run), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	display.bind(cmd)
	snippet.bind(cmd)
	return cmd
}

// open reads a run file, which somebody else may have written.
func open(path string) (*results.Run, error) {
	run, err := results.Load(path)
	if err != nil {
		return nil, err
	}
	new(secret.Filter).Loaded(run)
	return run, nil
}
