package strategies

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Network opens a session's connections, so that every client dials, resolves names and counts connections alike. It
// is safe for concurrent use.
type Network struct {
	dialer   net.Dialer
	patience time.Duration // of Dial
	names    names
	opened   time.Time // the epoch of the connections' clock

	run     atomic.Int64 // number of the Run under way
	carried atomic.Int64 // connections that carried requests in it

	dialled   atomic.Int64
	wire      atomic.Int64 // time.Duration of the exchanges that were timed, summed
	exchanges atomic.Int64
}

// NewNetwork returns a network with the target's time limits.
func NewNetwork(target Target) *Network {
	return &Network{
		patience: target.DialTimeout,
		names:    names{lifetime: target.DNSCache, entries: map[string]*name{}},
		opened:   time.Now(),
	}
}

// begin starts the count of connections anew.
func (n *Network) begin() {
	n.run.Add(1)
	n.carried.Store(0)
}

// usage returns what there is to say of a session that uses nothing but this network.
func (n *Network) usage() Usage {
	return Usage{
		Connections: int(n.carried.Load()),
		Wire:        time.Duration(n.wire.Load()),
		Exchanges:   n.exchanges.Load(),
	}
}

// count counts a connection that carries a request, once in every Run; run is where the connection keeps its latest.
func (n *Network) count(run *int64) {
	if now := n.run.Load(); *run != now {
		*run = now
		n.carried.Add(1)
	}
}

// Dial resolves and connects to address, host:port, within the target's dial timeout or ctx, whichever is shorter.
func (n *Network) Dial(ctx context.Context, address string) (net.Conn, error) {
	return n.dial(ctx, address, func(raw net.Conn) net.Conn { return raw })
}

// DialExchange is Dial for a client that uses a connection from one goroutine at a time and reads after each request that
// it has written. The connection is cheaper then.
func (n *Network) DialExchange(ctx context.Context, address string) (net.Conn, error) {
	return n.dial(ctx, address, exchanging)
}

// dial connects to address, and prepares the connection before it is counted and timed.
func (n *Network) dial(ctx context.Context, address string, prepare func(net.Conn) net.Conn) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, n.patience)
	defer cancel()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	name, addresses, err := n.names.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, ip := range addresses {
		raw, err := n.dialer.DialContext(ctx, "tcp", net.JoinHostPort(ip, port))
		if err == nil {
			name.prefer(ip)
			return n.connect(prepare(raw)), nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// errStale is what writing to a connection that the server closed while it was idle gives: nothing was sent, so that
// the request may be made on another connection and the server still sees it once.
var errStale = errors.New("the server closed the connection while it was idle")

// suspect is how long a connection may be idle before it is asked whether the server has closed it. Asking costs a
// system call, which a connection in steady use is spared.
const suspect = 10 * time.Millisecond

// timed is how many connections share one that is timed: few enough for a good mean, many enough to cost nothing.
const timed = 4

// connect returns the connection that stands for raw; the first is timed.
func (n *Network) connect(raw net.Conn) net.Conn {
	c := &timedConnection{connection: connection{Conn: raw, network: n}}
	c.touch()
	if n.dialled.Add(1)%timed == 1 {
		return c
	}
	return &c.connection
}

// connection counts itself once in every Run that it carries requests in, and notices when it has gone stale. Like any
// client's connection it has one writer and one reader at a time, who may be two goroutines.
type connection struct {
	net.Conn
	network *Network
	run     int64        // in which it last carried a request; the writer's
	touched atomic.Int64 // when it last carried anything either way, a time.Duration on the network's clock
}

// touch notes that the connection carries something now, and returns for how long it had carried nothing.
func (c *connection) touch() (idle time.Duration) {
	now := int64(time.Since(c.network.opened))
	return time.Duration(now - c.touched.Swap(now))
}

func (c *connection) Write(p []byte) (int, error) {
	if c.touch() > suspect && closedByPeer(c.Conn) {
		return 0, errStale
	}
	c.network.count(&c.run)
	return c.Conn.Write(p)
}

func (c *connection) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.touch()
	}
	return n, err
}

// timedConnection also times its exchanges: each from the first write after a read to the last read before a write.
type timedConnection struct {
	connection
	asked, answered atomic.Int64 // times on the network's clock; reader and writer may be two goroutines
}

func (c *timedConnection) Write(p []byte) (int, error) {
	if asked, answered := c.asked.Load(), c.answered.Load(); answered >= asked {
		if asked > 0 {
			c.network.wire.Add(answered - asked)
			c.network.exchanges.Add(1)
		}
		c.asked.Store(int64(time.Since(c.network.opened)))
	}
	return c.connection.Write(p)
}

func (c *timedConnection) Read(p []byte) (int, error) {
	n, err := c.connection.Read(p)
	c.answered.Store(c.touched.Load())
	return n, err
}

// names is a cache of resolved host names.
type names struct {
	lifetime time.Duration
	mu       sync.Mutex
	entries  map[string]*name
}

// name is what is known of one host. Its lock is held while it is being resolved, so that it is resolved once.
type name struct {
	mu        sync.Mutex
	addresses []string
	err       error // of the latest attempt to resolve it
	until     time.Time
}

// sulk is how long a name that could not be resolved is not tried again: all callers of the moment share the failure.
const sulk = time.Second

// resolve returns the host's addresses, the one that answered last first. An address resolves to itself.
func (n *names) resolve(ctx context.Context, host string) (*name, []string, error) {
	entry := n.entry(host)
	entry.mu.Lock()
	defer entry.mu.Unlock()
	if !entry.fresh() {
		lifetime := n.lifetime
		if entry.addresses, entry.err = net.DefaultResolver.LookupHost(ctx, host); entry.err != nil {
			lifetime = sulk
		}
		entry.until = time.Now().Add(lifetime)
	}
	return entry, entry.addresses, entry.err
}

// known is resolve for those who must not wait: it returns false if that would have to ask someone.
func (n *names) known(host string) (*name, []string, bool) {
	entry := n.entry(host)
	if !entry.mu.TryLock() { // it is being resolved
		return nil, nil, false
	}
	defer entry.mu.Unlock()
	if _, err := netip.ParseAddr(host); err == nil && len(entry.addresses) == 0 {
		entry.addresses, entry.until = []string{host}, time.Now().Add(n.lifetime)
	}
	return entry, entry.addresses, entry.err == nil && entry.fresh()
}

func (n *names) entry(host string) *name {
	n.mu.Lock()
	defer n.mu.Unlock()
	entry, known := n.entries[host]
	if !known {
		entry = &name{}
		n.entries[host] = entry
	}
	return entry
}

// fresh is asked under the lock.
func (n *name) fresh() bool { return time.Now().Before(n.until) }

// prefer moves ip to the front, so that an address that does not answer is not tried first every time.
func (n *name) prefer(ip string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if i := slices.Index(n.addresses, ip); i > 0 { // it may be gone, if the name has been resolved anew
		others := slices.Delete(slices.Clone(n.addresses), i, i+1) // somebody may be reading the old ones
		n.addresses = slices.Insert(others, 0, ip)
	}
}
