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
)

// NetHTTP is the name of the standard library's client.
const NetHTTP = "net/http"

func init() { RegisterClient(netHTTP) }

var netHTTP = Client{
	Name: NetHTTP,
	Doc:  "the standard library's client: complete, and what most programs use",
	Open: openNetHTTP,
}

// netHTTPStack is the stack of the standard library.
type netHTTPStack struct {
	target    Target
	transport *http.Transport
	client    *http.Client
}

func openNetHTTP(target Target, network *Network, connections int) Stack {
	transport := &http.Transport{
		Proxy: onceEach,
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return network.Dial(ctx, address)
		},
		TLSClientConfig:     target.tls(),
		TLSHandshakeTimeout: target.DialTimeout,
		Protocols:           new(http.Protocols),
		DisableCompression:  true,
		MaxIdleConnsPerHost: connections, // 2 unless told: every other request would dial
		MaxIdleConns:        connections,
		MaxConnsPerHost:     connections,
		IdleConnTimeout:     idle,
	}
	transport.Protocols.SetHTTP1(true)
	jar, _ := cookiejar.New(nil) // fails never
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

// attemptsKey is where a request's context holds the number of attempts its transport has made.
type attemptsKey struct{}

var errRetry = errors.New("the server closed connection without an answer")

// onceEach is a transport's Proxy function: there is no proxy. A transport asks it once for every attempt, which makes it
// the one place to keep net/http from repeating a request whose connection died: other clients do not, and the server
// would count more requests than were reported. The one repetition that is harmless, when nothing was sent because the
// server had closed the connection before, it seldom needs: it watches idle connections and drops those that are closed.
func onceEach(r *http.Request) (*url.URL, error) {
	attempts := r.Context().Value(attemptsKey{}).(*int)
	*attempts++
	if *attempts > 1 {
		return nil, errRetry
	}
	return nil, nil
}

// netHTTPCaller reuses its request, which net/http permits once the response's body has been read and closed; but not the
// request's body, which may still be being sent when an answer has come early.
type netHTTPCaller struct {
	stack    *netHTTPStack
	request  *http.Request
	address  string // that request.URL was parsed from
	attempts int
	response bytes.Buffer
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

	handle := c.stack.target.Handle
	if handle == nil || response.StatusCode >= 400 {
		n, err := io.Copy(io.Discard, response.Body)
		if err != nil {
			return Failed(err)
		}
		return Answered(response.StatusCode, n, nil)
	}
	c.response.Reset()
	n, err := c.response.ReadFrom(response.Body)
	if err != nil {
		return Failed(err)
	}
	return Answered(response.StatusCode, n, handle(r, response.StatusCode, c.response.Bytes()))
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
		delete(c.request.Header, "Cookie") // which the client's jar wrote there for the request before
	}
	if body := c.stack.target.Body; len(body) > 0 {
		c.request.Body = io.NopCloser(bytes.NewReader(body))
		c.request.ContentLength = int64(len(body))
	}
	return nil
}
