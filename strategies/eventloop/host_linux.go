package eventloop

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"sweetspot/strategies/network"
)

// A host is the part of a URL before the path, with its connections.
type host struct {
	prefix     string // the part of its URLs before the path, such as "http://localhost:8080"
	https      bool
	name, port string
	header     string // the Host header's value
	user       *url.Userinfo

	connections // that speak HTTP/2

	habit   network.Habit // of the server
	idle    []*conn       // in the order in which they became idle
	waiting []*dialling   // wait for the host's addresses

	negotiations int         // in progress
	negotiated   bool        // one has succeeded
	queue        []*dialling // wait until there are fewer
}

func (h *host) stopWaiting(d *dialling) {
	h.waiting = slices.DeleteFunc(h.waiting, func(other *dialling) bool { return other == d })
}

func (h *host) removeIdle(c *conn) {
	h.idle = slices.DeleteFunc(h.idle, func(other *conn) bool { return other == c })
}

// hosts are the hosts of a loop.
type hosts struct {
	latest   *host
	byPrefix map[string]*host
}

// find returns the host of a URL. It costs one comparison if the previous request had the same host.
func (h *hosts) find(address string) (*host, error) {
	if h.latest != nil && strings.HasPrefix(address, h.latest.prefix) && prefixEnds(address, len(h.latest.prefix)) {
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

// prefixEnds reports whether the part of a URL before the path ends at i.
func prefixEnds(address string, i int) bool {
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
	header, err := httpguts.PunycodeHostPort(parsed.Host)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", prefix, err)
	}
	h := &host{
		prefix: strings.Clone(prefix), // the prefix alone would keep the whole URL in memory
		https:  parsed.Scheme == "https",
		port:   parsed.Port(),
		header: header,
		user:   parsed.User,
	}
	ascii, _ := url.Parse("//" + header)
	if h.name = parsed.Hostname(); ascii != nil {
		h.name = ascii.Hostname()
	}
	usual := "80"
	if h.https {
		usual = "443"
	}
	h.port = cmp.Or(h.port, usual)
	return h, nil
}

// authorization returns the value of the Authorization header for the user and password of a URL, "" if it has none.
func (h *host) authorization() string {
	if h.user == nil {
		return ""
	}
	password, _ := h.user.Password()
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(h.user.Username(), password)
	return r.Header.Get("Authorization")
}
