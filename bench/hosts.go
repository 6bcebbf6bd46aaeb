package bench

import (
	"cmp"
	"fmt"
	"slices"

	"sweetspot/bench/tally"
	"sweetspot/results"
	"sweetspot/strategies"
)

// The most that is looked at to find the hosts of a load, whose URLs may be made up as they are asked for.
const (
	mostHosts    = 64
	mostScanned  = 10_000 // URLs
	certainFails = 3      // requests to a host, from which it counts as one that always fails
)

// hosts are the hosts of a load that has several, at most mostHosts of them, with what became of the requests to each. The
// nil hosts are those of a load with one host: then every request goes there, and nothing has to be told apart.
type hosts struct {
	names []string // scheme, host and port, without the user
	all   []tally.Host
}

// hostsOf returns the hosts of the URLs.
func hostsOf(urls URLs) *hosts {
	var names []string
	for i := range min(urls.Len(), mostScanned) {
		if name := strategies.HostOf(urls.At(i)); !slices.Contains(names, name) {
			if names = append(names, name); len(names) == mostHosts {
				break
			}
		}
	}
	if len(names) < 2 {
		return nil
	}
	h := &hosts{names: names}
	for _, name := range names {
		h.all = append(h.all, tally.Host{Name: name})
	}
	return h
}

// count returns the number of hosts, and whether it is known: there are no more than are told apart.
func (h *hosts) count() (number int, known bool) {
	if h == nil {
		return 1, true
	}
	return len(h.names), len(h.names) < mostHosts
}

// list returns the names of the hosts.
func (h *hosts) list() []string {
	if h == nil {
		return nil
	}
	return h.names
}

// number returns the number of the URL's host, from 1; 0 if it is not told apart.
func (h *hosts) number(url string) uint8 {
	if h == nil {
		return 0
	}
	return uint8(slices.Index(h.names, strategies.HostOf(url)) + 1)
}

// merge adds the counts of a trial, and returns a warning for each host to which every request of the trial failed.
func (h *hosts) merge(trial []tally.Host) []results.Warning {
	if h == nil {
		return nil
	}
	var warned []results.Warning
	for _, c := range trial {
		i := slices.Index(h.names, c.Name)
		if i < 0 {
			continue // a machine with a part of the URLs has room to tell others apart
		}
		all := &h.all[i]
		all.Succeeded, all.Failed, all.Err = all.Succeeded+c.Succeeded, all.Failed+c.Failed, cmp.Or(all.Err, c.Err)
		if fails(c) {
			warned = append(warned, hostFails(c))
		}
	}
	return warned
}

// fails reports whether every request to a host fails, and they are enough to say so.
func fails(h tally.Host) bool { return h.Succeeded == 0 && h.Failed >= certainFails }

func hostFails(h tally.Host) results.Warning {
	return results.Warningf(results.HostFails, "every request to %s failed: %s", h.Name, h.Err).With("failed", float64(h.Failed))
}

// nameHosts gives an alert for each host of the target that has failed all requests of the run so far, once.
func (r *runner) nameHosts(on *target) {
	if on.load.hosts == nil {
		return
	}
	for _, h := range on.load.hosts.all {
		if fails(h) && !slices.Contains(on.named, h.Name) {
			on.named = append(on.named, h.Name)
			r.alert(hostFails(h))
		}
	}
}

// deadHost returns an error if every strategy has had its try and every request to one of the hosts has failed: what a sweep
// found would be about the failures of that host.
func (r *runner) deadHost() error {
	all := r.load().hosts
	if all == nil {
		return nil
	}
	for _, f := range r.fates {
		if !f.tried {
			return nil
		}
	}
	for _, h := range all.all {
		if fails(h) {
			return fmt.Errorf("%w: every one of %d requests to %s: %s: leave its URLs out, or mend it", ErrHost, h.Failed, h.Name, h.Err)
		}
	}
	return nil
}
