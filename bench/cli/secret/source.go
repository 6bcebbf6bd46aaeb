package secret

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"sweetspot/bench/requests"
)

// Arguments adds the secrets of a command line that is not parsed yet, since the error of a wrong one may quote it.
func (f *Filter) Arguments(args []string) {
	next := func(string) {}
	for _, arg := range args {
		take := next
		next = func(string) {}
		flag, value, joined := strings.Cut(arg, "=")
		add := f.flag(flag)
		switch {
		case strings.Contains(arg, "://") && strings.Contains(arg, "@"):
			f.URL(arg)
		case strings.HasPrefix(arg, "-H") && len(arg) > len("-H"):
			add, value, joined = f.Header, arg[len("-H"):], true
		}
		take(arg)
		switch {
		case add != nil && joined:
			add(value)
		case add != nil:
			next = add
		case spaced.MatchString(arg):
			f.Header(arg)
		}
		if strings.HasSuffix(arg, ":") && !strings.Contains(arg, "://") {
			next = f.unquoted(arg, &next)
		}
	}
}

// spaced matches what looks like a header, wherever it stands.
var spaced = regexp.MustCompile(`^[^\s:/"{}]+:\s+\S`)

// flag returns what takes the value of a flag, nil if the value is no secret.
func (f *Filter) flag(name string) func(string) {
	if len(name) > len("-H") && !strings.HasPrefix(name, "--") {
		name = "-" + name // with one dash too few
	}
	switch name {
	case "-H", "--header":
		return f.Header
	case "--header-for":
		return func(text string) {
			_, line, _ := strings.Cut(text, " ")
			f.Header(line)
		}
	case "--login":
		return func(text string) {
			words := strings.SplitN(strings.TrimSpace(text), " ", 3)
			f.Body([]byte(words[len(words)-1]))
		}
	case "--proxy":
		return f.Proxy
	case "--body":
		return func(text string) {
			if !strings.HasPrefix(text, "@") {
				f.Body([]byte(text))
			}
		}
	case "--external":
		return func(text string) {
			_, command, _ := strings.Cut(text, "=")
			f.Command(strings.FieldsFunc(command, func(r rune) bool { return unicode.IsSpace(r) || r == '\'' || r == '"' }))
		}
	}
	return nil
}

// unquoted takes the words that follow a header's name without quotes, up to the next flag or URL: the shell has split them.
func (f *Filter) unquoted(name string, next *func(string)) func(string) {
	return func(word string) {
		if !strings.HasPrefix(word, "-") && !strings.Contains(word, "://") {
			f.Header(name + word)
			*next = f.unquoted(name, next)
		}
	}
}

// harmless are headers whose values are no secrets, so that words such as "gzip" stay readable in messages.
var harmless = []string{
	"accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "connection", "content-encoding",
	"content-language", "content-length", "content-type", "expect", "host", "if-modified-since", "if-none-match", "keep-alive",
	"origin", "pragma", "range", "te", "transfer-encoding", "upgrade", "user-agent",
}

// schemes are the words before the credentials in a header.
var schemes = []string{"basic", "bearer", "digest", "token", "negotiate"}

// Header adds the value of a header, given as "Name: value". A line without a colon is a secret as a whole.
func (f *Filter) Header(line string) {
	name, value, found := strings.Cut(line, ":")
	if !found {
		value = line
	} else if slices.Contains(harmless, strings.ToLower(strings.TrimSpace(name))) {
		return
	}
	for _, part := range strings.FieldsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;", r) }) {
		if _, after, named := strings.Cut(part, "="); named && strings.Trim(after, "=") != "" { // else it is base64's padding
			part = after
		}
		part = strings.Trim(part, `"`)
		if slices.Contains(schemes, strings.ToLower(part)) {
			continue
		}
		f.add(part)
		if decoded, err := base64.StdEncoding.DecodeString(part); err == nil {
			f.login(string(decoded))
		}
	}
	f.URL(value)
}

// Token adds a secret that is one word; an empty one is none.
func (f *Filter) Token(token string) { f.add(token) }

// URL adds the login of a URL or a template of URLs. In a text that is no URL, all that stands before its last @ is taken
// for a login: a password may have a character that must be escaped in a URL.
func (f *Filter) URL(text string) {
	_, rest, found := strings.Cut(text, "://")
	at := strings.LastIndex(rest, "@")
	if !found || at < 0 {
		return
	}
	if parsed, err := url.Parse(text); err == nil {
		if parsed.User == nil {
			return
		}
		password, _ := parsed.User.Password()
		f.login(parsed.User.Username() + ":" + password)
		f.login(parsed.User.String())
		return
	}
	f.login(rest[:at])
	for _, part := range strings.FieldsFunc(rest[:at], func(r rune) bool { return strings.ContainsRune("/?#%", r) }) {
		f.login(part)
	}
}

// Messages adds the values of headers and the bodies of the first requests of a list.
func (f *Filter) Messages(list *requests.List) {
	for i := range min(list.Len(), mostLogins) {
		m := list.Message(i, "")
		if m == nil {
			continue
		}
		for name, values := range m.Header {
			for _, value := range values {
				f.Header(name + ": " + value)
			}
		}
		f.Body(m.Body)
	}
}

// Proxy adds the login of a proxy's URL, which may lack its scheme.
func (f *Filter) Proxy(text string) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	f.URL(text)
}

// mostLogins is how many URLs of a list are looked at for logins that a server or an error may repeat outside a URL. In a URL a
// login is withheld in any case.
const mostLogins = 1000

// URLs adds the logins of a list of URLs, one per line: of the first that are right and of the first that are wrong.
func (f *Filter) URLs(list string) {
	var right, wrong int
	for line := range strings.Lines(list) {
		if line = strings.TrimSpace(line); !strings.Contains(line, "@") {
			continue
		}
		seen := &right
		if _, err := url.Parse(line); err != nil {
			seen = &wrong
		}
		if *seen++; *seen <= mostLogins {
			f.URL(line)
		}
	}
}

// login adds a user and a password.
func (f *Filter) login(text string) {
	if text = strings.Trim(text, ":"); text == "" {
		return
	}
	user, password, _ := strings.Cut(text, ":")
	f.add(user)
	f.add(password)
	f.add(strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(text)), "=")) // as the header has it
}

// mostBody is how much of a body is searched for in texts: servers quote the beginning.
const mostBody = 64 << 10

// shortestWord is the length of the shortest word of a body that is withheld by itself.
const shortestWord = 6

// Body adds the words of a body, and the body as external programs are given it.
func (f *Filter) Body(body []byte) {
	text := string(body[:min(len(body), mostBody)])
	f.addWords(text)
	f.add(strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(text)), "="))
}

// addWords adds the words of a text, which may be words of a language: most are withheld only as a whole.
func (f *Filter) addWords(text string) {
	if f.words == nil {
		f.words = map[string]bool{}
	}
	eachWord(text, func(from, to int) {
		if to-from < shortestWord {
			return
		}
		f.words[text[from:to]] = true
		if strings.ContainsAny(text[from:to], "0123456789") { // no word of a language, so that a part of it gives it away
			f.add(text[from:to])
		}
	})
}

// Command adds the arguments of an external program, the first word of which is its name, as far as [Argument] withholds them.
func (f *Filter) Command(words []string) {
	for _, word := range words[min(1, len(words)):] {
		if Argument(word) == Withheld {
			_, value, found := strings.Cut(word, "=")
			if !found {
				value = word
			}
			f.addWords(value)
		}
	}
}
