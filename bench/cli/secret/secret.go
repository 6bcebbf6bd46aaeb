// Package secret keeps what only the user may know out of everything that the program writes: logins in URLs, values of
// headers, bodies, and the arguments of external programs. Servers and programs repeat such texts in their answers, and
// libraries in their errors.
//
// A [Filter] knows the secrets of one command. [Filter.Text] is the one place where they are withheld; what is measured passes
// it before it is kept, so that tables, run files, pages and metrics have none.
package secret

import (
	"context"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Withheld replaces what may be a secret, as in a URL that Go redacts.
const Withheld = "xxxxx"

// A Filter knows the secrets of a command. Its zero value knows none, and withholds the logins of URLs only. Add secrets before
// other goroutines use it.
type Filter struct {
	pieces map[string]bool // every sequence of pieceBytes bytes of the long secrets
	short  []string        // secrets that are shorter, and whole words only
	words  map[string]bool // words of bodies
}

// pieceBytes is how many bytes of a secret give it away. Texts are cut to a length, so that a part of a secret may stand in
// them.
const pieceBytes = 8

// fewestBytes is the length of the shortest secret that is searched for: a shorter one would be found in every text.
const fewestBytes = 4

// mostShort bounds how many short secrets are kept, since each is searched for in each text.
const mostShort = 4 * mostLogins

// login matches the scheme of a URL and what stands between that and the host.
var login = regexp.MustCompile("([A-Za-z][A-Za-z0-9+.-]*://)[^/?#\\s\"<>`\\\\]*@")

// Logins returns the text without the logins of the URLs, or templates of URLs, in it: user, password or token.
func Logins(text string) string { return login.ReplaceAllString(text, "${1}"+Withheld+"@") }

// Text returns the text without the secrets. A part of a long secret is withheld too, and a short one if it is a whole word.
func (f *Filter) Text(text string) string {
	text = Logins(text)
	hidden := make([]bool, len(text))
	hide := func(from, to int) {
		for i := from; i < to; i++ {
			hidden[i] = true
		}
	}
	for i := 0; len(f.pieces) > 0 && i+pieceBytes <= len(text); i++ {
		if f.pieces[text[i:i+pieceBytes]] {
			hide(i, i+pieceBytes)
		}
	}
	for _, word := range f.short {
		for from := 0; ; {
			at := strings.Index(text[from:], word)
			if at < 0 {
				break
			}
			if from += at; alone(text, from, from+len(word)) {
				hide(from, from+len(word))
			}
			from += len(word)
		}
	}
	if len(f.words) > 0 {
		eachWord(text, func(from, to int) {
			if f.words[text[from:to]] {
				hide(from, to)
			}
		})
	}
	return without(text, hidden)
}

// without returns the text with Withheld in place of each hidden part.
func without(text string, hidden []bool) string {
	var shown strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			shown.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			shown.WriteString(Withheld)
		}
	}
	return shown.String()
}

// alone reports whether the part of the text is no part of a longer word.
func alone(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return !ofWord(before) && !ofWord(after)
}

func ofWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// eachWord calls visit with the bounds of each word of a body or of a text that may quote it.
func eachWord(text string, visit func(from, to int)) {
	start := -1
	for i, r := range text {
		within := ofWord(r) || r == '_' || r == '-'
		switch {
		case within && start < 0:
			start = i
		case !within && start >= 0:
			visit(start, i)
			start = -1
		}
	}
	if start >= 0 {
		visit(start, len(text))
	}
}

// add adds one secret without blanks.
func (f *Filter) add(secret string) {
	switch {
	case len(secret) < fewestBytes:
	case len(secret) < pieceBytes:
		if len(f.short) < mostShort {
			f.short = append(f.short, secret)
		}
	default:
		if f.pieces == nil {
			f.pieces = map[string]bool{}
		}
		for i := 0; i+pieceBytes <= len(secret); i++ {
			f.pieces[secret[i:i+pieceBytes]] = true
		}
	}
}

// key is that of the filter in a context.
type key struct{}

// NewContext returns a context that carries the filter.
func NewContext(ctx context.Context, f *Filter) context.Context {
	return context.WithValue(ctx, key{}, f)
}

// From returns the filter that the context carries; one without secrets if it carries none.
func From(ctx context.Context) *Filter {
	if f, ok := ctx.Value(key{}).(*Filter); ok {
		return f
	}
	return &Filter{}
}
