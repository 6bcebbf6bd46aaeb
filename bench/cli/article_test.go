package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"sweetspot/bench/cli/secret"
	"sweetspot/results"
	"sweetspot/results/article"
)

// articleCommand returns the command as cobra runs it, with what it prints.
func articleCommand(ctx context.Context) (cmd *cobra.Command, stdout, stderr *bytes.Buffer) {
	cmd, stdout, stderr = newArticleCommand(), &bytes.Buffer{}, &bytes.Buffer{}
	cmd.SetContext(ctx)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	return cmd, stdout, stderr
}

func TestArticleIsMeasuredWitnessedAndWritten(t *testing.T) {
	dir := t.TempDir()
	flags := articleFlags{repeats: 2, budget: time.Second, seed: 7, out: dir + "/runs", file: dir + "/page.md"}
	cmd, stdout, stderr := articleCommand(t.Context())
	err := flags.show(cmd, []part{
		flags.batches(article.InstantServer, 40, 2, []article.Batch{
			{Strategy: "sequential", Limit: 1, Requests: 40}, {Strategy: "semaphore", Limit: 40, Requests: 40},
			{Strategy: "fortran", Limit: 40, Requests: 40},
		}),
		flags.sweep("fasthttp", article.InstantServer),
		flags.sweep("fortran", article.InstantServer),
	})
	if err != nil {
		t.Fatal(err, stderr)
	}
	page, err := os.ReadFile(flags.file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# The article's clients, measured again", "semaphore  |       40 |    40 |", "counted exactly the same number", "seed 7",
		"fasthttp on the server that answers at once", "left out: no strategy", "left out: fortran swept over the limit",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if !strings.Contains(stdout.String(), "sequential        40      1") {
		t.Errorf("stdout lacks the table:\n%s", stdout)
	}
	for _, want := range []string{"part 1 of 3: batches of 40, profile instant", "saved to"} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("stderr lacks %q:\n%s", want, stderr)
		}
	}
	files, _ := filepath.Glob(dir + "/runs/*-article.jsonl")
	if len(files) != 1 {
		t.Fatalf("saved %v, want the batches", files)
	}
	run, err := results.Load(files[0])
	if err != nil || len(run.Trials) != 4 || run.Settings.Requests != 40 {
		t.Fatalf("saved %d trials of %d requests (%v)", len(run.Trials), run.Settings.Requests, err)
	}
	if i := slices.IndexFunc(run.Trials, func(t results.Trial) bool { return !t.Witnessed }); i >= 0 {
		t.Errorf("trial %d is not witnessed", i)
	}
}

func TestArticleIsShownButNotWrittenWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(1500*time.Millisecond, cancel)
	flags := articleFlags{repeats: 1000, quiet: true, file: t.TempDir() + "/page.md"}
	cmd, stdout, stderr := articleCommand(ctx)
	endless := flags.batches(article.InstantServer, 40, flags.repeats, []article.Batch{{Strategy: "fasthttp", Limit: 40, Requests: 40}})
	err := flags.show(cmd, []part{endless, flags.sweep("fasthttp", article.InstantServer)})
	if status(err, &secret.Filter{}, stderr) != exitInterrupted || !strings.Contains(stdout.String(), "fasthttp") {
		t.Errorf("got %v, want an interruption and what was measured:\n%s", err, stdout)
	}
	if _, err := os.Stat(flags.file); !os.IsNotExist(err) {
		t.Errorf("a page of a part was written (%v)", err)
	}
}

func TestArticleOfNothingSaysWhy(t *testing.T) {
	flags := articleFlags{repeats: 1, budget: time.Second, quiet: true}
	cmd, stdout, _ := articleCommand(t.Context())
	err := flags.show(cmd, []part{flags.sweep("fortran", article.InstantServer)})
	if err == nil || !strings.Contains(err.Error(), `no strategy "fortran"`) || stdout.Len() > 0 {
		t.Errorf("got %v and %q", err, stdout)
	}
}

// The whole has all sizes on both servers, all codes first, and three sweeps; a quick one has the batches.
func TestArticlePartsAreAllSizesAndSweeps(t *testing.T) {
	whole, quick := articleFlags{}.parts(nil), articleFlags{quick: true}.parts(nil)
	if len(whole) != 10 || len(quick) != 6 || whole[0].run.Settings.Requests != results.AllCodes {
		t.Errorf("%d parts, %d of them quick, the first of %d requests", len(whole), len(quick), whole[0].run.Settings.Requests)
	}
}
