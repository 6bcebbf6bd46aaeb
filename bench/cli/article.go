package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"sweetspot/bench/cli/machine"
	"sweetspot/bench/cli/room"
	"sweetspot/bench/cli/terminal"
	"sweetspot/results"
	"sweetspot/results/article"
	"sweetspot/results/render"
)

// articleFlags are the flags of article.
type articleFlags struct {
	repeats int
	budget  time.Duration
	seed    uint64
	quick   bool
	out     string
	file    string
	quiet   bool
}

func newArticleCommand() *cobra.Command {
	var flags articleFlags
	cmd := &cobra.Command{
		Use:   "article",
		Short: "Measure the article's clients, which are in Python, beside Go's",
		Long: `article repeats the measurements of the article "Writing fast async HTTP requests in Python": its clients, at its
sizes and limits, with Go's strategies beside them, against a bundled server like the article's and one that answers at
once. It sweeps the semaphore's size, requests all 36^4 four-character codes, and says what holds and what differs.

It takes about eight minutes. Clients whose library is not installed are left out, and a message says what to install.`,
		Example: `  sweetspot article
  sweetspot article --quick
  sweetspot article --repeats 10 --out results/runs -o results/ARTICLE.md`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return flags.run(cmd) },
	}
	f := cmd.Flags()
	f.IntVar(&flags.repeats, "repeats", 6, "make each batch `N` times")
	f.DurationVar(&flags.budget, "budget", 45*time.Second, "sweep each client for at most `DURATION`")
	f.Uint64Var(&flags.seed, "seed", 0, "order the batches at random by this `SEED` (default a new one, which is saved with the runs)")
	f.BoolVar(&flags.quick, "quick", false, "make batches only, three of each, without sweeps and without all codes; takes about three minutes")
	f.StringVar(&flags.out, "out", "", "save the runs in this `FOLDER`, each trial as soon as it is over")
	f.StringVarP(&flags.file, "output", "o", "", "write the page, as Markdown, to this `FILE` when all has been measured")
	f.BoolVarP(&flags.quiet, "quiet", "q", false, "do not show progress or where the runs were saved")
	return cmd
}

func (a articleFlags) run(cmd *cobra.Command) error {
	if err := a.check(cmd); err != nil {
		return err
	}
	return a.show(cmd, a.parts(redacted(cmd, nil)))
}

// show measures one part after another, each on its own server, and shows what was found, also if it was interrupted or a
// part failed. The file is written only if all was measured, so that half a page never replaces a whole one.
func (a articleFlags) show(cmd *cobra.Command, parts []part) error {
	runs, err := a.measure(cmd, parts)
	if len(runs) == 0 {
		return err
	}
	out := cmd.OutOrStdout()
	err = errors.Join(err, article.Write(out, runs, render.Table, render.Screen{Columns: terminal.Columns(out)}))
	if err != nil || a.file == "" {
		return err
	}
	return writePage(a.file, runs)
}

// measure measures the parts until ctx ends and returns their runs; none if nothing at all could be measured. A part that
// cannot be run here is left out, with a warning on its run.
func (a articleFlags) measure(cmd *cobra.Command, parts []part) (runs []*results.Run, err error) {
	var errs, leftOut []error
	measured := false
	for i, part := range parts {
		if !a.quiet {
			fmt.Fprintf(cmd.ErrOrStderr(), "part %d of %d: %s\n", i+1, len(parts), part.title)
		}
		err := part.do(cmd)
		runs, measured = append(runs, part.run), measured || len(part.run.Trials) > 0
		if ended := cmd.Context().Err(); ended != nil {
			errs = append(errs, cmp.Or(err, ended))
			break
		}
		if err != nil && len(part.run.Trials) == 0 {
			err = fmt.Errorf("left out: %s: %w", part.title, err)
			leftOut, part.run.Warnings = append(leftOut, err), append(part.run.Warnings, results.Warningf(results.LeftOut, "%v", err))
			continue
		}
		errs = append(errs, err)
	}
	if !measured {
		return nil, errors.Join(append(errs, leftOut...)...)
	}
	return runs, errors.Join(errs...)
}

// check returns what is wrong with the flags, and with this machine, before anything is measured.
func (a *articleFlags) check(cmd *cobra.Command) error {
	var found faults
	if a.repeats < 1 {
		found.addf("--repeats %d: want at least 1", a.repeats)
	}
	if a.budget <= 0 {
		found.addf("--budget %v: want more than 0s, such as 1m", a.budget)
	}
	if a.quick && (cmd.Flags().Changed("repeats") || cmd.Flags().Changed("budget")) {
		found.addf("--quick beside --repeats or --budget: want one or the other")
	}
	if a.quick {
		a.repeats = 3
	}
	if !cmd.Flags().Changed("seed") {
		a.seed = rand.Uint64N(1<<52) + 1 // a number that every reader of JSON can hold
	}
	checkOut("--out", a.out, &found)
	if a.file != "" {
		checkOut("--output", filepath.Dir(a.file), &found)
		if at, err := os.Stat(a.file); err == nil && at.IsDir() {
			found.addf("--output %s: is a folder: want a file, such as results/ARTICLE.md", a.file)
		}
	}
	if files, err := machine.RaiseOpenFiles(); err != nil {
		found.addf("open files: %w", err)
	} else if need := uint64(sweptTo + room.SpareFiles); files < need {
		found.addf("the article has %d requests in flight, but the limit on open files is %d: want at least %d, by 'ulimit -Hn'", sweptTo, files, need)
	}
	return found.err()
}

func writePage(path string, runs []*results.Run) error {
	var text bytes.Buffer
	if err := article.Write(&text, runs, render.Markdown, render.Screen{}); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o666)
}
