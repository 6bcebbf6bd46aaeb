package strategies

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"sweetspot/strategies/network"
)

func init() { RegisterClient(FastHTTP) }

// FastHTTP is the client of github.com/valyala/fasthttp.
var FastHTTP = Client{
	Name:   "fasthttp",
	Doc:    "valyala/fasthttp: HTTP/1.1 only, reuses everything, allocates nothing per request",
	Traits: Traits{SendsLength: true},
	Open:   openFastHTTP,
}

// fastHTTPStack is the stack of valyala/fasthttp.
type fastHTTPStack struct {
	target  Target
	client  *fasthttp.Client
	cookies *Cookies
}

func openFastHTTP(target Target, n *network.Network, connections int) Stack {
	return &fastHTTPStack{
		target:  target,
		cookies: NewCookies(),
		client: &fasthttp.Client{
			DialTimeout: func(address string, timeout time.Duration) (net.Conn, error) {
				ctx, cancel := dialContext(timeout)
				defer cancel()
				return n.DialExchange(ctx, address)
			},
			TLSConfig:                 target.tls(),
			ReadBufferSize:            maxHeadBytes,
			MaxConnsPerHost:           connections,    // the default is 512
			MaxConnWaitTimeout:        target.Timeout, // by default, callers beyond the cap fail at once
			MaxIdleConnDuration:       IdleTimeout,
			ConnPoolStrategy:          fasthttp.LIFO,   // as in net/http
			MaxIdemponentCallAttempts: connections + 1, // each connection may turn out to be stale: see RetryIfErr
			RetryIfErr: func(_ *fasthttp.Request, _ int, err error) (resetTimeout, retry bool) {
				return false, errors.Is(err, network.ErrStale) // nothing was sent yet; the default is 5 attempts for any error
			},
			DisablePathNormalizing:   true, // the URL is the user's
			NoDefaultUserAgentHeader: true,
		},
	}
}

// maxHeadBytes is the largest head of a response. By default fasthttp rejects a head of over 4 KiB, which other clients
// accept. It has one buffer of this size for every request in flight.
const maxHeadBytes = 16 << 10

// dialContext returns a context that ends after a timeout of fasthttp, which uses 0 for no timeout.
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
	address  string   // the URL that the request has now
	location *url.URL // the same, parsed for the cookie jar; nil until it is needed
}

func (c *fastHTTPCaller) Do(r *Request) Outcome {
	if c.address != r.URL {
		c.request.SetRequestURI(r.URL)
		c.address, c.location = r.URL, nil
		c.setLogin()
	}
	if !c.stack.cookies.Empty() {
		c.request.Header.Del(fasthttp.HeaderCookie)
		if all := c.stack.cookies.Header(c.parsed(), c.stack.target.Header); all != "" {
			c.request.Header.Set(fasthttp.HeaderCookie, all)
		}
	}
	if err := c.stack.client.Do(&c.request, &c.response); err != nil {
		return Failed(err)
	}
	for _, cookie := range c.response.Header.Cookies() {
		c.stack.cookies.Set(c.parsed(), string(cookie))
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
		if err != nil { // cannot happen: fasthttp has just made a request with it
			location = &url.URL{}
		}
		c.location = location
	}
	return c.location
}

// setLogin sends the login of the URL, unless the target has an Authorization. Fasthttp by itself would send the login
// without decoding its escapes, and instead of the target's.
func (c *fastHTTPCaller) setLogin() {
	if c.stack.target.Header.Get("Authorization") == "" {
		c.request.Header.Del(fasthttp.HeaderAuthorization) // of the previous URL
	}
	if !strings.Contains(c.address, "@") {
		return
	}
	user := c.parsed().User
	c.request.URI().SetUsername("")
	c.request.URI().SetPassword("")
	if user != nil && c.stack.target.Header.Get("Authorization") == "" {
		password, _ := user.Password()
		login := base64.StdEncoding.EncodeToString([]byte(user.Username() + ":" + password))
		c.request.Header.Set(fasthttp.HeaderAuthorization, "Basic "+login)
	}
}
