package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sweetspot/bench/cli/terminal"
	"sweetspot/results"
	"sweetspot/results/render"
)

// display is how a command shows what it has found, as its flags say.
type display struct {
	format, color string
	beside        bool // stdout has something else: show on stderr
}

// When to colour what is printed, as --color takes it.
const (
	auto   = "auto"
	always = "always"
	never  = "never"
)

func (d *display) bind(cmd *cobra.Command) {
	names := render.Names(render.Formats())
	last := len(names) - 1
	f := cmd.Flags()
	f.StringVar(&d.format, "format", "table", "print in this `FORMAT`: "+strings.Join(names[:last], ", ")+" or "+names[last])
	f.StringVar(&d.color, "color", auto, "colour the table `WHEN`: always, never or auto; auto colours on a terminal, unless NO_COLOR is set or TERM is dumb")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{auto, always, never}, cobra.ShellCompDirectiveNoFileComp))
}

// check adds to found what is wrong with the flags.
func (d display) check(found *faults) {
	if _, err := render.ParseFormat(d.format); err != nil {
		found.addf("--format %w", err)
	}
	if d.color != auto && d.color != always && d.color != never {
		found.addf("--color %q: want auto, always or never", d.color)
	}
}

// show prints the document to stdout. The warnings go to stderr if the format has no place for them.
func (d display) show(document render.Document, warnings []results.Warning, stdout, stderr io.Writer) error {
	if d.beside {
		stdout = stderr
	}
	screen := render.Screen{Columns: terminal.Columns(stdout), Colour: d.coloured(stdout)}
	if err := render.Write(stdout, document, d.format, screen); err != nil {
		return err
	}
	if d.format == render.Table || d.format == render.Markdown {
		return nil
	}
	for _, warning := range warnings {
		fmt.Fprintln(stderr, "warning:", warning)
	}
	return nil
}

// coloured reports whether the output to w is coloured. With auto it is on a terminal that shows colours, unless NO_COLOR is
// set to anything (no-color.org).
func (d display) coloured(w io.Writer) bool {
	shown := terminal.ShowsColours(w) // called for every colour mode, since it switches a Windows console to colours
	if d.color != auto {
		return d.color == always
	}
	return shown && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
