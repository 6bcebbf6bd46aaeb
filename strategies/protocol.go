package strategies

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"syscall"

	"sweetspot/strategies/http1"
	"sweetspot/strategies/network"
)

// A Protocol is a version of HTTP that a strategy speaks. The zero value is [HTTP1].
type Protocol int

// The protocols.
const (
	HTTP1 Protocol = iota // HTTP/1.1: one request at a time on a connection
	HTTP2                 // over TLS, or over TCP with prior knowledge: many requests at a time on a connection
	HTTP3                 // over QUIC: many requests at a time on a connection

	ProtocolCount = iota
)

// String returns the protocol's name with its version, as in tables and JSON.
func (p Protocol) String() string { return [...]string{"HTTP/1.1", "HTTP/2", "HTTP/3"}[p] }

// ALPN returns the name by which client and server agree on the protocol in a TLS handshake (RFC 7301).
func (p Protocol) ALPN() string { return [...]string{"http/1.1", "h2", "h3"}[p] }

// Multiplexes reports whether a connection carries several requests at a time, each as a stream of its own.
func (p Protocol) Multiplexes() bool { return p != HTTP1 }

// Connections returns how many connections to a host are needed for limit requests in flight, with at most streams of them on
// one connection. Where streams is 0 the server decides: then one is enough, unless the server allows fewer streams.
func (p Protocol) Connections(limit, streams int) int {
	switch {
	case !p.Multiplexes():
		return limit
	case streams == 0:
		return min(1, limit)
	}
	return (limit + streams - 1) / streams
}

// ProtocolOf returns the protocol that s declares by a method Protocol() Protocol, and [HTTP1] if it declares none.
func ProtocolOf(s Strategy) Protocol {
	if declared, ok := s.(interface{ Protocol() Protocol }); ok {
		return declared.Protocol()
	}
	return HTTP1
}

// Speaks finds out whether the server at a URL speaks the protocol, by opening a connection with the settings of target. It makes
// no request, although a server of HTTP/1.1 may take the preface of HTTP/2 for one. It returns an error, which says what the server speaks instead, if it certainly does not speak the protocol. It
// returns nil otherwise, also if the server could not be asked, and for [HTTP1], for which it does not ask.
func (t Target) Speaks(ctx context.Context, p Protocol, address string) error {
	to, err := url.Parse(address)
	if err != nil || p == HTTP1 {
		return err
	}
	t = t.WithDefaults()
	ctx, cancel := context.WithTimeout(ctx, t.DialTimeout)
	defer cancel()
	n := t.Network(p)
	defer n.Close()
	conn, err := openers[p](n, t)(ctx, to, func() {})
	switch {
	case err == nil:
		return conn.Close()
	case errors.Is(err, errNotSecure):
		return err
	case errors.Is(err, network.ErrProtocol), errors.Is(err, http1.ErrMalformed), p == HTTP3 && (errors.Is(err, syscall.ECONNREFUSED) || Failed(err).Class == Timeout):
		return fmt.Errorf("it speaks %v, and the server does not: %w", p, err)
	}
	return nil
}

// opener opens a connection to the host of a URL. The function changed is that of [streams.NewPool].
type opener func(ctx context.Context, to *url.URL, changed func()) (multiplexedConn, error)

// openers returns how the connections of each protocol that multiplexes are opened.
var openers = map[Protocol]func(n *network.Network, target Target) opener{HTTP2: openHTTP2, HTTP3: openHTTP3}
