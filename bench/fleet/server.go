package fleet

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// randomText returns a random text of that many bytes in hexadecimal.
func randomText(bytes int) string {
	random := make([]byte, bytes)
	_, _ = rand.Read(random) // never fails
	return hex.EncodeToString(random)
}

// startingTime is how long the embedded server may take until it listens.
const startingTime = 10 * time.Second

// largestPayload is how many bytes a message may have on the embedded server: the most that NATS recommends.
const largestPayload = 8 << 20

// startServer starts an embedded server. It listens, has the token and no logs, and takes no signals. Refused is given the address of
// each connection that has another token.
func startServer(o Options, refused func(address string)) (*server.Server, error) {
	host, port, err := hostAndPort(o.Listen)
	if err != nil {
		return nil, err
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	options := &server.Options{
		ServerName:                 "sweetspot-" + randomText(4),
		Host:                       host,
		Port:                       port,
		NoLog:                      true,
		NoSigs:                     true,
		NoSystemAccount:            true,
		MaxPayload:                 largestPayload,
		MaxPending:                 8 * largestPayload,
		CustomClientAuthentication: &gate{token: o.Token, refused: refused},
	}
	if o.TLS != nil {
		options.TLS, options.TLSConfig, options.TLSTimeout = true, o.TLS, startingTime.Seconds()
	}
	s, err := server.NewServer(options)
	if err != nil {
		return nil, fmt.Errorf("NATS server: %w", err)
	}
	failure := &fatal{}
	s.SetLogger(failure, false, false)
	s.Start()
	if failure.text != "" || !s.ReadyForConnections(startingTime) {
		stopServer(s)
		return nil, fmt.Errorf("NATS server: it cannot listen on %s: %s", o.Listen, failure.why())
	}
	return s, nil
}

// fatal is a log of the server that keeps only why it could not start.
type fatal struct{ text string }

func (*fatal) Noticef(string, ...any) {}
func (*fatal) Warnf(string, ...any)   {}
func (*fatal) Errorf(string, ...any)  {}
func (*fatal) Debugf(string, ...any)  {}
func (*fatal) Tracef(string, ...any)  {}

// Fatalf is called by the goroutine that starts the server.
func (f *fatal) Fatalf(format string, v ...any) { f.text = fmt.Sprintf(format, v...) }

// why returns why the server could not start: what the system said, without the server's words around it.
func (f *fatal) why() string {
	if at := strings.LastIndex(f.text, ": bind: "); at >= 0 {
		return strings.TrimSuffix(f.text[at+len(": bind: "):], `"`)
	}
	return f.text
}

// stopServer stops the server and waits until its goroutines have ended.
func stopServer(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// A gate lets those in that have the token. It implements the server's Authentication.
type gate struct {
	token   string
	refused func(address string)
}

// Check reports whether a connection has the token.
func (g *gate) Check(c server.ClientAuthentication) bool {
	if subtle.ConstantTimeCompare([]byte(c.GetOpts().Token), []byte(g.token)) == 1 {
		return true
	}
	address := "a connection"
	if from := c.RemoteAddress(); from != nil {
		address = from.String()
	}
	g.refused(address)
	return false
}

// addressOf returns the URL of the server for agents. One that listens on every address has that of the machine's first
// interface that leads elsewhere.
func addressOf(s *server.Server, secure bool) string {
	listening, _ := s.Addr().(*net.TCPAddr)
	scheme := "nats://"
	if secure {
		scheme = "tls://"
	}
	ip := listening.IP
	if ip.IsUnspecified() {
		ip = ownAddress()
	}
	return scheme + net.JoinHostPort(ip.String(), strconv.Itoa(listening.Port))
}

func ownAddress() net.IP {
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if at, ok := a.(*net.IPNet); ok && at.IP.IsGlobalUnicast() {
			return at.IP
		}
	}
	return net.IPv4(127, 0, 0, 1)
}
