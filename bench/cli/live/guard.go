package live

import (
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"
)

// The page is served by the process that measures. So it must not cost what the measurement needs: each connection is an open
// file. Browsers and Prometheus need a few.
const (
	mostConnections = 32 // more wait to be accepted
	mostStreams     = 24 // open pages; the other connections are for loading pages, and for metrics
)

// How long a client may take. A connection that is idle for longer is closed, and made again when it is needed.
const (
	requestTimeout = 5 * time.Second // to send a request
	answerTimeout  = 30 * time.Second
	idleTimeout    = 10 * time.Second
)

// mostHeader is the size of the largest head of a request, in bytes.
const mostHeader = 16 << 10

// guarded returns a server that slow, idle or hostile clients cannot use up. It logs nothing.
func guarded(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: requestTimeout, ReadTimeout: requestTimeout, WriteTimeout: answerTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: mostHeader,
		ErrorLog:       log.New(io.Discard, "", 0), // the terminal is the run's
	}
}

// atMost answers 503 while that many requests are being served.
func atMost(n int, handler http.Handler) http.Handler {
	served := make(chan struct{}, n)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case served <- struct{}{}:
			defer func() { <-served }()
			handler.ServeHTTP(w, r)
		default:
			http.Error(w, "too many open pages", http.StatusServiceUnavailable)
		}
	})
}

// onlyOwn answers requests for this machine only: for localhost, the address that the client has connected to, and the host of
// the given address, HOST:PORT. A page of another site, whose name was made to lead here, cannot read the run that way (DNS
// rebinding), since its requests name that site.
func onlyOwn(address string, handler http.Handler) http.Handler {
	given, _, _ := net.SplitHostPort(address)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := hostname(r.Host)
		local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		if host != "localhost" && !strings.EqualFold(host, given) && !same(host, local) {
			http.Error(w, "this host is not served: want localhost or the host that --live names", http.StatusMisdirectedRequest)
			return
		}
		handler.ServeHTTP(w, r)
	})
}

// hostname returns the host of a Host header without its port, in lower case and without the brackets of an IPv6 address.
func hostname(header string) string {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = strings.Trim(header, "[]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// same reports whether the host is the IP address that a client has connected to.
func same(host string, local net.Addr) bool {
	tcp, ok := local.(*net.TCPAddr)
	return ok && tcp.IP.Equal(net.ParseIP(host))
}
