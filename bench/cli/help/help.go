// Package help says how a command is called: help that fits the terminal, and what was meant by arguments that are not known.
package help

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sweetspot/bench/cli/terminal"
)

// Fit wraps the help of a command and of its subcommands to a terminal of that many columns; 0 leaves it as it is.
func Fit(cmd *cobra.Command, columns int) {
	if columns == 0 {
		return
	}
	if !cmd.HasParent() {
		cmd.SetUsageTemplate(strings.ReplaceAll(cmd.UsageTemplate(), "FlagUsages", fmt.Sprintf("FlagUsagesWrapped %d", columns)))
	}
	cmd.Long = terminal.Wrap(cmd.Long, columns)
	for _, below := range cmd.Commands() {
		Fit(below, columns)
	}
}
