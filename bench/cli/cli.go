// Package cli is the command line: it turns arguments into plans, shows their progress, and prints and saves what they
// found. [Run] is all that it exports.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"strings"

	"github.com/spf13/cobra"

	"sweetspot/bench/cli/build"
	"sweetspot/bench/cli/help"
	"sweetspot/bench/cli/manual"
	"sweetspot/bench/cli/secret"
	"sweetspot/bench/cli/sending"
	"sweetspot/bench/cli/terminal"
)

// The exit statuses that scripts may rely on.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitUnmet       = 3 // the run ended, and a threshold is not met
	exitUnfetched   = 4 // the fetch ended, and URLs failed for good
	exitInterrupted = 130
)

// usageError is a fault that the user can mend by calling the command in another way.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Run runs the command line args, which do not include the program's name, and returns the exit status. When ctx ends, the
// command stops cleanly and reports what it has measured. Results go to stdout; progress, warnings and errors to stderr.
//
// What a server, a library or a program says cannot make the terminal do anything, and no secret of the arguments is printed.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	log.SetOutput(io.Discard) // net/http logs what is wrong with a server's answers: a line per request, which a trial counts anyhow
	args = sending.Paired(args)
	secrets := &secret.Filter{}
	secrets.Arguments(args)
	out, messages := terminal.ForResults(stdout), terminal.ForMessages(stderr, secret.Logins)
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(messages)
	help.Fit(root, terminal.Columns(stdout))
	began := false
	root.PersistentPreRun = func(*cobra.Command, []string) { began = true } // cobra calls it once the arguments are accepted
	err := root.ExecuteContext(secret.NewContext(ctx, secrets))
	if err != nil && !began {
		err = usageError{help.Misspelt(root, err)} // cobra has rejected the arguments
	}
	if failed := out.Err(); failed != nil && !errors.Is(err, failed) { // as of the help, whose errors cobra ignores
		err = errors.Join(err, failed)
	}
	return status(err, secrets, messages)
}

// mostLines is how many lines of an error are printed: a file of URLs may have a fault in every line.
const mostLines = 20

// status prints each line of an error as a message, and returns the exit status for it.
func status(err error, secrets *secret.Filter, stderr io.Writer) int {
	if err == nil {
		return exitDone
	}
	for _, line := range secrets.Lines(err, mostLines) {
		fmt.Fprintln(stderr, "sweetspot: "+strings.Replace(line, context.Canceled.Error(), "interrupted", 1))
	}
	var usage usageError
	var unmet unmetError
	var unfetched unfetchedError
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &unmet):
		return exitUnmet
	case errors.As(err, &unfetched):
		return exitUnfetched
	}
	return exitFailed
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "sweetspot",
		Short: "Which way of making many HTTP requests is fastest, and how many at once?",
		Long: `sweetspot makes many HTTP requests in many ways: one after the other, with a pool of workers, with a semaphore,
over net/http or fasthttp. It measures which way is fastest, sweeps the concurrency limit, and says which limit to use.

Without a URL it starts its own test server, whose best limit is known.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 a threshold is not met, 4 URLs failed for good, 130 interrupted.`,
		Example: `  sweetspot bench                                compare the strategies on the bundled server
  sweetspot sweep http://127.0.0.1:8080/         find the best limit for your server
  sweetspot fetch --urls urls.txt -o out.jsonl   request the URLs, and keep the answers
  sweetspot sweep --out runs --live 8080         keep the run, and watch it at http://127.0.0.1:8080/
  sweetspot report runs/*.jsonl -o report.html   show runs as a page with charts
  sweetspot bench -s pool,fasthttp -c 100 -n 4000 'http://127.0.0.1:8080/items/{1..4000}'
  sweetspot compare --threshold 5% old.jsonl new.jsonl`,
		Version:       build.Describe().Version,
		SilenceErrors: true,
		SilenceUsage:  true,

		DisableSuggestions: true, // cobra's take several lines
	}
	root.SetFlagErrorFunc(help.MisspeltFlag)
	root.AddCommand(newBenchCommand(), newSweepCommand(), newFetchCommand(), newCompareCommand(), newFloorCommand(), newAgentCommand(), newShowCommand(), newReportCommand(),
		newArticleCommand(), newServeCommand(), newStrategiesCommand(), newVersionCommand(), manual.NewCommand())
	help.CheckTopic(root)
	return root
}

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
