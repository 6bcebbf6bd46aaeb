// Package snippet turns a concurrency limit into code to paste.
package snippet

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"
)

//go:embed programs
var files embed.FS

var programs = template.Must(template.ParseFS(files, "programs/*"))

// A Language is one that [Write] knows: a programming language, or a program that can be given a limit.
type Language string

// The languages.
const (
	Python Language = "python"
	Go     Language = "go"
	Curl   Language = "curl"
	XArgs  Language = "xargs"
	Fetch  Language = "fetch"
)

// A way is how to keep to a limit in one language: its title, and a line for a program or a script that exists already.
type way struct {
	language    Language
	title, line string
}

var ways = []way{
	{Python, "Python", "asyncio.Semaphore(%[1]d), with aiohttp.TCPConnector(limit=%[1]d)"},
	{Go, "Go", "semaphore.NewWeighted(%[1]d), or SetLimit(%[1]d) of an errgroup.Group"},
	{Curl, "curl", "curl --parallel --parallel-max %[1]d"},
	{XArgs, "xargs", "xargs -P %[1]d"},
	{Fetch, "sweetspot", "sweetspot fetch -c %[1]d --urls FILE -o OUTPUT.jsonl"},
}

// A Line is one way to keep to a limit in a program that exists already.
type Line struct {
	Language Language
	Title    string // the language as readers know it
	Code     string
}

// Lines returns the usual ways to keep to a limit, each in one line, in the order of [Languages].
func Lines(limit int) []Line {
	var lines []Line
	for _, w := range ways {
		lines = append(lines, Line{w.language, w.title, fmt.Sprintf(w.line, limit)})
	}
	return lines
}

// Languages returns all languages.
func Languages() []Language {
	var all []Language
	for _, w := range ways {
		all = append(all, w.language)
	}
	return all
}

// Names returns the names of all languages, as words of a sentence: "python, go or curl".
func Names() string {
	var names []string
	for _, l := range Languages() {
		names = append(names, string(l))
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// Known reports whether there is a program in the language.
func (l Language) Known() bool { return slices.Contains(Languages(), l) }

// A Use is a limit to keep to.
type Use struct {
	Limit  int    // the most requests at once
	Follow int    // redirects that each of them follows at most; 0 is what the language does by itself
	Why    string // a line that says where the limit comes from
}

// Write writes a whole program in the language. It reads URLs from its standard input, one per line, and requests them with at
// most the limit at once. The error is that of w, or of a language that is not known.
func Write(w io.Writer, l Language, u Use) error {
	if !l.Known() {
		return fmt.Errorf("language %q: want %s", l, Names())
	}
	u.Why = strings.Join(strings.Fields(u.Why), " ")
	return programs.ExecuteTemplate(w, string(l), u)
}
