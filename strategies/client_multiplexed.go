package strategies

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"sweetspot/strategies/streams"
)

// multiplexedConn is a connection of a protocol that carries several requests at a time.
type multiplexedConn interface {
	streams.Conn
	// RoundTrip makes a request for which Reserve has made room. The error wraps [streams.ErrRefused] if the server has not
	// processed it.
	RoundTrip(r *http.Request) (*http.Response, error)
}

// multiplexedStack is the stack of such a protocol.
type multiplexedStack struct {
	target  Target
	cookies *Cookies
	hosts   pools[*streams.Pool[multiplexedConn]]
}

func newMultiplexedStack(target Target, limit int, open opener) *multiplexedStack {
	return &multiplexedStack{target: target, cookies: NewCookies(), hosts: newPools(func(to *url.URL) *streams.Pool[multiplexedConn] {
		return streams.NewPool(limit, target.Streams, func(changed func()) (multiplexedConn, error) {
			ctx, cancel := context.WithTimeout(context.Background(), target.DialTimeout)
			defer cancel()
			return open(ctx, to, changed)
		})
	})}
}

// addressOf returns the host:port of a URL.
func addressOf(to *url.URL) string {
	port := to.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[to.Scheme]
	}
	return net.JoinHostPort(to.Hostname(), port)
}

func (s *multiplexedStack) Close() {
	for _, pool := range s.hosts.all() {
		pool.Close()
	}
}

func (s *multiplexedStack) Caller() Caller {
	c := &multiplexedCaller{stack: s, request: &http.Request{ProtoMajor: 2}}
	c.set(nil)
	return c
}

// multiplexedCaller reuses its request where it has no body, which net/http permits once the response's body has been read and closed.
// After a timeout it reuses nothing that it changes.
type multiplexedCaller struct {
	stack    *multiplexedStack
	host     *streams.Pool[multiplexedConn]
	request  *http.Request
	deadline *streams.Expiry
	address  string // the text that request.URL was parsed from
	own      *Message
	message  Message // what the request sends, for own
}

// mostAttempts is how often a request is made that the server does not process. More than one attempt may meet a connection that
// the server is closing.
const mostAttempts = 6

func (c *multiplexedCaller) Do(r *Request) Outcome {
	deadline := c.stack.target.Deadline(r)
	if err := c.prepare(r, deadline); err != nil {
		return Failed(err)
	}
	for attempts := 1; ; attempts++ {
		outcome := c.attempt(r, deadline)
		if !errors.Is(outcome.Err, streams.ErrRefused) || attempts == mostAttempts {
			return outcome
		}
	}
}

// attempt makes the request on one connection.
func (c *multiplexedCaller) attempt(r *Request, deadline time.Time) Outcome {
	place, err := c.host.Acquire(c.deadline)
	if err != nil {
		return Failed(err)
	}
	defer c.host.Release(place)
	response, err := place.Conn.RoundTrip(c.sent())
	if err != nil {
		return Failed(err)
	}
	defer response.Body.Close()
	for _, cookie := range response.Header["Set-Cookie"] {
		c.stack.cookies.Set(c.request.URL, cookie)
	}
	return c.stack.target.Receive(deadline, r, Response{
		Status:   response.StatusCode,
		Header:   netHTTPHeader(response.Header),
		Encoding: response.Header.Get("Content-Encoding"),
		Length:   response.ContentLength,
		Body:     response.Body,
	})
}

// sent returns the request for one attempt. A request with a body is not reused: if the response comes early, the connection may
// still be sending the body, and reads the request meanwhile.
func (c *multiplexedCaller) sent() *http.Request {
	body := c.message.Body
	if len(body) == 0 {
		return c.request
	}
	sent := *c.request
	sent.Body = io.NopCloser(bytes.NewReader(body))
	return &sent
}

// prepare gives the request its deadline, its URL and the cookies for it.
func (c *multiplexedCaller) prepare(r *Request, deadline time.Time) error {
	if c.deadline == nil || !c.deadline.Move(deadline) {
		c.deadline = streams.NewExpiry(deadline)
		c.request = c.request.WithContext(c.deadline)
		c.request.Header = c.request.Header.Clone() // net/http may still be sending the request that has timed out
	}
	if c.own != r.Message {
		c.set(r.Message)
	}
	if c.address != r.URL {
		parsed, err := url.Parse(r.URL)
		if err != nil {
			return err
		}
		c.request.URL, c.address, c.host = parsed, r.URL, c.stack.hosts.of(parsed)
		c.setLogin()
	}
	if !c.stack.cookies.Empty() {
		delete(c.request.Header, "Cookie")
		if all := c.stack.cookies.Header(c.request.URL, c.message.Header); all != "" {
			c.request.Header.Set("Cookie", all)
		}
	}
	return nil
}

// connectionHeaders are about a connection of HTTP/1.1. Other versions have no place for them (RFC 9113, section 8.2.2).
var connectionHeaders = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade"}

// set gives the request what it sends.
func (c *multiplexedCaller) set(own *Message) {
	c.own, c.message = own, c.stack.target.Message(own)
	header := c.message.Header.Clone()
	c.request.Method, c.request.Header, c.request.Host = c.message.Method, header, header.Get("Host")
	delete(header, "Host")
	for _, name := range connectionHeaders {
		delete(header, name)
	}
	c.request.Body, c.request.ContentLength = nil, int64(len(c.message.Body))
	c.address = "" // so that the login of the URL is set
}

// setLogin sends the login of the URL, unless the target has an Authorization.
func (c *multiplexedCaller) setLogin() {
	if c.message.Header.Get("Authorization") != "" {
		return
	}
	c.request.Header.Del("Authorization") // of the previous URL
	if user := c.request.URL.User; user != nil {
		password, _ := user.Password()
		c.request.SetBasicAuth(user.Username(), password)
	}
}
