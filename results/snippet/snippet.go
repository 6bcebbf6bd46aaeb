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

// A Line is one way to keep to a limit in a program that exists already.
type Line struct{ Where, Code string }

// Lines returns the usual ways to keep to a limit, each in one line.
func Lines(limit int) []Line {
	return []Line{
		{"Python", fmt.Sprintf("asyncio.Semaphore(%d), with aiohttp.TCPConnector(limit=%d)", limit, limit)},
		{"Go", fmt.Sprintf("semaphore.NewWeighted(%d), or SetLimit(%d) of an errgroup.Group", limit, limit)},
		{"shell", fmt.Sprintf("xargs -P %d, or curl --parallel --parallel-max %d", limit, limit)},
		{"sweetspot", fmt.Sprintf("sweetspot fetch -c %d --urls FILE -o OUTPUT.jsonl", limit)},
	}
}

//go:embed programs
var files embed.FS

var programs = template.Must(template.ParseFS(files, "programs/*"))

// A Language is one that [Write] knows.
type Language string

// The languages.
const (
	Python Language = "python"
	Go     Language = "go"
	Curl   Language = "curl"
)

// Languages returns all languages.
func Languages() []Language { return []Language{Python, Go, Curl} }

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

// Write writes a whole program in the language. It reads URLs from its standard input, one per line, and requests them with at
// most limit at once. Why is a line that says where the limit comes from. The error is that of w, or of a language that is not known.
func Write(w io.Writer, l Language, limit int, why string) error {
	if !l.Known() {
		return fmt.Errorf("language %q: want %s", l, Names())
	}
	return programs.ExecuteTemplate(w, string(l), struct {
		Limit int
		Why   string
	}{limit, strings.Join(strings.Fields(why), " ")})
}
