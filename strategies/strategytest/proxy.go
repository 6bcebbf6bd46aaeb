package strategytest

import (
	"encoding/base64"
	"encoding/binary"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// A testProxy is a proxy of one of the three schemes. It knows testName, and every other host by its address.
type testProxy struct {
	url       *url.URL
	login     *url.Userinfo // that it wants; nil for none
	transport http.Transport

	tunnels atomic.Int64
	whole   atomic.Int64 // requests that named the whole URL
}

// newProxy starts a proxy and closes it at the end of the test.
func newProxy(t *testing.T, scheme string, login *url.Userinfo, p *pki) *testProxy {
	t.Helper()
	proxy := &testProxy{login: login}
	if scheme == "socks5" {
		address := strings.TrimSuffix(strings.TrimPrefix(serve(t, proxy.socks), "http://"), "/")
		proxy.url = &url.URL{Scheme: scheme, User: login, Host: address}
		return proxy
	}
	srv := httptest.NewUnstartedServer(proxy)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	if scheme == "https" {
		srv.TLS = p.serverTLS()
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(func() { proxy.transport.CloseIdleConnections(); srv.Close() })
	proxy.url = &url.URL{Scheme: scheme, User: login, Host: srv.Listener.Addr().String()}
	return proxy
}

// dial connects to an address, which may have the name that only proxies know.
func dial(address string) (net.Conn, error) {
	return net.Dial("tcp", strings.Replace(address, testName, "127.0.0.1", 1))
}

// ServeHTTP implements [http.Handler].
func (p *testProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.login != nil {
		password, _ := p.login.Password()
		if r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte(p.login.Username()+":"+password)) {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
	}
	switch {
	case r.Method == http.MethodConnect:
		p.tunnel(w, r)
	case r.URL.IsAbs():
		p.whole.Add(1)
		p.forward(w, r)
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
}

func (p *testProxy) tunnel(w http.ResponseWriter, r *http.Request) {
	to, err := dial(r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer to.Close()
	p.tunnels.Add(1)
	from, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer from.Close()
	if _, err := io.WriteString(from, "HTTP/1.1 200 Connection established\r\nContent-Length: 7\r\n\r\n"); err == nil { // the length does not count
		join(from, to)
	}
}

func (p *testProxy) forward(w http.ResponseWriter, r *http.Request) {
	r.Header.Del("Proxy-Authorization")
	r.URL.Host = strings.Replace(r.URL.Host, testName, "127.0.0.1", 1)
	answer, err := p.transport.RoundTrip(r)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body)
}

// join passes on what either connection sends, until one of them ends.
func join(a, b net.Conn) {
	var done sync.WaitGroup
	defer done.Wait()
	done.Go(func() { _, _ = io.Copy(a, b); a.Close() })
	_, _ = io.Copy(b, a)
	b.Close()
}

// socks speaks the server's side of SOCKS version 5 (RFC 1928 and 1929).
func (p *testProxy) socks(c *net.TCPConn) {
	const version, none, password, unacceptable, refused = 5, 0, 2, 0xff, 5
	in := parts{c}
	in.take(1)
	offered, method := in.counted(), byte(none)
	if p.login != nil {
		method = password
	}
	if !slices.Contains(offered, method) {
		method = unacceptable
	}
	_, _ = c.Write([]byte{version, method})
	if method == unacceptable || method == password && !p.accepts(in) {
		return
	}
	answer := []byte{version, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	to, err := dial(in.address())
	if err != nil {
		answer[1] = refused
	} else {
		p.tunnels.Add(1)
	}
	if _, _ = c.Write(answer); err == nil {
		join(c, to)
	}
}

// accepts reads a login and answers whether it is the right one.
func (p *testProxy) accepts(in parts) bool {
	in.take(1)
	name, given := in.counted(), in.counted()
	wanted, _ := p.login.Password()
	if string(name) != p.login.Username() || string(given) != wanted {
		_, _ = in.Conn.Write([]byte{1, 1})
		return false
	}
	_, _ = in.Conn.Write([]byte{1, 0})
	return true
}

// parts reads pieces of known lengths. What breaks off is zeros.
type parts struct{ net.Conn }

func (p parts) take(n int) []byte {
	part := make([]byte, n)
	_, _ = io.ReadFull(p, part)
	return part
}

// counted reads a part that follows its length, of one byte.
func (p parts) counted() []byte { return p.take(int(p.take(1)[0])) }

// address reads the address of a SOCKS request.
func (p parts) address() string {
	const version4, name = 1, 3
	var host string
	switch p.take(4)[3] {
	case version4:
		host = net.IP(p.take(net.IPv4len)).String()
	case name:
		host = string(p.counted())
	default:
		host = net.IP(p.take(net.IPv6len)).String()
	}
	return net.JoinHostPort(host, strconv.Itoa(int(binary.BigEndian.Uint16(p.take(2)))))
}
