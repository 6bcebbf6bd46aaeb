package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/cli/agents"
	"sweetspot/bench/ports"
	"sweetspot/results"
	"sweetspot/strategies/network"
)

// checkOut adds a fault if the folder cannot be written to, or there is none and none can be made. It makes none: something else
// may be wrong, and then the command leaves nothing behind.
func checkOut(flag, dir string, found *faults) {
	if dir == "" {
		return
	}
	there := dir // or the nearest folder above it
	_, err := os.Stat(there)
	for errors.Is(err, fs.ErrNotExist) && there != filepath.Dir(there) {
		there = filepath.Dir(there)
		_, err = os.Stat(there)
	}
	if err == nil {
		var probe *os.File
		if probe, err = os.CreateTemp(there, ".sweetspot-*"); err == nil {
			_ = probe.Close()
			err = os.Remove(probe.Name())
		}
	}
	if err != nil {
		found.addf("%s %s: %w: want a folder that can be written to", flag, dir, err)
	}
}

// probeTimeout is how long a target may take to accept a connection before it is called unreachable.
const probeTimeout = 3 * time.Second

// mostProbed is how many hosts are dialled: a list may have thousands.
const mostProbed = 16

// mostRead is how many URLs are read to find the hosts.
const mostRead = 10_000

// hosts calls visit with the address, host:port, of each of the URLs' hosts and one URL of that host, for at most mostProbed hosts
// of the first mostRead URLs.
func hosts(urls iter.Seq[string], visit func(address, url string)) {
	seen, read := map[string]bool{}, 0
	for url := range urls {
		if read++; read > mostRead || len(seen) == mostProbed {
			return
		}
		if address, err := addressOf(url); err == nil && !seen[address] {
			seen[address] = true
			visit(address, url)
		}
	}
}

// each returns the URLs in their order.
func each(urls bench.URLs) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range urls.Len() {
			if !yield(urls.At(i)) {
				return
			}
		}
	}
}

// unreachable connects to the hosts of the load, by its route and without sending them anything, and returns an error for each
// that does not accept the connection. If ctx ends it returns ctx's error.
func unreachable(ctx context.Context, load bench.Load) []error {
	var (
		dialer = network.New(probeTimeout, probeTimeout).Via(load.Route, load.Insecure)
		dials  sync.WaitGroup
		errs   [mostProbed]error
		next   int
	)
	defer dialer.Close()
	hosts(each(load.URLs), func(address, url string) {
		result := &errs[next]
		next++
		dials.Go(func() {
			switch err := dialer.Probe(ctx, address, strings.HasPrefix(url, "https:")); {
			case errors.Is(err, network.ErrProxyRefused): // which says what is wanted
				*result = fmt.Errorf("URL %s: %w", url, err)
			case err != nil:
				*result = fmt.Errorf("URL %s: %w: want %s", url, err, wanted(load.Route))
			}
		})
	})
	dials.Wait()
	if ctx.Err() != nil {
		return []error{ctx.Err()} // which is why they failed
	}
	return slices.DeleteFunc(errs[:], func(err error) bool { return err == nil })
}

// wanted says what would be reachable.
func wanted(r network.Route) string {
	switch {
	case r.UnixSocket != "":
		return "the path of a socket on which a server listens"
	case r.Proxy != nil:
		return "a proxy that is running and connects to the host"
	}
	return "the address of a server that is running"
}

// local reports whether all hosts of the load are this machine, as far as that is known before ctx ends. It sends them nothing.
// What is behind a proxy is not known.
func local(ctx context.Context, load bench.Load) bool {
	if load.Route.UnixSocket != "" || load.Route.Proxy != nil {
		return load.Route.Proxy == nil
	}
	own := map[string]bool{}
	if addresses, err := net.InterfaceAddrs(); err == nil {
		for _, address := range addresses {
			if part, ok := address.(*net.IPNet); ok {
				own[part.IP.String()] = true
			}
		}
	}
	here := true
	hosts(each(load.URLs), func(address, _ string) {
		name, port, _ := net.SplitHostPort(address) // addressOf has joined it
		name, _ = load.Route.Destination(name, port)
		found, err := net.DefaultResolver.LookupIPAddr(ctx, name)
		here = here && err == nil && !slices.ContainsFunc(found, func(ip net.IPAddr) bool { return !ip.IP.IsLoopback() && !own[ip.IP.String()] })
	})
	return here
}

// whyCareful says why a sweep must not harm its target: it is not this machine, as far as that is known, or it is one that agents
// elsewhere reach by that name. It is empty if there is no reason.
func whyCareful(ctx context.Context, plan parsed, team *agents.Team) string {
	switch {
	case plan.load.URLs == nil:
		return ""
	case !team.Here():
		return "agents are not on this machine"
	case !local(ctx, plan.load):
		return plan.target + " is not this machine"
	}
	return ""
}

// addressOf returns the host and port of a URL.
func addressOf(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", err
	}
	port := u.Port()
	if port == "" {
		port = strconv.Itoa(ports.Of(text))
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

// spread returns a warning for each header with credentials that goes to several hosts of the URLs.
func spread(header http.Header, urls iter.Seq[string]) []results.Warning {
	count := 0
	hosts(urls, func(string, string) { count++ })
	var warnings []results.Warning
	for _, name := range []string{"Authorization", "Cookie"} {
		if count > 1 && header.Get(name) != "" {
			warnings = append(warnings, results.Warningf(results.CredentialsSpread, "the header %s goes to %d hosts", name, count).With("hosts", float64(count)))
		}
	}
	return warnings
}
