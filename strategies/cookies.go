package strategies

import (
	"cmp"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// The most cookies of one host that a [Cookies] keeps, in number and in bytes of names and values. RFC 6265, section 6.1, asks
// for at least 50 cookies of 4096 bytes. Without a bound, a server that sets another cookie with every response makes each
// request slower than the one before.
const (
	maxHostCookies     = 100
	maxHostCookieBytes = 256 << 10
)

// Cookies is the cookie jar of a session. It is safe for concurrent use. It keeps the latest cookies of each host: see
// maxHostCookies. It implements [http.CookieJar].
type Cookies struct {
	jar http.CookieJar
	any atomic.Bool

	mu   sync.Mutex
	kept map[string][]keptCookie // by host, the oldest first
}

// keptCookie is what identifies a cookie of a host, its size in bytes, and who set it how.
type keptCookie struct {
	name, domain, path string
	bytes              int
	from               *url.URL
	set                *http.Cookie
}

// NewCookies returns an empty jar.
func NewCookies() *Cookies {
	jar, _ := cookiejar.New(nil) // never fails
	return &Cookies{jar: jar, kept: map[string][]keptCookie{}}
}

// Empty reports whether no server has set a cookie yet. It costs one atomic read, so a client may call it before every
// request and then skip Header.
func (c *Cookies) Empty() bool { return !c.any.Load() }

// Set takes the value of a Set-Cookie header that came from a URL. It ignores a malformed one, as RFC 6265 requires.
func (c *Cookies) Set(from *url.URL, header string) {
	if cookie, err := http.ParseSetCookie(header); err == nil {
		c.SetCookies(from, []*http.Cookie{cookie})
	}
}

// SetCookies implements [http.CookieJar].
func (c *Cookies) SetCookies(from *url.URL, cookies []*http.Cookie) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cookie := range cookies {
		c.jar.SetCookies(from, []*http.Cookie{cookie})
		c.dropOldest(from, cookie)
	}
	c.any.Store(true)
}

// dropOldest notes a cookie that has just been set, and removes the oldest of its host while there are too many.
func (c *Cookies) dropOldest(from *url.URL, cookie *http.Cookie) {
	host := from.Hostname()
	set := keptCookie{cookie.Name, cookie.Domain, cookiePath(from, cookie), len(cookie.Name) + len(cookie.Value), from, cookie}
	kept := slices.DeleteFunc(c.kept[host], func(k keptCookie) bool {
		return k.name == set.name && k.domain == set.domain && k.path == set.path
	})
	kept = append(kept, set)
	size := 0
	for _, k := range kept {
		size += k.bytes
	}
	for len(kept) > maxHostCookies || size > maxHostCookieBytes {
		oldest := kept[0]
		c.jar.SetCookies(from, []*http.Cookie{{Name: oldest.name, Domain: oldest.domain, Path: oldest.path, MaxAge: -1}})
		kept, size = slices.Delete(kept, 0, 1), size-oldest.bytes
	}
	c.kept[host] = kept
}

// Each calls do with each cookie that is kept and with the URL that set it, so that another jar can be given the same.
func (c *Cookies) Each(do func(from *url.URL, cookie *http.Cookie)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, host := range slices.Sorted(maps.Keys(c.kept)) {
		for _, k := range c.kept[host] {
			do(k.from, k.set)
		}
	}
}

// cookiePath returns the path for which a cookie is set: without an attribute that says so, the folder of the URL.
func cookiePath(from *url.URL, cookie *http.Cookie) string {
	if strings.HasPrefix(cookie.Path, "/") {
		return cookie.Path
	}
	return cmp.Or(from.Path[:max(0, strings.LastIndex(from.Path, "/"))], "/")
}

// Cookies implements [http.CookieJar].
func (c *Cookies) Cookies(to *url.URL) []*http.Cookie {
	if c.Empty() {
		return nil
	}
	return c.jar.Cookies(to)
}

// Header returns the value of the Cookie header for a URL: first the cookies in header, which is the target's, then those of
// the jar.
func (c *Cookies) Header(to *url.URL, header http.Header) string {
	pairs := slices.Clone(header.Values("Cookie"))
	for _, cookie := range c.Cookies(to) {
		pairs = append(pairs, cookie.Name+"="+cookie.Value)
	}
	return strings.Join(pairs, "; ")
}
