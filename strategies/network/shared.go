package network

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
)

// A Shared is a connection that carries several requests at a time, for a client that knows the protocol. It keeps the first
// thing that went wrong on it, since a client tells its requests only what followed from that.
type Shared struct {
	net.Conn // carries the bytes: the socket, or TLS over it
	dialled  *Conn

	mu      sync.Mutex // guards what follows
	fault   error
	closed  bool // by the client
	lastRun int64
}

// DialShared connects as [Network.Dial] does, for a client whose requests share the connection. A proxy is asked for a tunnel
// whether or not there is TLS, since HTTP/2 has no form for it. With TLS, the server must agree to
// the first protocol that the configuration offers; else the error is a [TLSError].
func (n *Network) DialShared(ctx context.Context, address string, config *tls.Config) (*Shared, error) {
	c, err := n.dialWithin(ctx, address, Options{TLS: config}, true)
	if err != nil {
		return nil, Agreed("", err, address, config)
	}
	if secured, is := c.Conn.(*tls.Conn); is { // which may be that of a proxy
		if err := Agreed(secured.ConnectionState().NegotiatedProtocol, nil, address, config); err != nil {
			c.Close()
			return nil, err
		}
	}
	return &Shared{Conn: c.Conn, dialled: c}, nil
}

// Agreed returns the error of a TLS handshake that ended with the agreement on a protocol, or with err. If that is not the first
// protocol which config offers, the error is a [TLSError] that wraps ErrProtocol. Without a config there was no handshake.
func Agreed(protocol string, err error, address string, config *tls.Config) error {
	if config != nil && (err == nil && protocol != config.NextProtos[0] || err != nil && strings.Contains(err.Error(), noAgreement)) {
		return &TLSError{fmt.Errorf("dial %s: TLS handshake: the server does not speak %s: %w", address, config.NextProtos[0], ErrProtocol)}
	}
	return err
}

// noAgreement is how package tls, which has no type for it, names the alert of a server that speaks none of the protocols offered.
const noAgreement = "tls: no application protocol"

// ErrProtocol is what the error of DialShared wraps if the server speaks another protocol.
var ErrProtocol = errors.New("no agreement by ALPN")

// CountRequest counts the connection as one that carries a request in the current run.
func (s *Shared) CountRequest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dialled.network.CountRequest(&s.lastRun)
}

// Fault returns what went wrong first on the connection before the client closed it, or nil. It is [io.EOF] if the server has
// closed the connection, a [TLSError], an error that wraps [net.ErrClosed] after [Network.Close], or the error of the system.
func (s *Shared) Fault() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

func (s *Shared) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	s.failed(err)
	return n, err
}

func (s *Shared) Write(p []byte) (int, error) {
	n, err := s.Conn.Write(p)
	s.failed(err)
	return n, err
}

func (s *Shared) failed(err error) {
	if err == nil || expired(err) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.fault != nil || s.closed:
	case s.dialled.network.ctx.Err() != nil:
		s.fault = errSessionClosed
	case err == io.EOF:
		s.fault = io.EOF
	default:
		s.fault = tlsFault(err)
	}
}

// Close closes the connection.
func (s *Shared) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	return s.dialled.Close()
}
