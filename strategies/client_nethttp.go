package strategies

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"

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
	target    Target
	transport *http.Transport
	client    *http.Client
}

func openNetHTTP(target Target, n *network.Network, connections int) Stack {
	transport := &http.Transport{
		Proxy: refuseRetry,
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return n.Dial(ctx, address)
		},
		TLSClientConfig:     target.tls(),
		TLSHandshakeTimeout: target.DialTimeout,
		Protocols:           new(http.Protocols),
		DisableCompression:  true,
		MaxIdleConnsPerHost: connections, // the default is 2: most requests would dial
		MaxIdleConns:        connections,
		MaxConnsPerHost:     connections,
		IdleConnTimeout:     IdleTimeout,
	}
	transport.Protocols.SetHTTP1(true)
	jar, _ := cookiejar.New(nil) // never fails
	return &netHTTPStack{target, transport, &http.Client{
		Transport:     transport,
		Jar:           jar,
		Timeout:       target.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (s *netHTTPStack) Close() { s.transport.CloseIdleConnections() }

func (s *netHTTPStack) Caller() Caller {
	c := &netHTTPCaller{stack: s}
	ctx := context.WithValue(context.Background(), attemptsKey{}, &c.attempts)
	c.request = (&http.Request{
		Method: s.target.Method,
		Header: s.target.Header.Clone(),
		Host:   s.target.Header.Get("Host"), // where net/http looks for it
	}).WithContext(ctx)
	return c
}

// attemptsKey is the key under which a request's context holds the number of attempts that the transport has made.
type attemptsKey struct{}

// errRetry is of class [Reset].
var errRetry = errors.New("the server closed the connection without a response")

// refuseRetry is the Proxy function of the transport: there is no proxy. A transport calls it once per attempt, which makes
// it the one place where net/http can be kept from repeating a request whose connection the server closed. The other clients
// do not repeat such a request, and the server would count more requests than were reported. A repetition would do no harm if
// nothing of the request was sent yet, but that is rare: net/http watches its idle connections and drops those that the
// server closes.
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
	attempts int
}

func (c *netHTTPCaller) Do(r *Request) Outcome {
	if err := c.prepare(r); err != nil {
		return Failed(err)
	}
	response, err := c.stack.client.Do(c.request)
	if err != nil {
		return Failed(err)
	}
	defer response.Body.Close()
	return c.stack.target.Receive(r, response.StatusCode, response.Header.Get("Content-Encoding"), response.Body)
}

func (c *netHTTPCaller) prepare(r *Request) error {
	c.attempts = 0
	if c.address != r.URL {
		parsed, err := url.Parse(r.URL)
		if err != nil {
			return err
		}
		c.request.URL, c.address = parsed, r.URL
	}
	if own, set := c.stack.target.Header["Cookie"]; set {
		c.request.Header["Cookie"] = own
	} else {
		delete(c.request.Header, "Cookie") // which the client's jar added for the previous request
	}
	if body := c.stack.target.Body; len(body) > 0 {
		c.request.Body = io.NopCloser(bytes.NewReader(body))
		c.request.ContentLength = int64(len(body))
	}
	return nil
}
