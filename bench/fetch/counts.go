package fetch

import "maps"

// HostCounts is what became of the jobs of a host, and of the requests to it.
type HostCounts struct {
	Succeeded int64            // jobs
	Failed    map[string]int64 // jobs that failed for good, by class; nil if none did
	Requests  int64            // that were started
	Retries   int64            // of them
	Pauses    int64            // how often the host asked to wait
	Bytes     int64            // of bodies
}

// fail counts a job that failed.
func (c *HostCounts) fail(class string) {
	if c.Failed == nil {
		c.Failed = map[string]int64{}
	}
	c.Failed[class]++
}

// Failures returns how many jobs failed for good.
func (c HostCounts) Failures() int64 {
	var sum int64
	for n := range maps.Values(c.Failed) {
		sum += n
	}
	return sum
}

// Add adds the counts of another host.
func (c *HostCounts) Add(other HostCounts) {
	c.Succeeded += other.Succeeded
	c.Requests += other.Requests
	c.Retries += other.Retries
	c.Pauses += other.Pauses
	c.Bytes += other.Bytes
	failed := maps.Clone(c.Failed) // another copy of the counts may have the same
	if failed == nil && other.Failed != nil {
		failed = map[string]int64{}
	}
	for class, n := range other.Failed {
		failed[class] += n
	}
	c.Failed = failed
}
