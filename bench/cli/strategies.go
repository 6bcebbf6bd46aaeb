package cli

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"sweetspot/strategies"
)

func newStrategiesCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "strategies",
		Short:   "List the strategies, with what each does and when to choose it",
		Example: "  sweetspot strategies",
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

func list(to io.Writer, all []strategies.Strategy) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, s := range all {
		fmt.Fprintf(table, "%s\t%s\n", s.Name(), s.Doc())
	}
	return table.Flush()
}
