package strategies

// A Protocol is a version of HTTP that a strategy speaks. The zero value is [HTTP1].
type Protocol int

// The protocols.
const (
	HTTP1 Protocol = iota // HTTP/1.1: one request at a time on a connection
	HTTP2                 // over TLS, or over TCP with prior knowledge: many requests at a time on a connection
	HTTP3                 // over QUIC: many requests at a time on a connection
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
