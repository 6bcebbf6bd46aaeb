package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"sweetspot/results"
	"sweetspot/results/snippet"
)

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
	at := results.At{Strategy: h.Strategy}
	why := fmt.Sprintf("measured by sweetspot %s, with %s", run.Command, h.Strategy)
	if o := run.OptimumOf(at); o != nil {
		why = "measured with " + h.Strategy + ": " + o.Advice()
	}
	return snippet.Write(to, snippet.Language(s.language), h.Limit, why)
}
