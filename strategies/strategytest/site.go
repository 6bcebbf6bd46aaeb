package strategytest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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
	srv := httptest.NewUnstartedServer(handler)
	speakAll(srv)
	srv.Start()
	return site{srv.URL, srv.Close, srv.CloseClientConnections}
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
