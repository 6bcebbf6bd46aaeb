package cli

import (
	"fmt"
	"io"
	"runtime"
	"slices"
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
		Long: `strategies lists the built-in strategies, with what each does and when to choose it. A program that speaks a small
protocol is a strategy too: bench and sweep run it with --external NAME=COMMAND. See strategies/EXTERNAL.md.`,
		Example: "  sweetspot strategies\n  sweetspot bench --external 'mine=python3 client.py' -s mine,eventloop",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			if err := list(out, strategies.Named()); err != nil {
				return err
			}
			fmt.Fprintln(out, "\nEvery schedule runs over every client, as schedule+client:")
			if err := list(out, strategies.Pairs()); err != nil {
				return err
			}
			return listTraits(out, append(strategies.Named(), strategies.Pairs()...))
		},
	}
}

// listTraits writes what the libraries cannot do as all others do, with the strategies of which it is true.
func listTraits(to io.Writer, all []strategies.Strategy) error {
	var traits []string
	of := map[string][]string{}
	for _, s := range all {
		name := s.Name()
		if _, client, pair := strings.Cut(name, "+"); pair {
			name = "SCHEDULE+" + client
		}
		for _, words := range strategies.TraitsOf(s).Words() {
			if of[words] == nil {
				traits = append(traits, words)
			}
			if !slices.Contains(of[words], name) {
				of[words] = append(of[words], name)
			}
		}
	}
	same := strings.Fields("All send the same requests and count the same failures, but for what these libraries cannot do otherwise:")
	fmt.Fprintln(to, "\n"+strings.Join(terminal.Fill("", same, terminal.Columns(to)), "\n"))
	for _, words := range traits {
		text := strings.Fields(words + ": " + strings.Join(of[words], ", "))
		if _, err := fmt.Fprintln(to, strings.Join(terminal.Fill("- ", text, terminal.Columns(to)), "\n")); err != nil {
			return err
		}
	}
	return nil
}

// list writes a line for each of the strategies, wrapped if the terminal is narrow.
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

// everyStrategy stands for all built-in strategies, and those of --external, in --strategy.
const everyStrategy = "all"

// toCompare returns the names of the strategies that bench compares by default: those that need no other program and run over
// HTTP/1.1, which every server speaks.
func toCompare() []string {
	return []string{"sequential", "pool", "semaphore", "unbounded", "fasthttp", "eventloop", "adaptive"}
}

// toSweep returns the name of the strategy that sweep runs by default: the one that is least likely to be the bottleneck itself.
func toSweep() []string {
	if runtime.GOOS == "linux" { // where eventloop runs
		return []string{"eventloop"}
	}
	return []string{"pool"}
}

func completeStrategies(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	names := []string{everyStrategy + "\tall that have a name of their own"}
	for _, s := range append(strategies.Named(), strategies.Pairs()...) {
		names = append(names, s.Name()+"\t"+s.Doc())
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// chosen returns the strategies that the flags name, or by default the command's own. Programs of --external may be named too,
// and are among the default ones.
func (o *options) chosen(cmd *cobra.Command, found *faults) []strategies.Strategy {
	own := parsePrograms(cmd.Context(), o.external, found)
	names := o.strategies
	if !cmd.Flags().Changed("strategy") {
		names = slices.Concat(o.defaults, own.names())
	} else if len(names) == 0 {
		names = []string{""}
	}
	var all []strategies.Strategy
	for _, name := range names {
		all = append(all, o.called(strings.TrimSpace(name), own, found)...)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(s strategies.Strategy) bool {
		again := seen[s.Name()]
		seen[s.Name()] = true
		return again
	})
}

// called returns the strategies that a name in --strategy stands for.
func (o *options) called(name string, own programs, found *faults) []strategies.Strategy {
	switch name {
	case "":
		found.addf("--strategy: an empty name: want names separated by commas, such as pool,fasthttp")
		return nil
	case everyStrategy:
		return append(strategies.Named(), own...)
	}
	s, err := own.get(name)
	if err != nil {
		found.add("--strategy", err)
		return nil
	}
	return []strategies.Strategy{s}
}
