package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"sweetspot/bench/cli/build"
)

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, its commit and date, and the version of Go",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(cmd.OutOrStdout(), build.Describe())
			return err
		},
	}
}
