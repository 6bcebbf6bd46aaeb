package fleet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sweetspot/bench"
	"sweetspot/strategies"
	"sweetspot/strategies/network"
)

// Reach has every agent look up the hosts of a load, and connect to them, so that one that cannot says so before the first trial. The
// error wraps [ErrUnreachable] and has a line for each such agent. If all of the strategies speak HTTP/3, agents do not connect: who
// listens for it need not listen for connections of TCP. Afterwards [Fleet.Members] has the addresses that the agents found.
func (f *Fleet) Reach(ctx context.Context, l bench.Load, all []strategies.Strategy) error {
	load, err := f.load(l)
	if err != nil {
		return fmt.Errorf("fleet: %w", err)
	}
	q := reachQuestion{Load: load, Connect: slices.ContainsFunc(all, func(s strategies.Strategy) bool { return strategies.ProtocolOf(s) != strategies.HTTP3 })}
	machines := f.machines()
	errs := make([]error, len(machines))
	_ = each(machines, func(i int, m machine) error {
		a, err := ask[reachAnswer](ctx, m, callReach, q)
		f.mu.Lock()
		defer f.mu.Unlock()
		m.addresses, errs[i] = a.Addresses, err
		return nil
	})
	if err := errors.Join(errs...); err != nil && ctx.Err() == nil {
		return err
	}
	return ctx.Err()
}

// mostReached is how many hosts of a load are looked up: enough to see that agents differ.
const mostReached = 8

// reach looks up the hosts of a load, and connects to them.
func (h *host) reach(ctx context.Context, q reachQuestion) (reachAnswer, error) {
	load, err := h.load(ctx, q.Load, numbers{})
	if err != nil {
		return reachAnswer{}, err
	}
	var (
		a      reachAnswer
		failed []error
		hosts  = hostsOf(load.URLs)
		t      = load.Target()
		n      = t.Network(strategies.HTTP1)
	)
	defer n.Close()
	for _, host := range hosts {
		if q.Connect {
			if err := n.Probe(ctx, host.address, host.secure); err != nil {
				failed = append(failed, fmt.Errorf("%w: %s: %w", ErrUnreachable, host.address, err))
			}
		}
		a.Addresses = append(a.Addresses, host.found(ctx, n, load.Route)...)
	}
	if len(failed) == len(hosts) { // a host that fails alone shows as a failure of its requests
		return a, failed[0]
	}
	return a, nil
}

// reached is a host of a load.
type reached struct {
	name, port, address string
	secure              bool
}

// hostsOf returns the first hosts of the URLs.
func hostsOf(urls bench.URLs) []reached {
	var all []reached
	const looked = 1000 // URLs
	for i := range min(urls.Len(), looked) {
		u, err := url.Parse(urls.At(i))
		if err != nil || len(all) == mostReached {
			break
		}
		h := reached{name: u.Hostname(), port: u.Port(), secure: u.Scheme == "https"}
		if h.port == "" {
			h.port = strconv.Itoa(map[bool]int{false: 80, true: 443}[h.secure])
		}
		h.address = net.JoinHostPort(h.name, h.port)
		if !slices.Contains(all, h) {
			all = append(all, h)
		}
	}
	return all
}

// found returns where connections to the host lead: "HOST is ADDRESS, ADDRESS"; nothing if that is not up to this machine.
func (r reached) found(ctx context.Context, n *network.Network, route network.Route) []string {
	if route.UnixSocket != "" || route.Proxy != nil {
		return nil
	}
	name, _ := route.Destination(r.name, r.port)
	addresses, err := n.Resolve(ctx, name)
	if err != nil {
		return nil
	}
	addresses = slices.Sorted(slices.Values(addresses))
	return []string{name + " is " + strings.Join(addresses, ", ")}
}
