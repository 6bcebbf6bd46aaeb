package strategies

import (
	"context"
	"errors"
	"net"
	"net/url"
	"time"

	"github.com/valyala/fasthttp"
)

func init() { RegisterClient(fastHTTP) }

var fastHTTP = Client{
	Name: "fasthttp",
	Doc:  "valyala/fasthttp: HTTP/1.1 only, reuses everything, allocates nothing a request",
	Open: openFastHTTP,
}

// fastHTTPStack is the stack of valyala/fasthttp.
type fastHTTPStack struct {
	target  Target
	client  *fasthttp.Client
	cookies *cookies
}

func openFastHTTP(target Target, network *Network, connections int) Stack {
	return &fastHTTPStack{
		target:  target,
		cookies: newCookies(),
		client: &fasthttp.Client{
			DialTimeout: func(address string, timeout time.Duration) (net.Conn, error) {
				ctx, cancel := dialContext(timeout)
				defer cancel()
				return network.DialExchange(ctx, address)
			},
			TLSConfig:                 target.tls(),
			ReadBufferSize:            largestHead,
			MaxConnsPerHost:           connections,    // 512 unless told
			MaxConnWaitTimeout:        target.Timeout, // unless told, callers beyond the cap fail at once
			MaxIdleConnDuration:       idle,
			ConnPoolStrategy:          fasthttp.LIFO, // as net/http has it
			MaxIdemponentCallAttempts: connections + 1,
			RetryIfErr: func(_ *fasthttp.Request, _ int, err error) (resetTimeout, retry bool) {
				return false, errors.Is(err, errStale) // nothing was sent yet; 5 attempts whatever the error unless told
			},
			DisablePathNormalizing:   true, // the URL is the user's
			NoDefaultUserAgentHeader: true,
		},
	}
}

// largestHead is how long the head of a response may be, in bytes. Unless told, fasthttp takes 4 KiB for malformed where
// others do not. It has one such buffer for every request in flight.
const largestHead = 16 << 10

// dialContext returns a context that ends after a timeout of fasthttp's, where 0 is none.
func dialContext(timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return context.WithCancel(context.Background())
	}
	return context.WithTimeout(context.Background(), timeout)
}

func (s *fastHTTPStack) Close() { s.client.CloseIdleConnections() }

func (s *fastHTTPStack) Caller() Caller {
	c := &fastHTTPCaller{stack: s}
	c.request.Header.SetNoDefaultContentType(true)
	c.request.Header.SetMethod(s.target.Method)
	for key, values := range s.target.Header {
		for _, value := range values {
			c.request.Header.Add(key, value)
		}
	}
	c.request.UseHostHeader = s.target.Header.Get("Host") != ""
	c.request.SetBodyRaw(s.target.Body)
	c.request.SetTimeout(s.target.Timeout)
	return c
}

// fastHTTPCaller reuses its request and its response.
type fastHTTPCaller struct {
	stack    *fastHTTPStack
	request  fasthttp.Request
	response fasthttp.Response
	address  string   // that the request has
	location *url.URL // the same, parsed for the cookie jar; nil until it is asked for
}

func (c *fastHTTPCaller) Do(r *Request) Outcome {
	if c.address != r.URL {
		c.request.SetRequestURI(r.URL)
		c.address, c.location = r.URL, nil
	}
	if c.stack.cookies.any.Load() {
		c.request.Header.Del(fasthttp.HeaderCookie)
		if all := c.stack.cookies.header(c.parsed(), c.stack.target.Header); all != "" {
			c.request.Header.Set(fasthttp.HeaderCookie, all)
		}
	}
	if err := c.stack.client.Do(&c.request, &c.response); err != nil {
		return Failed(err)
	}
	for _, cookie := range c.response.Header.Cookies() {
		c.stack.cookies.keep(c.parsed(), string(cookie))
	}
	status, body := c.response.StatusCode(), c.response.Body()
	var err error
	if handle := c.stack.target.Handle; handle != nil && status < 400 {
		err = handle(r, status, body)
	}
	return Answered(status, int64(len(body)), err)
}

func (c *fastHTTPCaller) parsed() *url.URL {
	if c.location == nil {
		location, err := url.Parse(c.address)
		if err != nil { // fasthttp has just made a request with it, so it is one
			location = &url.URL{}
		}
		c.location = location
	}
	return c.location
}
