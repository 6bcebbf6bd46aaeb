package strategies

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync/atomic"
)

// cookies keeps a session's cookies for a client that has no jar. It costs an atomic read until a server sets the first.
type cookies struct {
	jar http.CookieJar
	any atomic.Bool
}

func newCookies() *cookies {
	jar, _ := cookiejar.New(nil) // fails never
	return &cookies{jar: jar}
}

// keep takes the value of a Set-Cookie header; one that is malformed is ignored, as RFC 6265 has it.
func (c *cookies) keep(from *url.URL, line string) {
	if cookie, err := http.ParseSetCookie(line); err == nil {
		c.jar.SetCookies(from, []*http.Cookie{cookie})
		c.any.Store(true)
	}
}

// header returns the Cookie header for a URL: the target's own cookies, then the jar's.
func (c *cookies) header(to *url.URL, own http.Header) string {
	pairs := own.Values("Cookie")
	for _, cookie := range c.jar.Cookies(to) {
		pairs = append(pairs[:len(pairs):len(pairs)], cookie.Name+"="+cookie.Value)
	}
	return strings.Join(pairs, "; ")
}
