package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sweetspot/bench/cli/secret"
	"sweetspot/bench/cli/terminal"
	"sweetspot/results"
	"sweetspot/results/report"
)

// reportFlags are the flags of report, as they were given.
type reportFlags struct {
	page     string
	png, svg string
	plot     string
	requests int64
}

func newReportCommand() *cobra.Command {
	var flags reportFlags
	cmd := &cobra.Command{
		Use:   "report RUN...",
		Short: "Show runs as a page with charts, or as single plots",
		Long: `report makes one HTML page of the runs that --out has saved. The page needs no network and no other file. Several runs
are shown in the same charts, as A, B and so on.

With --png or --svg it makes a single plot, and a page only if -o is given:
` + plotLines(),
		Example: `  sweetspot report results/runs/2026-11-22T094226-sweep.jsonl
  sweetspot report old.jsonl new.jsonl -o both.html
  sweetspot report run.jsonl --png throughput.png
  sweetspot report run.jsonl --plot latency --svg latency.svg`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("no run: want files that --out saved, such as results/runs/2026-11-22T094226-sweep.jsonl")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args) },
	}
	f := cmd.Flags()
	f.StringVarP(&flags.page, "output", "o", "report.html", "write the page to this `FILE`; - is standard output")
	f.StringVar(&flags.png, "png", "", "write a plot to this `FILE`, as PNG")
	f.StringVar(&flags.svg, "svg", "", "write a plot to this `FILE`, as SVG")
	f.StringVar(&flags.plot, "plot", report.Plots()[0].Name, "draw the plot of this `NAME` for --png and --svg")
	f.Int64VarP(&flags.requests, "requests", "n", report.DefaultRequests, "show the time that `N` requests take")
	_ = cmd.RegisterFlagCompletionFunc("plot", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, p := range report.Plots() {
			names = append(names, p.Name+"\t"+p.Shows)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

func plotLines() string {
	var lines strings.Builder
	for _, p := range report.Plots() {
		fmt.Fprintf(&lines, "  %-12s %s\n", p.Name, p.Shows)
	}
	return strings.TrimSuffix(lines.String(), "\n")
}

// run writes the files that the flags name. A file is written whole or not at all.
func (f *reportFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	sources, err := loadRuns(args)
	if err != nil {
		return err
	}
	write := func(path string, draw func(w io.Writer) error) error {
		var text bytes.Buffer
		if err := draw(&text); err != nil {
			return err
		}
		if path == "-" {
			_, err := text.WriteTo(terminal.Raw(cmd.OutOrStdout())) // a plot is no text
			return err
		}
		if err := os.WriteFile(path, text.Bytes(), 0o666); err != nil {
			return err
		}
		fmt.Fprintln(cmd.ErrOrStderr(), "written to", path)
		return nil
	}
	for _, picture := range []struct{ path, format string }{{f.png, "png"}, {f.svg, "svg"}} {
		if picture.path == "" {
			continue
		}
		err := write(picture.path, func(w io.Writer) error {
			return report.WritePlot(w, f.plot, picture.format, sources, f.requests)
		})
		if err != nil {
			return err
		}
	}
	if (f.png != "" || f.svg != "") && !cmd.Flags().Changed("output") {
		return nil
	}
	return write(f.page, func(w io.Writer) error {
		return report.Write(w, sources, report.Options{Requests: f.requests})
	})
}

// check returns everything that is wrong with the flags, before any file is read or written.
func (f *reportFlags) check(cmd *cobra.Command) error {
	var found faults
	var names []string
	for _, p := range report.Plots() {
		names = append(names, p.Name)
	}
	if !slices.Contains(names, f.plot) {
		found.addf("--plot %q: want one of %s", f.plot, strings.Join(names, ", "))
	}
	if cmd.Flags().Changed("plot") && f.png == "" && f.svg == "" {
		found.addf("--plot %s without --png or --svg: want one of them with a file; the page has all plots", f.plot)
	}
	if f.requests < 1 {
		found.addf("--requests %d: want at least 1", f.requests)
	}
	for _, file := range []struct{ flag, path string }{{"--output", f.page}, {"--png", f.png}, {"--svg", f.svg}} {
		if cmd.Flags().Changed(file.flag[2:]) {
			found.add(file.flag+" "+file.path, writable(file.path))
		}
	}
	return found.err()
}

// writable returns why a file cannot be written, as far as that is known without writing it, or nil.
func writable(path string) error {
	if path == "" {
		return fmt.Errorf("an empty name: want a file to write")
	}
	if path == "-" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("a folder: want a file to write")
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no folder %s: want one that exists", filepath.Dir(path))
	}
	return nil
}

// loadRuns reads the runs, which are named after their files.
func loadRuns(paths []string) ([]report.Source, error) {
	var sources []report.Source
	for _, path := range paths {
		run, err := open(path)
		if err != nil {
			return nil, err
		}
		sources = append(sources, report.Source{Name: strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), Run: run})
	}
	return sources, nil
}

// open reads a run file, which somebody else may have written.
func open(path string) (*results.Run, error) {
	run, err := results.Load(path)
	if err != nil {
		return nil, err
	}
	new(secret.Filter).Loaded(run)
	return run, nil
}
