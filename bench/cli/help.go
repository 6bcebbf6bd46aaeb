package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sweetspot/bench/cli/terminal"
)

// fitHelp wraps the help of a command and of its subcommands to a terminal of that many columns; 0 leaves it as it is.
func fitHelp(cmd *cobra.Command, columns int) {
	if columns == 0 {
		return
	}
	if !cmd.HasParent() {
		cmd.SetUsageTemplate(strings.ReplaceAll(cmd.UsageTemplate(), "FlagUsages", fmt.Sprintf("FlagUsagesWrapped %d", columns)))
	}
	cmd.Long = terminal.Wrap(cmd.Long, columns)
	for _, below := range cmd.Commands() {
		fitHelp(below, columns)
	}
}
