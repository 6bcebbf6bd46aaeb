package strategies

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// A Message is what a request sends beside its URL.
type Message struct {
	Method string
	Header http.Header // a name without values keeps the target's header of that name from being sent
	Body   []byte
}

// IsHead reports whether the method is HEAD, whose responses have no body.
func (m *Message) IsHead() bool { return m.Method == http.MethodHead }

// HasLength reports whether the request has a Content-Length: if it has a body, or a method that usually has one.
func (m *Message) HasLength() bool {
	return len(m.Body) > 0 || m.Method == http.MethodPost || m.Method == http.MethodPut || m.Method == http.MethodPatch
}

// MethodOf returns the method of a request. The target must have its defaults.
func (t Target) MethodOf(r *Request) string {
	if r.Message != nil && r.Message.Method != "" {
		return r.Message.Method
	}
	return t.Method
}

// Message returns what a request sends whose [Request.Message] is own: the target's method, headers and body, with those of own
// in their place. The target must have its defaults. The result must not be changed.
func (t Target) Message(own *Message) Message {
	whole := Message{t.Method, t.Header, t.Body}
	if own == nil {
		return whole
	}
	if own.Method != "" {
		whole.Method = own.Method
	}
	if own.Body != nil {
		whole.Body = own.Body
	}
	if len(own.Header) > 0 {
		whole.Header = t.Header.Clone()
		for name, values := range own.Header {
			if name = http.CanonicalHeaderKey(name); values == nil {
				delete(whole.Header, name)
				continue
			}
			whole.Header[name] = values
		}
	}
	return whole
}

// CheckURL returns an error unless the text is a URL that every client requests in the same way: an absolute one of http or https,
// of printable ASCII characters. The error quotes the text and shows how a right one looks.
func CheckURL(text string) error {
	if i := strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }); i >= 0 {
		// Clients differ in how they send these.
		return fmt.Errorf("%q: want spaces and other than ASCII characters escaped, such as %%20", text)
	}
	parsed, err := url.Parse(text)
	if err != nil && strings.Contains(text, "://") {
		return fmt.Errorf("%w: want one such as http://127.0.0.1:8080/", err)
	}
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Hostname() == "" {
		return fmt.Errorf("%q is not an http URL: want one such as %s", text, withScheme(text))
	}
	if port := parsed.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("%q: port %s: want 1 to 65535", text, port)
		}
	}
	return nil
}

// hostAndPath matches what lacks only a scheme to be a URL: a host with a port, or a name with a dot, or an address.
var hostAndPath = regexp.MustCompile(`^(localhost|[\w.-]+\.[a-zA-Z]{2,}|\d+(\.\d+){3}|[\w.-]+:\d+)(:\d+)?(/.*)?$`)

// withScheme returns a URL for what may be one without its scheme, or else an example.
func withScheme(text string) string {
	if !hostAndPath.MatchString(text) {
		return "http://127.0.0.1:8080/"
	}
	return "http://" + text
}

// HostOf returns the scheme, host and port of a URL that [CheckURL] accepts, without the user. It allocates nothing unless the URL
// has a user.
func HostOf(url string) string {
	scheme := strings.Index(url, "://") + len("://")
	end := len(url)
	if i := strings.IndexAny(url[scheme:], "/?#"); i >= 0 {
		end = scheme + i
	}
	if at := strings.LastIndexByte(url[scheme:end], '@'); at >= 0 {
		return url[:scheme] + url[scheme+at+1:end]
	}
	return url[:end]
}
