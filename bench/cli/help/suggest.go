package help

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// CheckTopic has the help command refuse what is no command, as every other place does.
func CheckTopic(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	topic, _, _ := root.Find([]string{"help"})
	topic.Args = func(_ *cobra.Command, args []string) error {
		_, _, err := root.Find(args)
		return err
	}
}

// Misspelt returns cobra's error about the arguments as one line that suggests what was meant.
func Misspelt(root *cobra.Command, err error) error {
	var word, parent string
	if n, _ := fmt.Sscanf(err.Error(), "unknown command %q for %q", &word, &parent); n < 2 {
		return err
	}
	if parent != root.Name() {
		return fmt.Errorf("%q: %s takes flags only, see '%s --help'", word, parent, parent)
	}
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return suggest(fmt.Sprintf("unknown command %q", word), word, names, "want one of "+strings.Join(names, ", "))
}

// wanted has what a flag of each type wants whose own errors are those of Go's parsers.
var wanted = map[string]string{
	"duration": "a number with a unit, such as 500ms, 5s or 2m",
	"int":      "a whole number", "int64": "a whole number", "uint64": "a whole number from 0",
	"intSlice": "whole numbers, separated by commas",
	"float64":  "a number",
	"bool":     "true or false",
}

// MisspeltFlag returns an error about a command's flags with a suggestion of what was meant. Cobra calls it.
func MisspeltFlag(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &invalid) && wanted[invalid.GetFlag().Value.Type()] != "":
		return fmt.Errorf("--%s %s: want %s", invalid.GetFlag().Name, invalid.GetValue(), wanted[invalid.GetFlag().Value.Type()])
	case !errors.As(err, &missing):
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, "--"+f.Name)
		}
	})
	word := missing.GetSpecifiedName()
	switch group := missing.GetSpecifiedShortnames(); len(group) {
	case 0:
		word = "--" + word
	case 1:
		word = "" // a single letter is similar to every other
	default:
		word = "--" + group // with one dash too few: -limit
	}
	if group := missing.GetSpecifiedShortnames(); group == "c" && cmd.Flags().Lookup("limits") != nil {
		return fmt.Errorf("%s: %s seeks the limit: want --limits for certain ones, or 'bench -c N' for a single one", err, cmd.Name())
	}
	if flag := meant(cmd, strings.TrimLeft(cmp.Or(strings.TrimPrefix(word, "--"), missing.GetSpecifiedShortnames()), "-")); flag != "" {
		return fmt.Errorf("%s: did you mean %s?", err, flag)
	}
	return suggest(err.Error(), word, names, fmt.Sprintf("see '%s --help'", cmd.CommandPath()))
}

// elsewhere has the flags of other programs, such as curl, wrk and hey, with the flags of ours for the same thing. Which of them a
// command has is the one that is meant.
var elsewhere = map[string][]string{
	"c": {"limit", "limits"}, "concurrency": {"limit", "limits"}, "connections": {"limit", "limits"}, "limit": {"limits"},
	"parallel": {"limit", "limits"}, "parallel-max": {"limit", "limits"}, "threads": {"limit", "limits"}, "workers": {"limit", "limits"},
	"vus": {"limit", "limits"}, "limits": {"limit"}, "users": {"limit", "limits"}, "concurrent": {"limit", "limits"}, "clients": {"limit", "limits"},
	"P": {"limit", "limits"}, "Z": {"limit", "limits"}, "t": {"limit", "limits"}, "z": {"duration"}, "m": {"method"},
	"max-time": {"timeout"}, "port": {"addr"}, "p": {"addr"}, "listen": {"addr"}, "dir": {"out"}, "output-dir": {"out"},
	"qps": {"rate"}, "rps": {"rate"}, "num": {"requests"}, "iterations": {"requests"}, "time": {"duration"},
	"data": {"body"}, "data-raw": {"body"}, "request": {"method"}, "k": {"insecure"}, "x": {"proxy"}, "u": {"header"}, "user": {"header"},
	"output": {"out"}, "o": {"out"}, "json": {"format"}, "csv": {"format"}, "url": {"urls"}, "input": {"urls"}, "file": {"urls"},
	"strategies": {"strategy"}, "client": {"strategy"},
}

// meant returns the flag of the command that stands for a flag of another program, with two dashes; empty if there is none.
func meant(cmd *cobra.Command, word string) string {
	for _, name := range elsewhere[word] {
		if cmd.Flags().Lookup(name) != nil {
			return "--" + name
		}
	}
	return ""
}

// suggest returns an error that ends with the names that are similar to the word, or with the advice if none is.
func suggest(wrong, word string, names []string, otherwise string) error {
	among := cobra.Command{SuggestionsMinimumDistance: 2} // cobra searches commands only
	for _, name := range names {
		among.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
	}
	near := among.SuggestionsFor(word)
	if word == "" || len(near) == 0 {
		return fmt.Errorf("%s: %s", wrong, otherwise)
	}
	return fmt.Errorf("%s: did you mean %s?", wrong, strings.Join(near, " or "))
}
