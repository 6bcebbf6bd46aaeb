package strategies

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
)

// Cookies is the cookie jar of a session whose client library has none. It is safe for concurrent use.
type Cookies struct {
	jar http.CookieJar
	any atomic.Bool
}

// NewCookies returns an empty jar.
func NewCookies() *Cookies {
	jar, _ := cookiejar.New(nil) // never fails
	return &Cookies{jar: jar}
}

// Empty reports whether no server has set a cookie yet. It costs one atomic read, so a client may call it before every
// request and then skip Header.
func (c *Cookies) Empty() bool { return !c.any.Load() }

// Set takes the value of a Set-Cookie header that came from a URL. It ignores a malformed one, as RFC 6265 requires.
func (c *Cookies) Set(from *url.URL, header string) {
	if cookie, err := http.ParseSetCookie(header); err == nil {
		c.jar.SetCookies(from, []*http.Cookie{cookie})
		c.any.Store(true)
	}
}

// Header returns the value of the Cookie header for a URL: first the cookies in header, which is the target's, then those of
// the jar.
func (c *Cookies) Header(to *url.URL, header http.Header) string {
	pairs := slices.Clone(header.Values("Cookie"))
	for _, cookie := range c.jar.Cookies(to) {
		pairs = append(pairs, cookie.Name+"="+cookie.Value)
	}
	return strings.Join(pairs, "; ")
}
