package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// withheld replaces what may be a secret, as in a URL that Go redacts.
const withheld = "xxxxx"

// redacted returns the command line as a run file keeps it: the command, the flags that were given, each in its long form
// and in alphabetic order, and the URL. What may be a secret is withheld: the values of headers, bodies that are not in a
// file, and the user in a URL. The path and the query of a URL are kept, since they say what was measured.
func redacted(cmd *cobra.Command, args []string) []string {
	line := []string{cmd.Name()}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		for _, value := range valuesOf(f) {
			line = append(line, "--"+f.Name+"="+public(f.Name, value))
		}
	})
	for _, arg := range args {
		line = append(line, withoutUser(arg))
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
		return name + ": " + withheld
	case flag == "body" && value != "" && !strings.HasPrefix(value, "@"):
		return withheld
	}
	return value
}

// withoutUser returns a URL, or a template of URLs, without the user, password or token before its host.
func withoutUser(text string) string {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		return text
	}
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		return scheme + "://" + withheld + rest[at:]
	}
	return text
}
