package network

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// nameCache holds the addresses of host names.
type nameCache struct {
	lifetime time.Duration
	mu       sync.Mutex
	entries  map[string]*nameEntry
}

// nameEntry is what the cache knows about one host. Its lock is held while the host is being resolved, so that callers that
// want the host at the same time share one lookup.
type nameEntry struct {
	mu        sync.Mutex
	addresses []string
	err       error // of the latest lookup
	until     time.Time
}

// failureLifetime is how long a failed lookup is not repeated: the callers of that time share its error.
const failureLifetime = time.Second

// Resolve returns the IP addresses of a host, from the cache if they are in it, in the order in which they are to be tried: the
// first is the one that Prefer was last called with, and IPv6 and IPv4 alternate. An IP address resolves to itself.
//
// A lookup ends when ctx does. A caller that finds a lookup of another caller in progress waits for that one to end, and gets
// its result. An error is that of [net.Resolver.LookupHost]; it stays in the cache for a second.
func (n *Network) Resolve(ctx context.Context, host string) ([]string, error) {
	entry := n.names.entry(host)
	entry.mu.Lock()
	defer entry.mu.Unlock()
	if !entry.fresh() {
		lifetime := n.names.lifetime
		found, err := net.DefaultResolver.LookupHost(ctx, host)
		if entry.addresses, entry.err = interleave(found), err; err != nil {
			lifetime = failureLifetime
		}
		entry.until = time.Now().Add(lifetime)
	}
	return entry.addresses, entry.err
}

// Known is Resolve for callers that must not wait. It returns false if a lookup is necessary or in progress, or has failed.
func (n *Network) Known(host string) ([]string, bool) {
	entry := n.names.entry(host)
	if !entry.mu.TryLock() { // another goroutine is resolving it
		return nil, false
	}
	defer entry.mu.Unlock()
	if _, err := netip.ParseAddr(host); err == nil && len(entry.addresses) == 0 {
		entry.addresses, entry.until = []string{host}, time.Now().Add(n.names.lifetime)
	}
	return entry.addresses, entry.err == nil && entry.fresh()
}

// Remember puts the addresses of a host into the cache for the given time, as if a lookup had just returned them. Tests use
// it to give a host name several addresses.
func (n *Network) Remember(host string, addresses []string, lifetime time.Duration) {
	entry := n.names.entry(host)
	entry.mu.Lock()
	defer entry.mu.Unlock()
	entry.addresses, entry.err, entry.until = addresses, nil, time.Now().Add(lifetime)
}

// Prefer moves ip to the front of the host's addresses, so that an address that does not answer is not tried first every
// time. It does nothing if the host no longer has that address.
func (n *Network) Prefer(host, ip string) {
	entry := n.names.entry(host)
	entry.mu.Lock()
	defer entry.mu.Unlock()
	if i := slices.Index(entry.addresses, ip); i > 0 {
		others := slices.Delete(slices.Clone(entry.addresses), i, i+1) // a clone, since a caller may be reading the old slice
		entry.addresses = slices.Insert(others, 0, ip)
	}
}

func (n *nameCache) entry(host string) *nameEntry {
	n.mu.Lock()
	defer n.mu.Unlock()
	entry, known := n.entries[host]
	if !known {
		entry = &nameEntry{}
		n.entries[host] = entry
	}
	return entry
}

// fresh reports whether the entry is still valid. The caller holds the lock.
func (n *nameEntry) fresh() bool { return time.Now().Before(n.until) }

// interleave orders addresses as RFC 8305, section 4, says: the two families alternate, beginning with that of the first.
func interleave(addresses []string) []string {
	var first, second []string
	for _, address := range addresses {
		if isIPv6(address) == isIPv6(addresses[0]) {
			first = append(first, address)
		} else {
			second = append(second, address)
		}
	}
	ordered := make([]string, 0, len(addresses))
	for i := range max(len(first), len(second)) {
		ordered = append(ordered, first[min(i, len(first)):min(i+1, len(first))]...)
		ordered = append(ordered, second[min(i, len(second)):min(i+1, len(second))]...)
	}
	return ordered
}

func isIPv6(address string) bool { return strings.Contains(address, ":") }
