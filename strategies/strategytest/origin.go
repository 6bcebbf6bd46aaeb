package strategytest

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"sweetspot/strategies"
)

// An origin is a server that a way leads to.
type origin struct {
	URL, port             string
	secure                bool // over TLS
	requests, connections atomic.Int64
	name                  atomic.Value // the latest Host, and after it the name that TLS was asked for
}

// The addresses of an origin, apart from the path of a Unix socket.
const (
	anyPort  = "127.0.0.1:0"
	anyPort6 = "[::1]:0"
)

// origin starts a server that speaks the protocol of the strategy, over TLS unless secure is nil, and closes it at the end of the
// test. It skips the test if the server cannot listen at the address: there is no IPv6 here, or the path is too long for a socket.
func (c candidate) origin(t *testing.T, address string, secure *tls.Config) *origin {
	t.Helper()
	o := &origin{secure: secure != nil}
	if c.protocol == strategies.HTTP3 && o.secure && !isPath(address) {
		udp, err := net.ListenPacket("udp", address)
		if err != nil {
			t.Skip(err)
		}
		s := site3(udp, secure, o, func() { o.connections.Add(1) })
		t.Cleanup(s.Close)
		o.URL = s.URL
	} else {
		o.listen(t, address, secure)
	}
	o.port = o.URL[strings.LastIndexByte(o.URL, ':')+1:]
	return o
}

// listen starts a server of TCP or of a Unix socket.
func (o *origin) listen(t *testing.T, address string, secure *tls.Config) {
	t.Helper()
	kind := "tcp"
	if isPath(address) {
		kind = "unix"
	}
	listener, err := net.Listen(kind, address)
	if err != nil {
		t.Skip(err)
	}
	srv := httptest.NewUnstartedServer(o)
	srv.Listener.Close()
	srv.Listener = listener
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			o.connections.Add(1)
		}
	}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that end a handshake
	speakAll(srv)
	if secure != nil {
		srv.TLS = secure
		srv.TLS.NextProtos = []string{"h2", "http/1.1"}
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	o.URL = srv.URL
}

func isPath(address string) bool { return strings.HasPrefix(address, "/") }

// ServeHTTP counts a request, and keeps what it calls the server.
func (o *origin) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	o.requests.Add(1)
	name := r.Host
	if r.TLS != nil {
		name += " " + r.TLS.ServerName
	}
	o.name.Store(name)
}
