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
	w, carrier, err := n.establish(ctx, address, o.TLS, func(w *wire) net.Conn {
		if o.Alternating {
			return newExchangeConn(w)
		}
		return w
	})
	if err != nil {
		return nil, err
	}
	return &Conn{
		Conn: carrier, wire: w, network: n, options: o, habit: n.habit(address),
		timed: n.dialled.Add(1)%connsPerTimed == 1, ended: time.Since(n.opened),
	}, nil
}

// establish connects and negotiates whatever comes before HTTP. It returns the connection with what carries HTTP on it: what carry
// returns for it, or TLS over that.
func (n *Network) establish(ctx context.Context, address string, secure *tls.Config, carry func(*wire) net.Conn) (*wire, net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, n.dialTimeout)
	defer cancel()
	defer context.AfterFunc(n.ctx, cancel)()
	w, host, err := n.connectHost(ctx, address)
	if err == nil {
		carrier := carry(w)
		if secure != nil {
			carrier, err = handshake(ctx, w, carrier, host, secure)
		}
		if err == nil {
			return w, carrier, nil
		}
		n.forget(w)
		w.TCPConn.Close()
		err = fmt.Errorf("dial %s: %w", address, err)
	}
	if n.ctx.Err() != nil {
		err = fmt.Errorf("dial %s: %w", address, errSessionClosed)
	}
	return nil, nil, err
}

// connectHost connects to the host of address, which it returns too.
func (n *Network) connectHost(ctx context.Context, address string) (w *wire, host string, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", fmt.Errorf("dial %s: %w", address, err)
	}
	addresses, err := n.Resolve(ctx, host)
	if err != nil {
		return nil, "", err
	}
	raw, ip, err := n.race(ctx, addresses, port)
	if err != nil {
		return nil, "", err
	}
	n.Prefer(host, ip)
	if w, err = newWire(raw); err != nil {
		return nil, "", err
	}
	if !n.keep(w) {
		raw.Close()
		return nil, "", net.ErrClosed
	}
	return w, host, nil
}

// handshake makes the TLS handshake over carrier, and returns TLS over it.
func handshake(ctx context.Context, w *wire, carrier net.Conn, host string, secure *tls.Config) (*tls.Conn, error) {
	config := secure.Clone()
	config.ServerName = host
	secured := tls.Client(carrier, config)
	ended := context.AfterFunc(ctx, func() { w.TCPConn.Close() })
	if err := secured.Handshake(); err != nil || !ended() {
		return nil, handshakeFault(ctx, err)
	}
	return secured, nil
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
