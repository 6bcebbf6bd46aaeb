package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"

	"github.com/spf13/pflag"

	"sweetspot/strategies"
	"sweetspot/strategies/external"
)

// programs are the strategies that --external names.
type programs []strategies.Strategy

func bindExternal(f *pflag.FlagSet, external *[]string) {
	f.StringArrayVar(external, "external", nil, "run a program as a strategy too, by `NAME=COMMAND`; may be repeated; see strategies/EXTERNAL.md")
}

// programName matches the names that a program may have: they cannot be confused in a list of names or in a table.
var programName = regexp.MustCompile(`^[a-z0-9][a-z0-9+_.-]*$`)

// parsePrograms reads programs, each given as NAME=COMMAND, and starts each of them once, so that a program that cannot run
// here is known before anything is measured.
func parsePrograms(ctx context.Context, texts []string, found *faults) programs {
	var all programs
	for _, text := range texts {
		name, command, separated := strings.Cut(text, "=")
		_, err := strategies.Get(name)
		switch {
		case !separated:
			found.addf("--external %s: want NAME=COMMAND, such as 'mine=python3 client.py'", text)
		case !programName.MatchString(name):
			found.addf("--external %s: name %q: want lower case letters, digits and + - _ .", text, name)
		case err == nil, all.find(name) != nil, name == everyStrategy:
			found.addf("--external %s: the name %s is taken", text, name)
		default:
			words, err := splitCommand(command)
			if err == nil {
				_, err = exec.LookPath(words[0])
			}
			if err != nil {
				found.addf("--external %s: %w", text, err)
				continue
			}
			program, err := external.Program{Name: name, Command: words}.Greet(ctx)
			if err != nil {
				found.failures = append(found.failures, fmt.Errorf("--external %w", err))
				continue
			}
			all = append(all, program.Strategy())
		}
	}
	return all
}

// names returns the names of the programs.
func (p programs) names() []string {
	var names []string
	for _, s := range p {
		names = append(names, s.Name())
	}
	return names
}

// find returns the program of that name, nil if there is none.
func (p programs) find(name string) strategies.Strategy {
	for _, s := range p {
		if s.Name() == name {
			return s
		}
	}
	return nil
}

// get returns the strategy of that name, which may be a program or a registered strategy.
func (p programs) get(name string) (strategies.Strategy, error) {
	if s := p.find(name); s != nil {
		return s, nil
	}
	s, err := strategies.Get(name)
	if err != nil {
		return nil, fmt.Errorf("%w (sweetspot strategies lists all)", err)
	}
	return s, nil
}

var (
	errNoCommand = errors.New("an empty command: want a program and its arguments, such as 'mine=python3 client.py'")
	errUnclosed  = errors.New("a quote is not closed, or a backslash ends the command")
)

// splitCommand splits a command into words as a shell does: at blanks that no quote or backslash protects. Nothing else is
// special, since no shell runs the command.
func splitCommand(text string) ([]string, error) {
	var (
		words  []string
		word   strings.Builder
		within bool // a word
		quote  rune // that is open, 0 if none is
		escape bool // the next character is just that
	)
	for _, c := range text {
		switch {
		case escape:
			if quote == '"' && c != '"' && c != '\\' {
				word.WriteRune('\\')
			}
			word.WriteRune(c)
			escape = false
		case c == '\\' && quote != '\'':
			escape, within = true, true
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, within = c, true
		case quote == 0 && strings.ContainsRune(" \t\n", c):
			if within {
				words = append(words, word.String())
			}
			word.Reset()
			within = false
		default:
			word.WriteRune(c)
			within = true
		}
	}
	if quote != 0 || escape {
		return nil, errUnclosed
	}
	if within {
		words = append(words, word.String())
	}
	if len(words) == 0 || words[0] == "" {
		return nil, errNoCommand
	}
	return words, nil
}
