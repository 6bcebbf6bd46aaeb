package fetch

import "time"

// How far ahead of what is requested the list is read, so that the hosts of later jobs are known. It bounds the memory for queues.
const (
	mostRuns  = 1 << 15
	mostAhead = 1 << 20
	mostHosts = 10_000 // hosts without work that are kept
)

// scan reads on in the list, at most that many jobs, and reports whether there is more to read and room for it.
func (s *scheduler) scan(jobs int, now time.Duration) bool {
	for range jobs {
		if s.err != nil || s.index >= s.source.Len() || s.runs >= mostRuns || s.ahead >= mostAhead {
			return false
		}
		job, next, err := s.source.Job(s.scanned)
		if err != nil {
			s.err = err
			return false
		}
		if !s.skip.has(s.index) {
			h := s.host(hostOf(job.URL))
			had := h.hasWork()
			if h.add(s.index, s.scanned) {
				s.runs++
			}
			s.ahead++
			if !had {
				s.put(h, now)
			}
		}
		s.index, s.scanned = s.index+1, next
	}
	return true
}

// host returns the queue of a host.
func (s *scheduler) host(name string) *host {
	h := s.hosts[name]
	if h == nil {
		h = &host{name: name, failing: never, pace: paceOf(s.settings.RatePerHost), most: s.settings.PerHost}
		s.hosts[name] = h
	}
	return h
}

// advance takes the first job from the runs of a host.
func (s *scheduler) advance(h *host, next Place) {
	r := &h.runs[0]
	r.index, r.place, r.count = r.index+1, next, r.count-1
	s.ahead--
	if r.count == 0 {
		h.runs = h.runs[1:]
		s.runs--
	}
}

// evict forgets a host without work if there are too many.
func (s *scheduler) evict(h *host, now time.Duration) {
	if len(s.hosts) > mostHosts && s.hosts[h.name] == h && h.inFlight == 0 && h.away == 0 && h.paused <= now && h.over == nil && s.awaits(h.pace, now) == 0 {
		s.others.Add(h.counts)
		s.evicted++
		delete(s.hosts, h.name)
	}
}
