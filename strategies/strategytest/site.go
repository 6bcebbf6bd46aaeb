package strategytest

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"sweetspot/server"
	"sweetspot/strategies"
)

// A site is a server that runs a handler, and speaks the protocol of the strategy under test.
type site struct {
	URL                    string
	Close                  func()
	CloseClientConnections func()
}

// site starts a site. The caller must close it.
func (c candidate) site(handler http.HandlerFunc) site {
	if c.protocol == strategies.HTTP3 {
		udp, err := net.ListenPacket("udp", anyPort)
		if err != nil {
			panic("strategytest: listen: " + err.Error()) // as httptest does
		}
		return site3(udp, certificate(), handler, func() {})
	}
	srv := httptest.NewUnstartedServer(handler)
	speakAll(srv)
	srv.Start()
	return site{srv.URL, srv.Close, srv.CloseClientConnections}
}

// site3 starts a site that speaks HTTP/3 alone, and calls opened for each connection.
func site3(udp net.PacketConn, secure *tls.Config, handler http.Handler, opened func()) site {
	var (
		mu    sync.Mutex
		conns []*quic.Conn
	)
	srv := &http3.Server{
		TLSConfig: secure, Handler: handler, QUICConfig: &quic.Config{MaxIncomingStreams: 1000},
		ConnContext: func(ctx context.Context, c *quic.Conn) context.Context {
			opened()
			mu.Lock()
			defer mu.Unlock()
			conns = append(conns, c)
			return ctx
		},
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(udp)
	}()
	return site{
		URL: "https://" + udp.LocalAddr().String(),
		Close: func() {
			_ = srv.Close()
			<-served
			_ = udp.Close()
		},
		CloseClientConnections: func() {
			mu.Lock()
			defer mu.Unlock()
			for _, c := range conns {
				_ = c.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "")
			}
			conns = nil
		},
	}
}

// server is Server with a config that speaks the protocol of the strategy.
func (c candidate) server(t testing.TB, config server.Config) *server.Server {
	return Server(t, c.speaking(config))
}

// speaking returns the config of a server that speaks the protocol of the strategy.
func (c candidate) speaking(config server.Config) server.Config {
	if c.protocol == strategies.HTTP3 {
		config.TLS, config.HTTP3 = true, true
	}
	return config
}

// silent returns the URL of a port of UDP from which no answer comes, if the strategy speaks HTTP/3, and else what other returns.
func (c candidate) silent(t testing.TB, other func() string) (url string) {
	if c.protocol != strategies.HTTP3 {
		return other()
	}
	udp, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = udp.Close() })
	return "https://" + udp.LocalAddr().String() + "/"
}

// overTCP returns the function, or nil if the strategy does not use TCP.
func (c candidate) overTCP(url func(t testing.TB) string) func(t testing.TB) string {
	if c.protocol == strategies.HTTP3 {
		return nil
	}
	return url
}

// Open opens a session that accepts any certificate if the strategy only makes requests over https: then the servers of most
// checks have certificates signed by nobody.
func (c candidate) Open(ctx context.Context, target strategies.Target, maxLimit int) (strategies.Session, error) {
	target.Insecure = target.Insecure || c.protocol == strategies.HTTP3
	return c.Strategy.Open(ctx, target, maxLimit)
}

// speakAll has a server speak every protocol of TCP.
func speakAll(srv *httptest.Server) {
	srv.EnableHTTP2 = true
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetHTTP1(true)
	srv.Config.Protocols.SetHTTP2(true)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
}

// connections returns how many connections a session of the strategy has at the limit.
func (c candidate) connections(limit int) int { return c.protocol.Connections(c.Limit(limit), 0) }

// needsHTTP1 skips a check whose server answers bytes of HTTP/1.1.
func needsHTTP1(t *testing.T, c candidate) {
	t.Helper()
	skipIf(t, c.protocol != strategies.HTTP1, "its answers are of HTTP/1.1")
}

// protocolOf returns the name of the protocol of a request, as [strategies.Protocol] has it.
func protocolOf(r *http.Request) string {
	return strings.TrimSuffix(r.Proto, ".0")
}
