package cli

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/snippet"
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

// snippetFlag asks for the answer of a sweep as a program.
type snippetFlag struct{ language string }

func (s *snippetFlag) bind(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.language, "snippet", "", "print a program in this `LANGUAGE` that keeps to the limit to use, and nothing else on stdout: "+snippet.Names())
	var names []string
	for _, l := range snippet.Languages() {
		names = append(names, string(l))
	}
	_ = cmd.RegisterFlagCompletionFunc("snippet", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
}

func (s snippetFlag) given() bool { return s.language != "" }

// check adds to found what is wrong with the flag.
func (s snippetFlag) check(found *faults) {
	if s.given() && !snippet.Language(s.language).Known() {
		found.addf("--snippet %s: want %s", s.language, snippet.Names())
	}
}

// write writes the program that keeps to the run's limit to use. It is an error that the run names none.
func (s snippetFlag) write(run *results.Run, to io.Writer) error {
	h := run.Headline()
	if h.Limit < 1 {
		return errors.New("--snippet: the run names no limit to use: want a sweep that does")
	}
	return snippet.Write(to, snippet.Language(s.language), snippet.Use{Limit: h.Limit, Follow: run.Settings.Follow, Why: h.Source})
}
