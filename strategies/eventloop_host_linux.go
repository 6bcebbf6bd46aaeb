package strategies

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// A host is where requests go: everything in a URL before the path.
type host struct {
	prefix     string // of its URLs, such as "http://localhost:8080"
	secure     bool
	name, port string
	line       string // the Host header's value
	user       *url.Userinfo

	entry   *name   // its addresses
	idle    []*conn // the one used last at the end
	waiting []*conn // for its addresses
}

func (h *host) forget(c *conn) {
	h.waiting = slices.DeleteFunc(h.waiting, func(other *conn) bool { return other == c })
}
func (h *host) remove(c *conn) {
	h.idle = slices.DeleteFunc(h.idle, func(other *conn) bool { return other == c })
}

// hosts are those of a loop.
type hosts struct {
	latest   *host
	byPrefix map[string]*host
}

// find returns the host of a URL. It costs a comparison if the request before went there too.
func (h *hosts) find(address string) (*host, error) {
	if h.latest != nil && strings.HasPrefix(address, h.latest.prefix) && ends(address, len(h.latest.prefix)) {
		return h.latest, nil
	}
	prefix := address
	if authority := strings.Index(address, "://"); authority >= 0 {
		authority += len("://")
		if end := strings.IndexAny(address[authority:], "/?#"); end >= 0 {
			prefix = address[:authority+end]
		}
	}
	if h.byPrefix[prefix] == nil {
		found, err := newHost(prefix)
		if err != nil {
			return nil, err
		}
		h.byPrefix[prefix] = found
	}
	h.latest = h.byPrefix[prefix]
	return h.latest, nil
}

// ends reports whether the authority of a URL, and with it the prefix, ends at i.
func ends(address string, i int) bool {
	return i == len(address) || address[i] == '/' || address[i] == '?' || address[i] == '#'
}

func newHost(prefix string) (*host, error) {
	parsed, err := url.Parse(prefix)
	if err != nil {
		return nil, err
	}
	if parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Hostname() == "" {
		return nil, fmt.Errorf("%q is not an http URL", prefix)
	}
	line, err := httpguts.PunycodeHostPort(parsed.Host)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", prefix, err)
	}
	h := &host{
		prefix: strings.Clone(prefix), // which would keep the whole URL
		secure: parsed.Scheme == "https",
		port:   parsed.Port(),
		line:   line,
		user:   parsed.User,
	}
	ascii, _ := url.Parse("//" + line)
	if h.name = parsed.Hostname(); ascii != nil {
		h.name = ascii.Hostname()
	}
	h.port = cmp.Or(h.port, "80") // https has its own way
	return h, nil
}

// authorization returns the header that a URL's user and password stand for.
func (h *host) authorization() string {
	if h.user == nil {
		return ""
	}
	password, _ := h.user.Password()
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(h.user.Username(), password)
	return r.Header.Get("Authorization")
}
