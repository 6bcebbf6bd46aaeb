package server

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sweetspot/server/capacity"
)

// A Profile is a capacity and a delay with a name: a server on which a search for the best limit can be tried.
type Profile struct {
	Name     string
	Teaches  string // one line: what can be learned from it
	Capacity capacity.Model
	Delay    time.Duration // see Config.Delay
}

// Profiles returns all profiles, the most useful one first.
func Profiles() []Profile {
	const ms = time.Millisecond
	pool := capacity.Workers{N: 32, Service: 10 * ms}
	return []Profile{
		{"article", "a peak with a flat top: best near 60, 3.3 times slower at 4,000; more is worse, and the argmax is noise",
			capacity.USL{PerSecond: 1090, Sigma: 0.40, Kappa: 0.00025}, 5 * ms},
		{"plateau", "32 workers behind 20 ms of network: a rise to 3,200/s near 100, then flat; only the left edge means something",
			pool, 20 * ms},
		{"cliff", "a plateau from 32 to 80, then 60% less at once: a search that doubles its limit jumps over the edge",
			capacity.Cliff{Workers: pool, At: 80, Factor: 0.4}, 0},
		{"ratelimited", "every request beyond 500/s is answered 429: a limit above 40 gains nothing, since only 200s count",
			capacity.Reject{PerSecond: 500}, 80 * ms},
		{"contended", "one lock for everything: the best limit is 1, and each further request slows all of them down",
			capacity.USL{PerSecond: 100, Sigma: 1, Kappa: 0.001}, 0},
		{"humps", "a hump at 10 and a higher one at 126: a search that climbs from the left stops at the wrong one",
			capacity.Curve{{N: 1, PerSecond: 90}, {N: 10, PerSecond: 850}, {N: 40, PerSecond: 560}, {N: 70, PerSecond: 600},
				{N: 126, PerSecond: 995}, {N: 256, PerSecond: 700}, {N: 512, PerSecond: 300}}, 0},
		{"instant", "answers at once: only the client is measured, since the server sets no limit", capacity.None{}, 0},
	}
}

// FindProfile returns the profile with that name. The error is one line that lists the valid names.
func FindProfile(name string) (Profile, error) {
	all := Profiles()
	i := slices.IndexFunc(all, func(p Profile) bool { return p.Name == name })
	if i >= 0 {
		return all[i], nil
	}
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	return Profile{}, fmt.Errorf("profile %q: want one of %s", name, strings.Join(names, ", "))
}
