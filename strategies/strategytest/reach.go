package strategytest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sweetspot/strategies"
	"sweetspot/strategies/network"
)

// A way is one by which a target may have to be reached.
type way struct {
	name string
	// build returns a server, the URL by which requests must reach it, and the proxy through which they do, if any.
	build func(t *testing.T, c candidate, p *pki, target *strategies.Target) (o *origin, url string, through *testProxy)
	// told is the Host that the server gets, and after a space the name that TLS is asked for. PORT stands for the server's port.
	// Empty means any.
	told string
}

var ways = append(proxyWays(), []way{
	{"own authorities", func(t *testing.T, c candidate, p *pki, target *strategies.Target) (*origin, string, *testProxy) {
		target.Route.Authorities = p.authorities
		o := c.origin(t, anyPort, p.serverTLS())
		return o, o.URL, nil
	}, "127.0.0.1:PORT "},
	{"a client's certificate", func(t *testing.T, c candidate, p *pki, target *strategies.Target) (*origin, string, *testProxy) {
		target.Route = network.Route{Authorities: p.authorities, KeyPair: p.client}
		o := c.origin(t, anyPort, askingForCertificates(p))
		return o, o.URL, nil
	}, "127.0.0.1:PORT "},
	{"a Unix socket", func(t *testing.T, c candidate, _ *pki, target *strategies.Target) (*origin, string, *testProxy) {
		target.Route.UnixSocket = filepath.Join(t.TempDir(), "s")
		o := c.origin(t, target.Route.UnixSocket, nil)
		return o, "http://" + testName, nil
	}, testName},
	{"a Unix socket with TLS", func(t *testing.T, c candidate, p *pki, target *strategies.Target) (*origin, string, *testProxy) {
		target.Route = network.Route{UnixSocket: filepath.Join(t.TempDir(), "s"), Authorities: p.authorities}
		o := c.origin(t, target.Route.UnixSocket, p.serverTLS())
		return o, "https://" + testName, nil
	}, testName + " " + testName},
	{"another host", func(t *testing.T, c candidate, _ *pki, target *strategies.Target) (*origin, string, *testProxy) {
		o := c.origin(t, anyPort, nil)
		target.Route.Detours = []network.Detour{{FromHost: "other.test", ToHost: "192.0.2.1"}, {FromHost: testName, FromPort: "80", ToHost: "127.0.0.1", ToPort: o.port}}
		return o, "http://" + testName, nil
	}, testName},
	{"another host with TLS", func(t *testing.T, c candidate, p *pki, target *strategies.Target) (*origin, string, *testProxy) {
		o := c.origin(t, anyPort, p.serverTLS())
		target.Route = network.Route{Authorities: p.authorities, Detours: []network.Detour{{FromHost: testName, ToHost: "127.0.0.1", ToPort: o.port}}}
		return o, "https://" + testName, nil
	}, testName + " " + testName},
	{"a Host for the server and for TLS", func(t *testing.T, c candidate, p *pki, target *strategies.Target) (*origin, string, *testProxy) {
		target.Route.Authorities = p.authorities
		target.Header = http.Header{"Host": {testName}}
		o := c.origin(t, anyPort, p.serverTLS())
		return o, o.URL, nil
	}, testName + " " + testName},
	{"an IPv6 address", func(t *testing.T, c candidate, _ *pki, _ *strategies.Target) (*origin, string, *testProxy) {
		o := c.origin(t, anyPort6, nil)
		return o, o.URL, nil
	}, "[::1]:PORT"},
	{"an IPv6 address with TLS", func(t *testing.T, c candidate, p *pki, target *strategies.Target) (*origin, string, *testProxy) {
		target.Route.Authorities = p.authorities
		o := c.origin(t, anyPort6, p.serverTLS())
		return o, o.URL, nil
	}, "[::1]:PORT "},
}...)

// noLogin is the end of the names of ways through proxies that want no login.
const noLogin = ", no login"

// proxyWays returns the ways through a proxy of each scheme, with and without a login, to a server with and without TLS. The
// last of them leads elsewhere.
func proxyWays() []way {
	var all []way
	for _, scheme := range []string{"http", "https", "socks5"} {
		for _, login := range []*url.Userinfo{nil, url.UserPassword("me", "p@ss:w")} {
			for _, secure := range []bool{false, true} {
				name := fmt.Sprintf("a proxy of scheme %s, TLS %t", scheme, secure)
				if login == nil {
					name += noLogin
				}
				told := testName + ":PORT"
				if secure {
					told += " " + testName
				}
				all = append(all, way{name, throughProxy(scheme, login, secure), told})
			}
		}
	}
	return append(all, way{"a proxy to another host", func(t *testing.T, c candidate, p *pki, target *strategies.Target) (*origin, string, *testProxy) {
		o, _, through := throughProxy("http", nil, false)(t, c, p, target)
		target.Route.Detours = []network.Detour{{FromHost: "other.test", ToHost: "127.0.0.1", ToPort: o.port}}
		return o, "http://other.test", through
	}, "other.test"})
}

func throughProxy(scheme string, login *url.Userinfo, secure bool) func(*testing.T, candidate, *pki, *strategies.Target) (*origin, string, *testProxy) {
	return func(t *testing.T, c candidate, p *pki, target *strategies.Target) (*origin, string, *testProxy) {
		through := newProxy(t, scheme, login, p)
		target.Route.Proxy = through.url
		if secure || scheme == "https" {
			target.Route.Authorities = p.authorities
		}
		if secure {
			o := c.origin(t, anyPort, p.serverTLS())
			return o, "https://" + testName + ":" + o.port, through
		}
		o := c.origin(t, anyPort, nil)
		return o, "http://" + testName + ":" + o.port, through
	}
}

func askingForCertificates(p *pki) *tls.Config {
	config := p.serverTLS()
	config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, p.authorities.Pool
	return config
}

// everyWayIsTaken checks that requests reach their server by every way that the strategy says it can take, over connections
// that are kept.
func everyWayIsTaken(t *testing.T, c candidate) {
	const n, limit = 12, 3
	p := newPKI(t)
	for _, w := range ways {
		if c.otherProcess && strings.Contains(w.name, noLogin) {
			continue // a process is slow to start, and the way with a login is the longer one
		}
		t.Run(w.name, func(t *testing.T) {
			var target strategies.Target
			o, address, through := w.build(t, c, p, &target)
			skipIf(t, !o.secure && c.protocol == strategies.HTTP3, "it makes requests over https only")
			work := NewWork(n, address+"/a?b")
			runIfAble(t, c, target, limit, work)
			if got := work.Classes()[strategies.OK]; got != n || o.requests.Load() != n {
				t.Fatalf("%d succeeded and the server saw %d, want %d of both: %s", got, o.requests.Load(), n, work.Errors())
			}
			if got := o.connections.Load(); got > limit && !c.traits.Stateless && (through == nil || through.whole.Load() == 0) {
				t.Errorf("the server saw %d connections, want at most %d", got, limit)
			}
			if told := strings.Replace(w.told, "PORT", o.port, 1); told != o.name.Load() && !(c.traits.URLName && target.Header != nil) {
				t.Errorf("the server was told %q, want %q", o.name.Load(), told)
			}
			if through == nil {
				return
			}
			tunnel := c.protocol.Multiplexes() || target.Route.Proxy.Scheme == "socks5" || o.secure || len(target.Route.Detours) > 0
			if whole := through.whole.Load(); tunnel != (whole == 0) || tunnel != (through.tunnels.Load() > 0) || !tunnel && whole != n {
				t.Errorf("the proxy saw %d tunnels and %d requests with the whole URL; want tunnels %v", through.tunnels.Load(), whole, tunnel)
			}
		})
	}
}

// runIfAble runs work, unless the strategy says that it cannot keep to the target's settings, as its traits must say too.
func runIfAble(t *testing.T, c candidate, target strategies.Target, limit int, work *Work) {
	t.Helper()
	session, err := c.Strategy.Open(t.Context(), target, limit) // which accepts no certificate but those of the target's authorities
	if errors.Is(err, errors.ErrUnsupported) {
		if target.Refuse(c.traits.CannotKeep) == nil {
			t.Fatalf("it refuses what its traits do not name: %v", err)
		}
		t.Skip(err)
	}
	must(t, err)
	defer session.Close()
	must(t, session.Run(t.Context(), limit, work))
	work.Check(t)
}

// obstaclesHaveTheirClass checks the failures of what is between a client and its target.
func obstaclesHaveTheirClass(t *testing.T, c candidate) {
	p := newPKI(t)
	tunnel := "https://" + testName + "/" // so that the proxy is asked for a tunnel
	proxy := func(scheme, address string) strategies.Target {
		host := strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/")
		return strategies.Target{Route: network.Route{Proxy: &url.URL{Scheme: scheme, Host: host}}}
	}
	login := func(scheme string) strategies.Target {
		through := newProxy(t, scheme, url.UserPassword("me", "right"), p)
		r := network.Route{Proxy: &url.URL{Scheme: scheme, Host: through.url.Host, User: url.UserPassword("me", "wrong")}}
		return strategies.Target{Route: r}
	}
	silent := func(c *net.TCPConn) { _, _ = c.Read(make([]byte, 1000)); time.Sleep(time.Second) }
	refusal := strategies.BadStatus
	if c.protocol.Multiplexes() { // then it is asked for a tunnel
		refusal = strategies.Refused
	}
	for _, obstacle := range []struct {
		name   string
		target strategies.Target
		url    string
		want   strategies.Class
	}{
		{"an http proxy that wants a login", proxy("http", newProxy(t, "http", url.UserPassword("me", "x"), p).url.Host), tunnel, strategies.Refused},
		{"an http proxy that wants another login", login("http"), tunnel, strategies.Refused},
		{"an http proxy that wants a login for the whole URL", login("http"), "http://" + testName, refusal},
		{"an http proxy that cannot connect", proxy("http", newProxy(t, "http", nil, p).url.Host), "https://" + testName + ":1", strategies.Refused},
		{"an http proxy that answers nothing", proxy("http", serve(t, silent)), tunnel, strategies.Timeout},
		{"an http proxy that closes", proxy("http", RawServer(t, Reply(""))), tunnel, strategies.Reset},
		{"an http proxy that is none", proxy("http", RawServer(t, Reply("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n"))), tunnel, strategies.Malformed},
		{"a closed port for a proxy", proxy("http", ClosedPort(t)), tunnel, strategies.Refused},
		{"an https proxy without TLS", proxy("https", RawServer(t, Reply("HTTP/1.1 400 Bad Request\r\n\r\n"))), tunnel, strategies.BadTLS},
		{"a socks5 proxy that wants a login", proxy("socks5", newProxy(t, "socks5", url.UserPassword("me", "x"), p).url.Host), tunnel, strategies.Refused},
		{"a socks5 proxy that wants another login", login("socks5"), tunnel, strategies.Refused},
		{"a socks5 proxy that cannot connect", proxy("socks5", newProxy(t, "socks5", nil, p).url.Host), "http://" + testName + ":1", strategies.Refused},
		{"a socks5 proxy that answers nothing", proxy("socks5", serve(t, silent)), tunnel, strategies.Timeout},
		{"a socks5 proxy that closes", proxy("socks5", RawServer(t, Reply(""))), tunnel, strategies.Reset},
		{"a socks5 proxy that is none", proxy("socks5", RawServer(t, Reply("HTTP/1.1 400 Bad Request\r\n\r\n"))), tunnel, strategies.Malformed},
		{"no client's certificate", strategies.Target{Route: network.Route{Authorities: p.authorities}},
			c.origin(t, anyPort, askingForCertificates(p)).URL, strategies.BadTLS},
		{"a Unix socket that is not there", strategies.Target{Route: network.Route{UnixSocket: filepath.Join(t.TempDir(), "none")}}, "http://" + testName, strategies.Refused},
	} {
		t.Run(obstacle.name, func(t *testing.T) {
			const n = 2
			if obstacle.want == strategies.BadStatus && c.protocol != strategies.HTTP1 {
				obstacle.want = strategies.Refused // the proxy is asked for a tunnel
			}
			target := obstacle.target
			target.Timeout = 5 * time.Second
			if obstacle.want == strategies.Timeout {
				target.Timeout = 150 * time.Millisecond
			}
			w := NewWork(n, obstacle.url)
			runIfAble(t, c, target, n, w)
			got := w.Classes()[obstacle.want]
			if c.traits.LosesEarly && obstacle.want == strategies.BadTLS { // the alert comes while the request is being sent
				got += w.Classes()[strategies.Reset]
			}
			if got != n {
				t.Errorf("got %v, want %d of class %v: %s", w.Classes(), n, obstacle.want, w.Errors())
			}
		})
	}
}
