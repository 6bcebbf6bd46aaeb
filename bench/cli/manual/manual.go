// Package manual writes the man pages and the shell completions of the command line, for archives and packages.
package manual

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"sweetspot/bench/cli/build"
)

// Write writes a man page for each command into dir/man, and completions for bash, zsh and fish into dir/completions. It makes
// the folders.
func Write(root *cobra.Command, dir string) error {
	pages, completions := filepath.Join(dir, "man"), filepath.Join(dir, "completions")
	for _, folder := range []string{pages, completions} {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return err
		}
	}
	for _, shell := range []struct {
		file  string
		write func(path string) error
	}{
		{"sweetspot.bash", func(path string) error { return root.GenBashCompletionFileV2(path, true) }},
		{"_sweetspot", root.GenZshCompletionFile},
		{"sweetspot.fish", func(path string) error { return root.GenFishCompletionFile(path, true) }},
	} {
		if err := shell.write(filepath.Join(completions, shell.file)); err != nil {
			return err
		}
	}
	asMarkdown(root)
	return doc.GenManTree(root, header(), pages)
}

// header is the head of the man pages. The date is that of the commit, so that the same source gives the same pages.
func header() *doc.GenManHeader {
	info := build.Describe()
	h := &doc.GenManHeader{Section: "1", Source: "sweetspot " + info.Version, Manual: "sweetspot"}
	if at, err := time.Parse(time.RFC3339, info.Date); err == nil {
		h.Date = &at
	}
	return h
}

// asMarkdown turns the help of the commands into Markdown, from which the man pages are made: lines that are indented, which
// are lists and examples, keep their line breaks.
func asMarkdown(cmd *cobra.Command) {
	cmd.DisableAutoGenTag = true
	var lines []string
	inList := false
	for line := range strings.SplitSeq(cmd.Long, "\n") {
		indented := strings.HasPrefix(line, "  ")
		if indented != inList {
			lines = append(lines, "")
		}
		if inList = indented; indented {
			line = "  " + line
		}
		lines = append(lines, line)
	}
	cmd.Long = strings.Join(lines, "\n")
	for _, below := range cmd.Commands() {
		asMarkdown(below)
	}
}

// NewCommand returns the hidden command that writes the manual.
func NewCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "manual DIR",
		Short:  "Write man pages and shell completions into a folder",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := Write(cmd.Root(), args[0]); err != nil {
				return fmt.Errorf("manual: %w", err)
			}
			return nil
		},
	}
}
