package network

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"
)

// Options say how a client uses a connection.
type Options struct {
	TLS *tls.Config // nil for plain TCP; a copy of it gets the host's name, unless it has a ServerName

	// Alternating says that one goroutine at a time uses the connection, and that it reads the whole response after each
	// request it has written. Such a connection needs fewer system calls and timers: it may send a request only when the client
	// reads, and may return an error of the write from Read.
	Alternating bool

	carry func(*wire) net.Conn // returns what carries the bytes over the socket; nil for the usual
}

// A TLSError is the error of a TLS handshake, or of TLS later: it is the server's or the certificate's fault.
type TLSError struct{ Err error }

func (e *TLSError) Error() string { return e.Err.Error() }

// Unwrap returns the error of package tls.
func (e *TLSError) Unwrap() error { return e.Err }

// Dial resolves the host of address, which is host:port, connects to it and makes the TLS handshake, until ctx ends or the dial
// timeout has passed since its start. It takes the network's [Route]. It tries the addresses of the host, or of the proxy, as
// RFC 8305 says: see [AttemptDelay].
//
// It returns the error of the lookup, the joined errors of all addresses, a [TLSError], an error that wraps [ErrProxyRefused],
// or an error of package http1 if the proxy's answer is malformed, an error that wraps [io.EOF] if there was none, or
// [context.DeadlineExceeded], or [net.ErrClosed] after Close.
func (n *Network) Dial(ctx context.Context, address string, o Options) (*Conn, error) {
	return n.dialWithin(ctx, address, o, o.TLS != nil)
}

// dialWithin is dial with its timeout.
func (n *Network) dialWithin(ctx context.Context, address string, o Options, secure bool) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, n.dialTimeout)
	defer cancel()
	defer context.AfterFunc(n.ctx, cancel)()
	conn, err := n.dial(ctx, address, o, secure)
	if err != nil && n.ctx.Err() != nil {
		return nil, fmt.Errorf("dial %s: %w", address, errSessionClosed)
	}
	return conn, err
}

// Probe connects to a host as Dial does, but leaves out the TLS handshake with the host, and closes the connection. Secure says
// that a client would make it.
func (n *Network) Probe(ctx context.Context, address string, secure bool) error {
	ctx, cancel := context.WithTimeout(ctx, n.dialTimeout)
	defer cancel()
	conn, err := n.dial(ctx, address, Options{}, secure)
	if err != nil {
		return err
	}
	return conn.Close()
}

// dial is Dial without its timeout. Secure says that there will be TLS to the host, or another reason for a tunnel.
func (n *Network) dial(ctx context.Context, address string, o Options, secure bool) (*Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	p := n.path(host, port, secure)
	raw, err := n.connectTo(ctx, p)
	if err != nil {
		return nil, err
	}
	w, err := newWire(raw)
	if err != nil {
		return nil, err
	}
	if !n.keep(w) {
		raw.Close()
		return nil, net.ErrClosed
	}
	c, err := n.newConn(ctx, w, p, host, o)
	if err != nil {
		n.forget(w)
		raw.Close()
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	c.habit = n.habit(address)
	return c, nil
}

// connectTo connects to where the path begins.
func (n *Network) connectTo(ctx context.Context, p path) (socket, error) {
	if p.socket != "" {
		conn, err := n.dialer.DialContext(ctx, "unix", p.socket)
		if err != nil {
			return nil, err
		}
		return conn.(*net.UnixConn), nil
	}
	raw, err := n.connectHost(ctx, p.host, p.port)
	switch {
	case err != nil && n.route.Proxy != nil:
		return nil, fmt.Errorf("proxy %s: %w", n.route.ProxyName(), err)
	case err != nil:
		return nil, err // not a nil *net.TCPConn
	}
	return raw, nil
}

func (n *Network) connectHost(ctx context.Context, host, port string) (*net.TCPConn, error) {
	addresses, err := n.Resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	raw, ip, err := n.race(ctx, addresses, port)
	if err != nil {
		return nil, err
	}
	n.Prefer(host, ip)
	return raw, nil
}

// newConn goes the rest of the path, over a connection to its beginning, and makes the TLS handshake, if there is to be one.
func (n *Network) newConn(ctx context.Context, w *wire, p path, host string, o Options) (*Conn, error) {
	c := &Conn{wire: w, network: n, options: o, timed: n.dialled.Add(1)%connsPerTimed == 1}
	switch {
	case o.carry != nil:
		c.Conn = o.carry(w)
	case o.Alternating:
		c.Conn = newExchangeConn(w)
	default:
		c.Conn = w
	}
	if p.origin != "" {
		c.absolute = newAbsoluteForm(p.origin, login(n.route.Proxy))
	}
	ended := context.AfterFunc(ctx, func() { w.socket.Close() })
	step, err := c.negotiate(p, host)
	if !ended() || err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("%s: %w", step, ctx.Err())
		}
		return nil, err
	}
	c.ended = time.Since(n.opened)
	return c, nil
}

// negotiate asks the proxy for a tunnel, and makes the TLS handshakes with the proxy and the host, as far as the path and the
// options want that. It returns the name of the last step that it has begun.
func (c *Conn) negotiate(p path, host string) (_ string, err error) {
	step, secured := "connect", false
	if through := c.network.route.Proxy; through != nil {
		step = "proxy " + c.network.route.ProxyName()
		if through.Scheme == "https" {
			secured = true
			if c.Conn, err = c.network.secureProxy(c.Conn); err != nil {
				return step, err
			}
		}
	}
	if p.tunnel != "" {
		if err := c.network.throughProxy(c.Conn, p.tunnel); err != nil {
			return step, err
		}
	}
	if c.options.TLS != nil {
		step, secured = "TLS handshake", true
		config := c.options.TLS.Clone()
		config.ServerName = cmp.Or(config.ServerName, host)
		connection := tls.Client(c.Conn, config)
		if err := connection.Handshake(); err != nil {
			return step, &TLSError{fmt.Errorf("TLS handshake: %w", err)}
		}
		c.Conn = connection
	}
	c.secured = secured
	return step, nil
}

// tlsFault returns err as a TLSError if it comes from TLS rather than from the connection below.
func tlsFault(err error) error {
	var operation *net.OpError
	var record tls.RecordHeaderError
	if errors.As(err, &operation) && (operation.Op == "remote error" || operation.Op == "local error") || errors.As(err, &record) {
		return &TLSError{err}
	}
	return err
}
