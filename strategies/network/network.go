// Package network opens the connections of a session, so that every HTTP client dials, resolves host names and counts its
// connections in the same way.
//
// A client calls [Network.Dial] where it would call [net.Dialer.DialContext] or [tls.Dialer.DialContext]. The connections, of
// type [Conn], follow the exchanges on them, count themselves, and some of them time their exchanges; [Network.Usage] returns
// the totals. The event loops, which open their sockets themselves, share only the name cache and the counting.
package network

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// A Network opens the connections of one session. It is safe for concurrent use.
type Network struct {
	dialer      net.Dialer
	dialTimeout time.Duration
	route       Route
	insecure    bool // accept any certificate of a proxy
	tunnels     bool // every connection through a proxy is a tunnel
	names       nameCache
	opened      time.Time // the zero of the connections' clock

	run  atomic.Int64 // number of the current run, from 1
	used atomic.Int64 // connections that carried requests in the current run

	streams atomic.Int64 // see NoteStreams

	dialled      atomic.Int64
	exchangeTime atomic.Int64 // time.Duration, the sum over the exchanges that were timed
	exchanges    atomic.Int64

	ctx   context.Context // ends with Close
	close context.CancelFunc
	mu    sync.Mutex
	open  map[*wire]struct{} // nil after Close

	habits map[string]*Habit // by address; guarded by mu too
}

// New returns a network whose Dial takes at most dialTimeout, including the lookup of the host name and the TLS handshake, and
// whose cache keeps the addresses of a host name for nameLifetime.
func New(dialTimeout, nameLifetime time.Duration) *Network {
	ctx, stop := context.WithCancel(context.Background())
	return &Network{
		ctx:         ctx,
		close:       stop,
		open:        map[*wire]struct{}{},
		habits:      map[string]*Habit{},
		dialTimeout: dialTimeout,
		names:       nameCache{lifetime: nameLifetime, entries: map[string]*nameEntry{}},
		opened:      time.Now(),
	}
}

// Via makes all later connections take the route, and returns n. Insecure has any certificate of a proxy accepted.
func (n *Network) Via(r Route, insecure bool) *Network {
	n.route, n.insecure = r, insecure
	return n
}

// Tunnel has every later connection through a proxy be a tunnel, also without TLS: for protocols of which a proxy takes no requests.
func (n *Network) Tunnel() { n.tunnels = true }

// Usage is what a network's connections have done.
type Usage struct {
	Connections int // distinct connections that carried requests since the latest BeginRun
	Streams     int // the most requests at a time that servers allow on one connection, the least of what they said; 0 if none did

	// ExchangeTime is the time from the write of a request's first byte to the read of its response's last byte. It is summed
	// over Exchanges requests, a sample of those since New.
	ExchangeTime time.Duration
	Exchanges    int64
}

// Usage returns what the connections have done so far.
func (n *Network) Usage() Usage {
	return Usage{
		Connections:  int(n.used.Load()),
		Streams:      int(n.streams.Load()),
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
// variable of the connection, which must be 0 at first; one goroutine at a time may use it. A [Conn] calls CountRequest by
// itself.
func (n *Network) CountRequest(lastRun *int64) {
	if run := n.run.Load(); *lastRun != run {
		*lastRun = run
		n.used.Add(1)
	}
}

// NoteStreams notes how many requests at a time a server allows on one connection.
func (n *Network) NoteStreams(allowed int) {
	for {
		least := n.streams.Load()
		if least > 0 && least <= int64(allowed) || n.streams.CompareAndSwap(least, int64(allowed)) {
			return
		}
	}
}

// errSessionClosed is the error of everything that Close ends.
var errSessionClosed = fmt.Errorf("the session was closed: %w", net.ErrClosed)

// Close closes every connection and ends the dials, lookups and handshakes in progress, whose errors wrap [net.ErrClosed], as
// do those of every later Dial. It may be called at any time, and more than once.
func (n *Network) Close() {
	n.close()
	n.mu.Lock()
	open := n.open
	n.open = nil
	n.mu.Unlock()
	for w := range open {
		_ = w.socket.Close() // at once: TLS would first send an alert
	}
}

// keep notes a connection for Close. It returns false after Close.
func (n *Network) keep(w *wire) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.open == nil {
		return false
	}
	n.open[w] = struct{}{}
	return true
}

// forget undoes keep.
func (n *Network) forget(w *wire) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.open, w)
}
