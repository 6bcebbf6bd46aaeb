package station

import "math"

// A bucket limits a rate: every visit that passes uses a token, and tokens come back at even intervals. Instead of
// counting tokens it keeps one time, as the generic cell rate algorithm of ATM does (ITU-T I.371). There, interval is the
// emission interval T, tolerance is tau, and expected is the theoretical arrival time.
type bucket struct {
	interval  float64 // seconds until one token comes back
	tolerance float64 // seconds by which a visit may come before expected
	expected  float64 // when the next visit would pass if all passed at even intervals
}

func newBucket(perSecond, depth float64) bucket {
	return bucket{interval: 1 / perSecond, tolerance: (depth - 1) / perSecond}
}

// ready returns the time at which the bucket has a token; if it has one now, that is a time in the past.
func (b *bucket) ready() float64 { return b.expected - b.tolerance }

// use takes a token.
func (b *bucket) use(now float64) { b.expected = max(b.expected, now) + b.interval }

// shaper lets visits wait for a token, first come, first served.
type shaper struct {
	bucket  bucket
	now     float64 // time of the last event
	waiting queue   // sorted by the time of entry
}

func (s *shaper) enter(now float64, v *Visit) {
	s.now = now
	s.waiting.push(v, now)
}

func (s *shaper) next() float64 {
	if s.waiting.size() == 0 {
		return math.Inf(1)
	}
	return max(s.now, s.bucket.ready())
}

func (s *shaper) depart(now float64) {
	s.now = now
	s.bucket.use(now)
	s.waiting.pop().Done(now, Served)
}

func (s *shaper) remove(now float64, v *Visit) {
	s.now = now
	s.waiting.remove(v)
}

func (s *shaper) size() int { return s.waiting.size() }

// policer rejects the visits for which there is no token. No visit is ever inside.
type policer struct {
	unlimited
	bucket bucket
}

func (p *policer) enter(now float64, v *Visit) {
	const rounding = 1e-9 // a visit exactly on time is not early
	if p.bucket.ready() > now+rounding {
		v.Done(now, Rejected)
		return
	}
	p.bucket.use(now)
	v.Done(now, Served)
}
