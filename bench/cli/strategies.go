package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"sweetspot/bench/cli/terminal"
	"sweetspot/strategies"
	_ "sweetspot/strategies/all"
)

func newStrategiesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "strategies",
		Short: "List the strategies, with what each does and when to choose it",
		Long: `strategies lists the strategies that are built in, with what each does and when to choose it. Any program that speaks
a small protocol is one too: bench and sweep take it as --external NAME=COMMAND. See strategies/EXTERNAL.md.`,
		Example: "  sweetspot strategies\n  sweetspot bench --external 'mine=python3 client.py' -s mine,eventloop",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			if err := list(out, strategies.Named()); err != nil {
				return err
			}
			fmt.Fprintln(out, "\nEvery schedule runs over every client, as schedule+client:")
			return list(out, strategies.Pairs())
		},
	}
}

// list writes a line for each of the strategies, and goes on below where it begins if the terminal is narrow.
func list(to io.Writer, all []strategies.Strategy) error {
	longest := 0
	for _, s := range all {
		longest = max(longest, len(s.Name()))
	}
	for _, s := range all {
		begin := fmt.Sprintf("%-*s  ", longest, s.Name())
		if _, err := fmt.Fprintln(to, strings.Join(terminal.Fill(begin, strings.Fields(s.Doc()), terminal.Columns(to)), "\n")); err != nil {
			return err
		}
	}
	return nil
}
