package lines

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/pflag"
)

// curlFlags are the flags of curl that say what a request sends.
type curlFlags struct {
	set                                 *pflag.FlagSet
	method, user, agent, referer, where string
	headers, data, json, cookies        []string
	head, get                           bool
}

// ignored are flags of curl that say nothing about what a request sends, or ask for what every client does or leaves alone.
var ignored = []struct {
	name, short string
	hasValue    bool
}{
	{"compressed", "", false}, {"insecure", "k", false}, {"location", "L", false}, {"silent", "s", false}, {"show-error", "S", false},
	{"verbose", "v", false}, {"include", "i", false}, {"fail", "f", false}, {"globoff", "g", false}, {"path-as-is", "", false},
	{"http1.1", "", false}, {"http2", "", false}, {"http3", "", false}, {"output", "o", true}, {"max-time", "m", true},
	{"connect-timeout", "", true}, {"retry", "", true},
}

func newCurlFlags() *curlFlags {
	f := &curlFlags{set: pflag.NewFlagSet("curl", pflag.ContinueOnError)}
	f.set.SetOutput(io.Discard)
	f.set.Usage = func() {}
	f.set.StringVarP(&f.method, "request", "X", "", "")
	f.set.StringVarP(&f.user, "user", "u", "", "")
	f.set.StringVarP(&f.agent, "user-agent", "A", "", "")
	f.set.StringVarP(&f.referer, "referer", "e", "", "")
	f.set.StringVar(&f.where, "url", "", "")
	f.set.StringArrayVarP(&f.headers, "header", "H", nil, "")
	f.set.StringArrayVarP(&f.cookies, "cookie", "b", nil, "")
	f.set.StringArrayVarP(&f.data, "data", "d", nil, "")
	for _, name := range []string{"data-raw", "data-ascii", "data-binary"} {
		f.set.StringArrayVar(&f.data, name, nil, "")
	}
	f.set.StringArrayVar(&f.json, "json", nil, "")
	f.set.BoolVarP(&f.head, "head", "I", false, "")
	f.set.BoolVarP(&f.get, "get", "G", false, "")
	for _, flag := range ignored {
		if flag.hasValue {
			f.set.StringP(flag.name, flag.short, "", "")
		} else {
			f.set.BoolP(flag.name, flag.short, false, "")
		}
	}
	return f
}

// parseCommand reads a command of curl. Its flags that say what a request sends are understood, those that say how it is made are
// ignored, and others are an error.
func parseCommand(command string) (Line, error) {
	words, err := split(command)
	if err != nil {
		return Line{}, fmt.Errorf("curl: %w", err)
	}
	f := newCurlFlags()
	if err := f.set.Parse(words[1:]); err != nil {
		return Line{}, fmt.Errorf("curl: %w: want flags that say what is sent, such as -X, -H and -d", err)
	}
	addresses := f.set.Args()
	if f.where != "" {
		addresses = append(addresses, f.where)
	}
	if len(addresses) != 1 {
		return Line{}, fmt.Errorf("curl: %d URLs: want one", len(addresses))
	}
	l := Line{URL: addresses[0]}
	return l, f.fill(&l)
}

// fill sets what the request sends.
func (f *curlFlags) fill(l *Line) error {
	for _, header := range f.headers {
		if err := l.addLine(header); err != nil {
			return err
		}
	}
	for _, own := range []struct{ name, value string }{
		{"User-Agent", f.agent}, {"Referer", f.referer}, {"Cookie", strings.Join(f.cookies, "; ")}, {"Authorization", basic(f.user)},
	} {
		if own.value != "" {
			l.add(own.name, own.value)
		}
	}
	if err := f.fillBody(l); err != nil {
		return err
	}
	if f.head {
		l.message().Method = http.MethodHead
	}
	if f.method != "" {
		l.message().Method = f.method
		return checkMethod(f.method)
	}
	return nil
}

// basic returns the value of Authorization for a login, "" without one.
func basic(login string) string {
	if login == "" {
		return ""
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(login))
}

// fillBody sets the body, or with -G the query.
func (f *curlFlags) fillBody(l *Line) error {
	kind, parts, between := "application/x-www-form-urlencoded", f.data, "&"
	if len(f.json) > 0 {
		kind, parts, between = "application/json", f.json, ""
	}
	if len(parts) == 0 {
		return nil
	}
	for _, part := range parts {
		if strings.HasPrefix(part, "@") && !f.set.Changed("data-raw") {
			return errors.New("curl: a body from a file: want the body itself")
		}
	}
	body := strings.Join(parts, between)
	if f.get {
		mark := "?"
		if strings.Contains(l.URL, "?") {
			mark = "&"
		}
		l.URL += mark + body
		return nil
	}
	m := l.message()
	m.Method, m.Body = http.MethodPost, []byte(body)
	if m.Header.Get("Content-Type") == "" {
		l.add("Content-Type", kind)
	}
	if len(f.json) > 0 && m.Header.Get("Accept") == "" {
		l.add("Accept", "application/json")
	}
	return nil
}
