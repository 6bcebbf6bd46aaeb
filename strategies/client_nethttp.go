package strategies

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"time"

	"sweetspot/strategies/network"
)

func init() { RegisterClient(NetHTTP) }

// NetHTTP is the client of the standard library.
var NetHTTP = Client{
	Name: "net/http",
	Doc:  "the standard library's client: complete, and what most programs use",
	Open: openNetHTTP,
}

// netHTTPStack is the stack of the standard library.
type netHTTPStack struct {
	target      Target
	transport   *http.Transport
	connections int
	client      *http.Client
}

func openNetHTTP(target Target, n *network.Network, connections int) Stack {
	dial := func(secure *tls.Config) func(ctx context.Context, _, address string) (net.Conn, error) {
		options := network.Options{TLS: secure}
		return func(ctx context.Context, _, address string) (net.Conn, error) {
			conn, err := n.Dial(ctx, address, options)
			if err != nil {
				return nil, err // not a nil *network.Conn
			}
			return conn, nil
		}
	}
	transport := &http.Transport{
		Proxy:               refuseRetry,
		DialContext:         dial(nil),
		DialTLSContext:      dial(target.TLS(HTTP1)),
		Protocols:           new(http.Protocols),
		DisableCompression:  true,
		MaxIdleConnsPerHost: connections, // the default is 2: most requests would dial
		MaxConnsPerHost:     connections,
		IdleConnTimeout:     IdleTimeout,
	}
	transport.Protocols.SetHTTP1(true)
	return &netHTTPStack{target, transport, connections, &http.Client{
		Transport:     unredirected{transport},
		Jar:           NewCookies(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// unredirected is a transport that hides from its http.Client where a redirect leads: the client fails if that is no URL, although it
// is told to follow none.
type unredirected struct{ *http.Transport }

// hiddenLocation takes the place of Location. No server can send it, since the names of headers are made canonical.
const hiddenLocation = "location"

func (t unredirected) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.Transport.RoundTrip(r)
	if err == nil && response.StatusCode/100 == 3 {
		rename(response.Header, "Location", hiddenLocation)
	}
	return response, err
}

// rename gives a header another name, if it is there.
func rename(header http.Header, from, to string) {
	if values, set := header[from]; set {
		delete(header, from)
		header[to] = values
	}
}

func (s *netHTTPStack) Close() { s.transport.CloseIdleConnections() }

func (s *netHTTPStack) Caller() Caller {
	c := &netHTTPCaller{stack: s}
	ctx := context.WithValue(context.Background(), attemptsKey{}, &c.attempts)
	c.request = (&http.Request{}).WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: c.gotConn,
		// With this hook net/http takes any number of interim responses, as other clients do; a network.Conn bounds their size.
		Got1xxResponse: func(int, textproto.MIMEHeader) error { return nil },
	}))
	c.set(nil)
	return c
}

// attemptsKey is the key under which a request's context holds the number of attempts that the transport has made.
type attemptsKey struct{}

// errRetry is of class [Reset].
var errRetry = fmt.Errorf("the server closed the connection without a response: %w", io.EOF)

// refuseRetry is the Proxy function of the transport: there is no proxy. A transport calls it once per attempt, which makes
// it the one place where net/http can be kept from repeating a request that the server may have seen. The caller itself
// repeats those that it cannot have seen.
func refuseRetry(r *http.Request) (*url.URL, error) {
	attempts := r.Context().Value(attemptsKey{}).(*int)
	*attempts++
	if *attempts > 1 {
		return nil, errRetry
	}
	return nil, nil
}

// netHTTPCaller reuses its request, which net/http permits once the response's body has been read and closed. It does not
// reuse the request's body: if the response came early, the transport may still be sending it.
type netHTTPCaller struct {
	stack    *netHTTPStack
	request  *http.Request
	address  string // the text that request.URL was parsed from
	own      *Message
	message  Message // what the request sends, for own
	attempts int

	// Of the latest attempt:
	conn   *network.Conn // nil if it got none
	reused bool          // conn has been used, or idle, before
	begun  int64         // requests that had begun on conn before
}

// gotConn notes the connection of an attempt.
func (c *netHTTPCaller) gotConn(info httptrace.GotConnInfo) {
	c.conn, c.reused = info.Conn.(*network.Conn), info.Reused
	c.begun = c.conn.Begun()
}

func (c *netHTTPCaller) Do(r *Request) Outcome {
	deadline := c.stack.target.Deadline(r)
	ctx, cancel := context.WithDeadline(c.request.Context(), deadline)
	defer cancel()
	outcome, unseen := c.attempt(ctx, r, deadline)
	for unused := 0; unseen && unused < c.stack.connections; { // each connection may turn out to be stale
		if c.begun == 0 { // only these count: each of the others has served a request
			unused++
		}
		outcome, unseen = c.attempt(ctx, r, deadline)
	}
	return outcome
}

// attempt makes the request on one connection. It reports whether the server cannot have seen it.
func (c *netHTTPCaller) attempt(ctx context.Context, r *Request, deadline time.Time) (o Outcome, unseen bool) {
	if err := c.prepare(r); err != nil {
		return Failed(err), false
	}
	response, err := c.stack.client.Do(c.request.WithContext(ctx))
	if err == nil {
		rename(response.Header, hiddenLocation, "Location")
		o = c.stack.target.Receive(deadline, r, Response{
			Status:   response.StatusCode,
			Header:   netHTTPHeader(response.Header),
			Encoding: response.Header.Get("Content-Encoding"),
			Length:   response.ContentLength,
			Body:     response.Body,
		})
		response.Body.Close()
	} else {
		o = Failed(err)
	}
	if o.Status != 0 || c.conn == nil || o.Class == Timeout { // after a whole response, the connection may be another caller's
		return o, false
	}
	if c.reused && c.conn.Begun() == c.begun {
		return o, true
	}
	o = Failed(c.conn.Refused(o.Err)) // which knows the reason, while the library may hide it
	return o, errors.Is(o.Err, network.ErrStale)
}

// set gives the request what it sends.
func (c *netHTTPCaller) set(own *Message) {
	request := c.request
	c.own, c.message = own, c.stack.target.Message(own)
	request.Method, request.Header = c.message.Method, c.message.Header.Clone()
	request.Host = c.message.Header.Get("Host") // where net/http looks for it
	request.Body, request.ContentLength = nil, 0
}

func (c *netHTTPCaller) prepare(r *Request) error {
	request := c.request
	c.attempts, c.conn = 0, nil
	if c.own != r.Message {
		c.set(r.Message)
	}
	if c.address != r.URL {
		parsed, err := url.Parse(r.URL)
		if err != nil {
			return err
		}
		request.URL, c.address = parsed, r.URL
	}
	if own, set := c.message.Header["Cookie"]; set {
		request.Header["Cookie"] = own
	} else {
		delete(request.Header, "Cookie") // which the client's jar added for the previous request
	}
	if body := c.message.Body; len(body) > 0 {
		request.Body = io.NopCloser(bytes.NewReader(body))
		request.ContentLength = int64(len(body))
	}
	return nil
}
