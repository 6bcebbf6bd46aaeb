// Package redirect decides what is requested next where redirects are followed. It is pure: the blocking clients, the event loops and
// package fetch all ask it, so that they follow by the same rules, which are those of net/http and of browsers:
//
//   - 301, 302, 303, 307 and 308 are followed. Every other status is an answer.
//   - After 301, 302 and 303 the method is GET, unless it was HEAD, and there is no body any more. 307 and 308 keep both.
//   - A Location may be relative (RFC 3986, section 5.2). Its fragment is left out. What a request line may not have is escaped.
//   - The headers of [Credentials] and the login of the URL go on to the same server only: the same host, with the same
//     scheme and port, or from http to https at the usual ports. Once they were left out, they are not sent in this chain again.
//   - Too many redirects, no Location, and one that is no URL of http or https are errors, which wrap [ErrNowhere]. A loop ends as too
//     many redirects: a server may redirect to the same URL for a reason, such as a cookie that it has set.
package redirect

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// ErrNowhere is the error of a redirect that cannot be followed.
var ErrNowhere = errors.New("the redirect cannot be followed")

// Credentials are the headers that only the server gets for which they were given. A Host is one of them.
var Credentials = []string{"Authorization", "Cookie", "Proxy-Authorization", "Host"}

// aboutBody are the headers that describe a body, which go with it.
var aboutBody = []string{"Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-Type"}

// Is reports whether a status is that of a redirect which is followed.
func Is(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// A Step is where a request has come to by redirects, and what it sends there in place of what it sent at first.
type Step struct {
	URL       string // absolute
	Method    string
	Body      bool // it sends one
	Taken     int  // redirects that led here
	NoBody    bool // it sent a body, or had a method that may have one, and does no more
	Elsewhere bool // a redirect has led to another server
}

// Next returns the step to which an answer leads whose status is that of a redirect. Location is the value of its Location header,
// empty if there is none; most is how many redirects are followed.
func (s Step) Next(status int, location string, most int) (Step, error) {
	if s.Taken >= most {
		return s, fmt.Errorf("%w: %d were followed, which is the most, and there is another with status %d", ErrNowhere, s.Taken, status)
	}
	to, same, err := resolve(s.URL, location)
	if err != nil {
		return s, fmt.Errorf("%w: status %d: %w", ErrNowhere, status, err)
	}
	s.URL, s.Taken, s.Elsewhere = to, s.Taken+1, s.Elsewhere || !same
	if status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect {
		return s, nil
	}
	if s.Method != http.MethodHead && s.Method != http.MethodGet {
		s.Method, s.NoBody = http.MethodGet, true
	}
	s.Body, s.NoBody = false, s.NoBody || s.Body
	return s, nil
}

// LeftOut returns the names of the headers that are not sent any more.
func (s Step) LeftOut() []string {
	var names []string
	if s.NoBody {
		names = aboutBody
	}
	if s.Elsewhere {
		names = slices.Concat(names, Credentials)
	}
	return names
}
