// Package help says how a command is called: help that fits the terminal, and what was meant by arguments that are not known.
package help

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"sweetspot/bench/cli/terminal"
)

// explained matches a command line with what it does, which is set off by two blanks or more.
var explained = regexp.MustCompile(`^(  \S.*?)   *(\S.*)$`)

// examples returns command lines with what they do below them, if they are too wide with it. The command lines stay as they are, so
// that they can be pasted.
func examples(text string, columns int) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		parts := explained.FindStringSubmatch(line)
		if parts == nil || len(line) <= columns {
			lines = append(lines, line)
			continue
		}
		lines = append(lines, parts[1])
		lines = append(lines, terminal.Fill("      ", strings.Fields(parts[2]), columns)...)
	}
	return strings.Join(lines, "\n")
}

// Fit wraps the help of a command and of its subcommands to a terminal of that many columns; 0 leaves it as it is.
func Fit(cmd *cobra.Command, columns int) {
	if columns == 0 {
		return
	}
	if !cmd.HasParent() {
		cmd.InitDefaultHelpCmd()
		cmd.InitDefaultCompletionCmd()
		cmd.SetUsageTemplate(strings.NewReplacer("FlagUsages", fmt.Sprintf("FlagUsagesWrapped %d", columns),
			" for more information about a command.", " for more.").Replace(cmd.UsageTemplate()))
	}
	cmd.Long = terminal.Wrap(cmd.Long, columns)
	cmd.Example = examples(cmd.Example, columns)
	if cmd.HasParent() {
		begin := strings.Repeat(" ", len("  ")+cmd.NamePadding()+1) // of the list of commands
		cmd.Short = strings.TrimSpace(strings.Join(terminal.Fill(begin, strings.Fields(cmd.Short), columns), "\n"))
	}
	for _, below := range cmd.Commands() {
		Fit(below, columns)
	}
}
