package strategies

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
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
	Traits: Traits{SendsLength: true, Answers: answersOfFastHTTP},
	Open:   openFastHTTP,
}

// answersOfFastHTTP are those with a head that fasthttp rejects.
var answersOfFastHTTP = map[string][]Class{
	"line ends: LF in the head":      {Malformed},
	"lengths: the same length twice": {Malformed},
}

// fastHTTPStack is the stack of valyala/fasthttp. It uses that library's pool of connections, its requests and its responses,
// but exchanges them by itself, since the library's own exchange hides the reason of a failure, and reads a whole body into
// memory, of whatever length the server names.
type fastHTTPStack struct {
	target      Target
	network     *network.Network
	connections int
	cookies     *Cookies
	hosts       pools[*fastHTTPHost]
}

// fastHTTPHost is the pool of the connections to a host. The library's own queue for a connection may forget a caller: one that
// joins it just after the last connection has come back waits until its timeout. So callers wait for a slot instead.
type fastHTTPHost struct {
	*fasthttp.HostClient
	slots chan struct{} // one for each connection in use
}

// await takes a slot. It returns false if there is none before the deadline.
func (h *fastHTTPHost) await(deadline time.Time) bool {
	select {
	case h.slots <- struct{}{}:
		return true
	default:
	}
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case h.slots <- struct{}{}:
		return true
	case <-timer.C:
		return false
	}
}

func openFastHTTP(target Target, n *network.Network, connections int) Stack {
	s := &fastHTTPStack{target: target, network: n, connections: connections, cookies: NewCookies()}
	s.hosts = newPools(s.openHost)
	return s
}

func (s *fastHTTPStack) openHost(to *url.URL) *fastHTTPHost {
	secure := to.Scheme == "https"
	options := network.Options{Alternating: true}
	if secure {
		options.TLS = s.target.TLS(HTTP1)
	}
	return &fastHTTPHost{slots: make(chan struct{}, s.connections), HostClient: &fasthttp.HostClient{
		Addr: fasthttp.AddMissingPort(to.Host, secure),
		DialTimeout: func(address string, timeout time.Duration) (net.Conn, error) {
			ctx, cancel := dialContext(timeout)
			defer cancel()
			conn, err := s.network.Dial(ctx, address, options)
			if err != nil {
				return nil, err // not a nil *network.Conn
			}
			return conn, nil
		},
		MaxConns:            s.connections, // the default is 512
		MaxIdleConnDuration: IdleTimeout,
		ConnPoolStrategy:    fasthttp.LIFO, // as in net/http
	}}
}

// dialContext returns a context that ends after a timeout of fasthttp, which uses 0 for no timeout.
func dialContext(timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return context.WithCancel(context.Background())
	}
	return context.WithTimeout(context.Background(), timeout)
}

func (s *fastHTTPStack) Close() {
	for _, host := range s.hosts.all() {
		host.CloseIdleConnections()
	}
}

func (s *fastHTTPStack) Caller() Caller {
	c := &fastHTTPCaller{stack: s, writer: bufio.NewWriter(nil), reader: bufio.NewReader(nil)}
	c.set(nil)
	return c
}

// fastHTTPCaller reuses its request, its response and its buffers.
type fastHTTPCaller struct {
	stack    *fastHTTPStack
	host     *fastHTTPHost
	request  fasthttp.Request
	response fasthttp.Response
	writer   *bufio.Writer
	reader   *bufio.Reader
	body     io.LimitedReader
	address  string // the URL that the request has now
	location *url.URL
	own      *Message
	message  Message // what the request sends, for own
}

// set gives the request what it sends. It has no URL then.
func (c *fastHTTPCaller) set(own *Message) {
	c.own, c.message, c.address = own, c.stack.target.Message(own), ""
	c.request.Reset()
	c.request.Header.SetNoDefaultContentType(true)
	c.request.Header.SetMethod(c.message.Method)
	for key, values := range c.message.Header {
		for _, value := range values {
			c.request.Header.Add(key, value)
		}
	}
	c.request.UseHostHeader = c.message.Header.Get("Host") != ""
	c.request.SetBodyRaw(c.message.Body)
}

func (c *fastHTTPCaller) Do(r *Request) Outcome {
	deadline := c.stack.target.Deadline(r)
	if err := c.prepare(r); err != nil {
		return Failed(err)
	}
	outcome, used := c.attempt(r, deadline)
	for unused := 0; errors.Is(outcome.Err, network.ErrStale) && unused < c.stack.connections; { // each connection may be stale
		if !used { // only these count: each of the others has served a request
			unused++
		}
		outcome, used = c.attempt(r, deadline)
	}
	return outcome
}

// prepare gives the request its URL and the cookies for it.
func (c *fastHTTPCaller) prepare(r *Request) error {
	if c.own != r.Message {
		c.set(r.Message)
	}
	if c.address != r.URL {
		location, err := url.Parse(r.URL)
		if err != nil {
			return err
		}
		c.request.SetRequestURI(r.URL)
		c.request.URI().DisablePathNormalizing = true // the URL is the user's
		c.address, c.location, c.host = r.URL, location, c.stack.hosts.of(location)
		c.setLogin()
	}
	if !c.stack.cookies.Empty() {
		c.request.Header.Del(fasthttp.HeaderCookie)
		if all := c.stack.cookies.Header(c.location, c.message.Header); all != "" {
			c.request.Header.Set(fasthttp.HeaderCookie, all)
		}
	}
	return nil
}

// errNoConnection is of class [Timeout].
var errNoConnection = fmt.Errorf("no connection was free in time: %w", os.ErrDeadlineExceeded)

// attempt makes the request on one connection. It reports whether the connection had been used before.
func (c *fastHTTPCaller) attempt(r *Request, deadline time.Time) (outcome Outcome, used bool) {
	if !c.host.await(deadline) {
		return Failed(errNoConnection), false
	}
	defer func() { <-c.host.slots }()
	pooled, err := c.host.AcquireConn(max(1, time.Until(deadline)), false)
	if err != nil {
		return Failed(err), false
	}
	conn := pooled.Conn().(*network.Conn)
	used = conn.Begun() > 0
	outcome, err = c.exchange(r, conn, deadline)
	if err == nil && outcome.Status == 0 { // the body has failed
		err = outcome.Err
	}
	if err != nil {
		outcome = Failed(conn.Refused(err)) // which knows the reason, while the library may hide it
	}
	if err == nil && conn.Reusable() {
		c.host.ReleaseConn(pooled)
	} else {
		c.host.CloseConn(pooled)
	}
	return outcome, used
}

// setLogin sends the login of the URL, unless the target has an Authorization. Fasthttp by itself would send the login
// without decoding its escapes, and instead of the target's.
func (c *fastHTTPCaller) setLogin() {
	if c.message.Header.Get("Authorization") == "" {
		c.request.Header.Del(fasthttp.HeaderAuthorization) // of the previous URL
	}
	if !strings.Contains(c.address, "@") {
		return
	}
	user := c.location.User
	c.request.URI().SetUsername("")
	c.request.URI().SetPassword("")
	if user != nil && c.message.Header.Get("Authorization") == "" {
		password, _ := user.Password()
		login := base64.StdEncoding.EncodeToString([]byte(user.Username() + ":" + password))
		c.request.Header.Set(fasthttp.HeaderAuthorization, "Basic "+login)
	}
}

// exchange sends the request and receives its response. The error is one of the connection or of the library's parser.
func (c *fastHTTPCaller) exchange(r *Request, conn *network.Conn, deadline time.Time) (Outcome, error) {
	if err := conn.SetDeadline(deadline); err != nil {
		return Outcome{}, err
	}
	c.writer.Reset(conn)
	if err := c.request.Write(c.writer); err != nil {
		return Outcome{}, err
	}
	if err := c.writer.Flush(); err != nil {
		return Outcome{}, err
	}
	if err := c.readHead(conn); err != nil {
		return Outcome{}, err
	}
	for _, cookie := range c.response.Header.Cookies() {
		c.stack.cookies.Set(c.location, string(cookie))
	}
	body, err := c.openBody()
	if err != nil {
		return Outcome{}, err
	}
	return c.stack.target.Receive(deadline, r, Response{
		Status:   c.response.StatusCode(),
		Header:   fastHTTPHeader{&c.response.Header},
		Encoding: string(c.response.Header.ContentEncoding()),
		Length:   int64(c.response.Header.ContentLength()), // or negative
		Body:     body,
	}), nil
}

// maxHeadBytes is the largest head of a response whose connection has not refused it before.
const maxHeadBytes = 256 << 10

// readHead reads the head of the response, after those of interim responses. The reader's buffer, which must hold the whole
// head, is enlarged if it has to be: most heads are small, and there is one buffer for every request in flight.
func (c *fastHTTPCaller) readHead(conn *network.Conn) error {
	c.reader.Reset(conn)
	c.response.Reset()
	c.response.Header.SetNoDefaultContentType(true) // a response without one has none
	for {
		err := c.response.Header.Read(c.reader)
		var small *fasthttp.ErrSmallBuffer
		if errors.As(err, &small) && c.reader.Size() < maxHeadBytes {
			begin, _ := c.reader.Peek(c.reader.Buffered())
			c.reader = bufio.NewReaderSize(io.MultiReader(bytes.NewReader(bytes.Clone(begin)), conn), 4*c.reader.Size())
			continue
		}
		if err != nil {
			return err
		}
		if status := c.response.StatusCode(); status/100 != 1 || status == http.StatusSwitchingProtocols {
			return nil
		}
	}
}

// openBody returns the reader of the response's body.
func (c *fastHTTPCaller) openBody() (io.Reader, error) {
	status, length := c.response.StatusCode(), c.response.Header.ContentLength()
	switch {
	case c.message.IsHead(), status == http.StatusNoContent, status == http.StatusNotModified, status < 200:
		return http.NoBody, nil
	case length >= 0:
		c.body = io.LimitedReader{R: c.reader, N: int64(length)}
		return &c.body, nil
	case length == chunkedLength:
		c.response.StreamBody = true
		err := c.response.ReadBody(c.reader, 0)
		return c.response.BodyStream(), err
	}
	return c.reader, nil // it ends with the connection
}

// chunkedLength is the value by which fasthttp says that a body comes in chunks.
const chunkedLength = -1
