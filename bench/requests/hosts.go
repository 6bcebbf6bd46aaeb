package requests

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"sweetspot/strategies"
)

// Messages are what the requests of a load send in place of what its target says.
type Messages interface {
	Message(i int64, url string) *strategies.Message
}

// HostHeaders are headers for single hosts, by the host as in a URL: with its port for that port only, without for all ports.
type HostHeaders map[string]http.Header

// Add adds a header for a host. The host must be a name or an address, with a port or without.
func (h HostHeaders) Add(host string, header http.Header) error {
	parsed, err := url.Parse("http://" + host + "/")
	if err != nil || parsed.Host != host || parsed.Hostname() == "" {
		return errors.New("want a host such as example.com or 127.0.0.1:8080")
	}
	host = strings.ToLower(host)
	if h[host] == nil {
		h[host] = http.Header{}
	}
	for name, values := range header {
		h[host][name] = append(h[host][name], values...)
	}
	return nil
}

// of returns the headers for a host; those with its port come first.
func (h HostHeaders) of(host string) []http.Header {
	host = strings.ToLower(host)
	var found []http.Header
	if header := h[host]; header != nil {
		found = append(found, header)
	}
	withoutPort := host
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		withoutPort = host[:i]
	}
	if header := h[withoutPort]; header != nil && withoutPort != host {
		found = append(found, header)
	}
	return found
}

// PerHost are the messages of a load with headers for single hosts, and with cookies. It is safe for concurrent use.
type PerHost struct {
	inner   Messages // may be nil
	headers HostHeaders
	jar     http.CookieJar // may be nil

	made sync.Map // messages by madeOf, so that requests which send the same share one
}

// madeOf is what a message is made of.
type madeOf struct {
	host, cookies string
	own           *strategies.Message
}

// NewPerHost returns messages that add the headers for the host and the cookies of the jar to those of inner. Either may be empty or
// nil. A header that a message has already stays as it is; a cookie is added.
func NewPerHost(inner Messages, headers HostHeaders, jar http.CookieJar) *PerHost {
	return &PerHost{inner: inner, headers: headers, jar: jar}
}

// Parts returns what the messages were made of: see [NewPerHost].
func (p *PerHost) Parts() (inner Messages, headers HostHeaders, jar http.CookieJar) {
	return p.inner, p.headers, p.jar
}

// Message implements [Messages].
func (p *PerHost) Message(i int64, address string) *strategies.Message {
	var own *strategies.Message
	if p.inner != nil {
		own = p.inner.Message(i, address)
	}
	return p.kept(p.key(own, address))
}

// With returns what a request to that URL sends whose message is own, which may be nil. Unlike Message it keeps nothing of own, so
// that there may be any number of them.
func (p *PerHost) With(own *strategies.Message, address string) *strategies.Message {
	key := p.key(own, address)
	if own != nil {
		return p.make(key)
	}
	return p.kept(key)
}

// DifferByHost reports that they do: see bench's HostMessages.
func (p *PerHost) DifferByHost() bool { return true }

// Redirected is Message for the URL to which redirects have led the i-th request. Elsewhere says that this is another server than the
// first: then the message has no credentials but those that are for the URL.
func (p *PerHost) Redirected(i int64, address string, elsewhere bool) *strategies.Message {
	if !elsewhere || p.inner == nil {
		return p.Message(i, address)
	}
	own := p.inner.Message(i, address)
	if own == nil {
		return p.Message(i, address)
	}
	return p.With(own.WithoutCredentials(), address)
}

func (p *PerHost) key(own *strategies.Message, address string) madeOf {
	return madeOf{host: strategies.HostOf(address), cookies: p.cookies(address), own: own}
}

// kept returns the message that was made of the same before, or makes it.
func (p *PerHost) kept(key madeOf) *strategies.Message {
	if made, known := p.made.Load(key); known {
		return made.(*strategies.Message)
	}
	made, _ := p.made.LoadOrStore(key, p.make(key))
	return made.(*strategies.Message)
}

func (p *PerHost) cookies(address string) string {
	if p.jar == nil {
		return ""
	}
	to, err := url.Parse(address)
	if err != nil {
		return ""
	}
	var pairs []string
	for _, cookie := range p.jar.Cookies(to) {
		pairs = append(pairs, cookie.Name+"="+cookie.Value)
	}
	return strings.Join(pairs, "; ")
}

// make returns a message; nil if it adds nothing and there was none.
func (p *PerHost) make(key madeOf) *strategies.Message {
	_, host, _ := strings.Cut(key.host, "://")
	headers := p.headers.of(host)
	if len(headers) == 0 && key.cookies == "" {
		return key.own
	}
	made := strategies.Message{Header: http.Header{}}
	if key.own != nil {
		made.Method, made.Body = key.own.Method, key.own.Body
		headers = append([]http.Header{key.own.Header}, headers...)
	}
	for _, header := range headers {
		for name, values := range header {
			name = http.CanonicalHeaderKey(name)
			if len(made.Header[name]) == 0 {
				made.Header[name] = values
			}
		}
	}
	if key.cookies != "" {
		made.Header["Cookie"] = append(append([]string{}, made.Header["Cookie"]...), key.cookies)
	}
	return &made
}

// ParseLogin reads a request for a login: a method, a URL and the body, separated by blanks. A URL may be only a path.
func ParseLogin(text string) (method, address, body string, err error) {
	method, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	address, body, _ = strings.Cut(strings.TrimSpace(rest), " ")
	request, err := http.NewRequest(method, "/", nil)
	if err != nil || request.Method != method || address == "" {
		return "", "", "", errors.New("want a method, a URL and a body, such as 'POST /login user=me&password=x'")
	}
	if !strings.HasPrefix(address, "/") {
		if err := strategies.CheckURL(address); err != nil {
			return "", "", "", fmt.Errorf("want a path or a URL: %w", err)
		}
	}
	return method, address, strings.TrimSpace(body), nil
}
