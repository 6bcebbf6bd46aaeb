package strategies

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"sweetspot/strategies/network"
)

// A Client is an HTTP stack whose callers make one request at a time.
type Client struct {
	Name string
	Doc  string // one line

	// Protocol is the version of HTTP that it speaks, and no other.
	Protocol Protocol

	// Traits are the points in which the client departs from the contract: see [Traits].
	Traits Traits

	// Open returns a stack with the settings of target, which must come from [Target.InProcess]. The stack dials through n
	// and has at most limit requests in flight to each host, on as few connections as [Protocol.Connections] says; callers
	// beyond that number wait.
	Open func(target Target, n *network.Network, limit int) Stack
}

// A Stack is an opened Client.
type Stack interface {
	// Caller returns a new handle with which one goroutine at a time makes requests.
	Caller() Caller
	// Close closes the idle connections. Those in use are closed by [network.Network.Close].
	Close()
}

// A Caller makes one request at a time and keeps what it can reuse for the next.
type Caller interface {
	// Do makes the request and returns its outcome, at its [Target.Deadline] at the latest.
	Do(r *Request) Outcome
}

// pools has a pool of connections for each host of the requests of a stack. It is safe for concurrent use, and allocates nothing for a
// host that it knows.
type pools[Pool any] struct {
	open func(to *url.URL) Pool // is called for the first request to a host

	mu     sync.RWMutex
	byHost map[origin]Pool
}

// origin is the part of a URL that says who is connected to.
type origin struct{ scheme, host string }

func newPools[Pool any](open func(to *url.URL) Pool) pools[Pool] {
	return pools[Pool]{open: open, byHost: map[origin]Pool{}}
}

// of returns the pool of the connections to the URL's host.
func (p *pools[Pool]) of(to *url.URL) Pool {
	key := origin{to.Scheme, to.Host}
	p.mu.RLock()
	pool, known := p.byHost[key]
	p.mu.RUnlock()
	if known {
		return pool
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if pool, known = p.byHost[key]; !known {
		pool = p.open(to)
		p.byHost[origin{strings.Clone(key.scheme), strings.Clone(key.host)}] = pool // these alone would keep the whole URL in memory
	}
	return pool
}

// all returns every pool.
func (p *pools[Pool]) all() []Pool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.Collect(maps.Values(p.byHost))
}
