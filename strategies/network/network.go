// Package network opens the connections of a session, so that every HTTP client dials, resolves host names and counts its
// connections in the same way.
//
// A client calls [Network.Dial] where it would call [net.Dialer.DialContext], or [Network.DialExchange] if one goroutine
// writes a request and then reads its response. The connections count themselves and some of them time their exchanges;
// [Network.Usage] returns the totals. The event loops, which open their sockets themselves, share only the name cache and
// the counting.
package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"
)

// A Network opens the connections of one session. It is safe for concurrent use.
type Network struct {
	dialer      net.Dialer
	dialTimeout time.Duration
	names       nameCache
	opened      time.Time // the zero of the connections' clock

	run  atomic.Int64 // number of the current run, from 1
	used atomic.Int64 // connections that carried requests in the current run

	dialled      atomic.Int64
	exchangeTime atomic.Int64 // time.Duration, the sum over the exchanges that were timed
	exchanges    atomic.Int64
}

// New returns a network whose Dial takes at most dialTimeout, including the lookup of the host name, and whose cache keeps
// the addresses of a host name for nameLifetime.
func New(dialTimeout, nameLifetime time.Duration) *Network {
	return &Network{
		dialTimeout: dialTimeout,
		names:       nameCache{lifetime: nameLifetime, entries: map[string]*nameEntry{}},
		opened:      time.Now(),
	}
}

// Usage is what a network's connections have done.
type Usage struct {
	Connections int // distinct connections that carried requests since the latest BeginRun

	// ExchangeTime is the time from the write of a request's first byte to the read of its response's last byte. It is summed
	// over Exchanges requests, a sample of those since New.
	ExchangeTime time.Duration
	Exchanges    int64
}

// Usage returns what the connections have done so far.
func (n *Network) Usage() Usage {
	return Usage{
		Connections:  int(n.used.Load()),
		ExchangeTime: time.Duration(n.exchangeTime.Load()),
		Exchanges:    n.exchanges.Load(),
	}
}

// BeginRun sets the count of connections to zero. It must be called before the first request of each run.
func (n *Network) BeginRun() {
	n.run.Add(1)
	n.used.Store(0)
}

// CountRequest counts a connection that carries a request, unless it was counted in this run already. lastRun points to a
// variable of the connection, which must be 0 at first; one goroutine at a time may use it. The connections that Dial and
// DialExchange return call CountRequest by themselves.
func (n *Network) CountRequest(lastRun *int64) {
	if run := n.run.Load(); *lastRun != run {
		*lastRun = run
		n.used.Add(1)
	}
}

// Dial resolves the host of address, which is host:port, and connects to it. It tries the host's addresses one after the
// other, until ctx ends or the dial timeout has passed since its start. It returns the error of the lookup, or the joined
// errors of all addresses.
func (n *Network) Dial(ctx context.Context, address string) (net.Conn, error) {
	return n.dial(ctx, address, func(raw net.Conn) net.Conn { return raw })
}

// DialExchange is Dial for a client that uses a connection from one goroutine at a time, and reads the whole response after
// each request that it has written. Such a connection needs fewer system calls and timers: it may send a request only when
// the client reads, and may return an error of the write from Read.
func (n *Network) DialExchange(ctx context.Context, address string) (net.Conn, error) {
	return n.dial(ctx, address, newExchangeConn)
}

// dial connects to address. The function wrap is applied to the bare connection, below the counting and timing.
func (n *Network) dial(ctx context.Context, address string, wrap func(net.Conn) net.Conn) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, n.dialTimeout)
	defer cancel()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	addresses, err := n.Resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, ip := range addresses {
		raw, err := n.dialer.DialContext(ctx, "tcp", net.JoinHostPort(ip, port))
		if err == nil {
			n.Prefer(host, ip)
			return n.newConn(wrap(raw)), nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}
