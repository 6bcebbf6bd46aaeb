package network

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"
)

// Options say how a client uses a connection.
type Options struct {
	TLS *tls.Config // nil for plain TCP; a copy of it gets the host's name

	// Alternating says that one goroutine at a time uses the connection, and that it reads the whole response after each
	// request it has written. Such a connection needs fewer system calls and timers: it may send a request only when the client
	// reads, and may return an error of the write from Read.
	Alternating bool
}

// A TLSError is the error of a TLS handshake, or of TLS later: it is the server's or the certificate's fault.
type TLSError struct{ Err error }

func (e *TLSError) Error() string { return e.Err.Error() }

// Unwrap returns the error of package tls.
func (e *TLSError) Unwrap() error { return e.Err }

// Dial resolves the host of address, which is host:port, connects to it and makes the TLS handshake, until ctx ends or the dial
// timeout has passed since its start. It tries the host's addresses as RFC 8305 says: see [AttemptDelay].
//
// It returns the error of the lookup, the joined errors of all addresses, a [TLSError], or an error that wraps
// [context.DeadlineExceeded], or [net.ErrClosed] after Close.
func (n *Network) Dial(ctx context.Context, address string, o Options) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, n.dialTimeout)
	defer cancel()
	defer context.AfterFunc(n.ctx, cancel)()
	conn, err := n.dial(ctx, address, o)
	if err != nil && n.ctx.Err() != nil {
		return nil, fmt.Errorf("dial %s: %w", address, errSessionClosed)
	}
	return conn, err
}

func (n *Network) dial(ctx context.Context, address string, o Options) (*Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	addresses, err := n.Resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	raw, ip, err := n.race(ctx, addresses, port)
	if err != nil {
		return nil, err
	}
	n.Prefer(host, ip)
	w, err := newWire(raw)
	if err != nil {
		return nil, err
	}
	if !n.keep(w) {
		raw.Close()
		return nil, net.ErrClosed
	}
	c, err := n.newConn(ctx, w, host, o)
	if err != nil {
		n.forget(w)
		raw.Close()
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	c.habit = n.habit(address)
	return c, nil
}

// newConn makes the TLS handshake, if there is to be one.
func (n *Network) newConn(ctx context.Context, w *wire, host string, o Options) (*Conn, error) {
	var carrier net.Conn = w
	if o.Alternating {
		carrier = newExchangeConn(w)
	}
	if o.TLS != nil {
		config := o.TLS.Clone()
		config.ServerName = host
		secured := tls.Client(carrier, config)
		ended := context.AfterFunc(ctx, func() { w.TCPConn.Close() })
		if err := secured.Handshake(); err != nil || !ended() {
			return nil, handshakeFault(ctx, err)
		}
		carrier = secured
	}
	return &Conn{
		Conn: carrier, wire: w, network: n, options: o, timed: n.dialled.Add(1)%connsPerTimed == 1, ended: time.Since(n.opened),
	}, nil
}

// handshakeFault returns the error of a failed handshake.
func handshakeFault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("TLS handshake: %w", ctx.Err())
	}
	return &TLSError{fmt.Errorf("TLS handshake: %w", err)}
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
