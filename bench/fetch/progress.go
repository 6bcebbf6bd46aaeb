package fetch

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

// Progress is how far a fetch has come.
type Progress struct {
	Total     int64 // jobs in the list
	Before    int64 // of them, those that had a result when the fetch began
	Succeeded int64 // since then
	Failed    int64 // for good, since then
	Retrying  int64 // jobs that wait to be requested again
	Requests  int64 // that have ended
	InFlight  int
	Limit     int     // the most in flight now
	Bytes     int64   // of bodies
	PerSecond float64 // successes, lately
	Elapsed   time.Duration
	Left      time.Duration // that it takes yet at the present rate; 0 if that is not known
}

// Done returns how many jobs have a result.
func (p Progress) Done() int64 { return p.Before + p.Succeeded + p.Failed }

// A Summary is what a fetch has done.
type Summary struct {
	Progress
	Most        int              // the largest limit that there could be
	Settled     int              // the limit that was found to be the best
	Why         string           // it was
	Connections int              // that carried requests
	Failures    map[string]int64 // jobs that failed for good, by class
	Hosts       []HostSummary    // those with the most jobs first
	Others      HostCounts       // of hosts that are not told apart, since there are too many
	Evicted     int              // how many those are, at least
}

// A HostSummary is what became of the jobs of a host.
type HostSummary struct {
	Host string // scheme, host and port
	HostCounts
}

// reportInterval is how often progress is reported.
const reportInterval = 100 * time.Millisecond

// report reports the progress until ctx ends.
func (f *fetch) report(ctx context.Context) {
	tick := time.NewTicker(reportInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		f.mu.Lock()
		f.goodput.note(f.now())
		p := f.progress()
		f.mu.Unlock()
		if f.observe.Progress != nil {
			f.observe.Progress(p)
		}
	}
}

// progress returns how far the fetch has come. The caller holds the lock.
func (f *fetch) progress() Progress {
	s := f.schedule
	p := Progress{
		Total: s.source.Len(), Before: s.skip.count, Succeeded: f.counts.Succeeded, Failed: f.counts.Failures(), Retrying: int64(s.waiting),
		Requests: f.counts.Requests, InFlight: s.inFlight, Limit: s.limit, Bytes: f.counts.Bytes,
		PerSecond: f.goodput.perSecond(), Elapsed: f.now(),
	}
	if p.PerSecond > 0 {
		p.Left = time.Duration(min(float64(s.left)/p.PerSecond*float64(time.Second), float64(never)/2))
	}
	return p
}

// summary returns what the fetch has done.
func (f *fetch) summary() Summary {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.settings.Limiter
	sum := Summary{
		Progress: f.progress(), Most: l.Most(), Settled: l.Settled(), Why: l.Why(), Connections: f.connections,
		Failures: maps.Clone(f.counts.Failed), Others: f.schedule.others, Evicted: f.schedule.evicted,
	}
	for _, h := range f.schedule.hosts {
		counts := h.counts
		counts.Failed = maps.Clone(counts.Failed)
		sum.Hosts = append(sum.Hosts, HostSummary{h.name, counts})
	}
	slices.SortFunc(sum.Hosts, func(a, b HostSummary) int {
		return cmp.Or(cmp.Compare(b.Succeeded+b.Failures(), a.Succeeded+a.Failures()), cmp.Compare(a.Host, b.Host))
	})
	return sum
}

// goodput measures the successes per second of the last few seconds.
type goodput struct {
	count   int64 // of successes
	samples []sample
}

type sample struct {
	at    time.Duration
	count int64
}

// goodputTime is over how long goodput is measured.
const goodputTime = 3 * time.Second

// note notes the count of now.
func (g *goodput) note(now time.Duration) {
	g.samples = append(g.samples, sample{now, g.count})
	for len(g.samples) > 2 && now-g.samples[1].at >= goodputTime {
		g.samples = slices.Delete(g.samples, 0, 1)
	}
}

func (g *goodput) perSecond() float64 {
	if len(g.samples) < 2 {
		return 0
	}
	first, last := g.samples[0], g.samples[len(g.samples)-1]
	return float64(last.count-first.count) / (last.at - first.at).Seconds()
}
