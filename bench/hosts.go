package bench

import (
	"cmp"
	"fmt"
	"slices"

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
	all   []hostCount
}

// A hostCount is what became of the requests to one host.
type hostCount struct {
	succeeded, failed int64
	err               string // of the first failure
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
	return &hosts{names: names, all: make([]hostCount, len(names))}
}

// count returns the number of hosts, and whether it is known: there are no more than are told apart.
func (h *hosts) count() (number int, known bool) {
	if h == nil {
		return 1, true
	}
	return len(h.names), len(h.names) < mostHosts
}

// number returns the number of the URL's host, from 1; 0 if it is not told apart.
func (h *hosts) number(url string) uint8 {
	if h == nil {
		return 0
	}
	return uint8(slices.Index(h.names, strategies.HostOf(url)) + 1)
}

// add counts an outcome for a host.
func (c *hostCount) add(o *strategies.Outcome) {
	if o.Class == strategies.OK {
		c.succeeded++
		return
	}
	c.failed++
	if c.err == "" {
		c.err = describe(*o)
	}
}

// merge adds the counts of a trial, and returns a warning for each host to which every request of the trial failed.
func (h *hosts) merge(trial []hostCount) []results.Warning {
	if h == nil {
		return nil
	}
	var warned []results.Warning
	for i, c := range trial {
		all := &h.all[i]
		all.succeeded, all.failed, all.err = all.succeeded+c.succeeded, all.failed+c.failed, cmp.Or(all.err, c.err)
		if c.fails() {
			warned = append(warned, c.warning(h.names[i]))
		}
	}
	return warned
}

// fails reports whether every request fails, and they are enough to say so.
func (c hostCount) fails() bool { return c.succeeded == 0 && c.failed >= certainFails }

func (c hostCount) warning(host string) results.Warning {
	return results.Warningf(results.HostFails, "every request to %s failed: %s", host, c.err).With("failed", float64(c.failed))
}

// nameHosts gives an alert for each host of the target that has failed all requests of the run so far, once.
func (r *runner) nameHosts(on *target) {
	if on.load.hosts == nil {
		return
	}
	for i, c := range on.load.hosts.all {
		if name := on.load.hosts.names[i]; c.fails() && !slices.Contains(on.named, name) {
			on.named = append(on.named, name)
			r.alert(c.warning(name))
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
	for i, c := range all.all {
		if c.fails() {
			return fmt.Errorf("%w: every one of %d requests to %s: %s: leave its URLs out, or mend it", ErrHost, c.failed, all.names[i], c.err)
		}
	}
	return nil
}
