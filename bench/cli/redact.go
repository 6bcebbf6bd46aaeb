package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sweetspot/bench/cli/secret"
	"sweetspot/results/text"
)

// redacted returns the command line as a run file keeps it: the command, the flags that were given, each in its long form
// and in alphabetic order, and the URL. What may be a secret is withheld: the values of headers, bodies that are not in a
// file, the user in a URL, and what an external program is given. The path and the query of a URL are kept, since they say
// what was measured.
func redacted(cmd *cobra.Command, args []string) []string {
	line := []string{cmd.Name()}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		for _, value := range valuesOf(f) {
			line = append(line, "--"+f.Name+"="+public(f.Name, value))
		}
	})
	for _, arg := range args {
		line = append(line, secret.Logins(arg))
	}
	return line
}

// valuesOf returns the values of a flag; several if the flag was repeated.
func valuesOf(f *pflag.Flag) []string {
	switch list, ok := f.Value.(pflag.SliceValue); {
	case !ok:
		return []string{f.Value.String()}
	case f.Value.Type() == "stringArray":
		return list.GetSlice()
	default:
		return []string{strings.Join(list.GetSlice(), ",")}
	}
}

// public returns a flag's value without what may be a secret.
func public(flag, value string) string {
	switch {
	case flag == "header":
		name, _, _ := strings.Cut(value, ":")
		return name + ": " + secret.Withheld
	case flag == "header-for":
		host, line, _ := strings.Cut(value, " ")
		name, _, _ := strings.Cut(line, ":")
		return host + " " + name + ": " + secret.Withheld
	case flag == "login":
		method, rest, _ := strings.Cut(value, " ")
		address, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		return method + " " + secret.Logins(address) + " " + secret.Withheld
	case flag == "external":
		return withoutArguments(value)
	case flag == "body" && value != "" && !strings.HasPrefix(value, "@"):
		return secret.Withheld
	}
	return secret.Logins(value)
}

// withoutArguments returns a program as --external takes it, without the words of its command that may be secrets.
func withoutArguments(program string) string {
	name, command, _ := strings.Cut(program, "=")
	words, err := splitCommand(command)
	if err != nil {
		return name + "=" + secret.Withheld
	}
	return name + "=" + strings.Join(append(words[:1], text.Each(words[1:], secret.Argument)...), " ")
}
