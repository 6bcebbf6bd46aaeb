package station

import "math"

// A bucket meters a rate: every visit that passes uses a place in it, and places come back evenly. Instead of
// counting places it keeps one time, as the cell-rate algorithm of ATM (ITU-T I.371) does.
type bucket struct {
	interval float64 // seconds in which one place comes back
	slack    float64 // seconds by which a visit may be ahead of the even flow
	even     float64 // when the next visit would pass if all passed evenly
}

func newBucket(perSecond, depth float64) bucket {
	return bucket{interval: 1 / perSecond, slack: (depth - 1) / perSecond}
}

// ready returns when the bucket has a place, a time in the past if it has one now.
func (b *bucket) ready() float64 { return b.even - b.slack }

// use takes a place.
func (b *bucket) use(now float64) { b.even = max(b.even, now) + b.interval }

// shaping lets visits wait for a place, first come, first served.
type shaping struct {
	bucket  bucket
	now     float64 // of the last event
	waiting queue   // by the time of entry
}

func (s *shaping) enter(now float64, v *Visit) {
	s.now = now
	s.waiting.push(v, now)
}

func (s *shaping) next() float64 {
	if s.waiting.size() == 0 {
		return math.Inf(1)
	}
	return max(s.now, s.bucket.ready())
}

func (s *shaping) depart(now float64) {
	s.now = now
	s.bucket.use(now)
	s.waiting.pop().Leave(now, Served)
}

func (s *shaping) remove(now float64, v *Visit) {
	s.now = now
	s.waiting.remove(v)
}

func (s *shaping) size() int { return s.waiting.size() }

// rejecting refuses the visits for which there is no place. Nobody ever is inside.
type rejecting struct {
	open
	bucket bucket
}

func (r *rejecting) enter(now float64, v *Visit) {
	const rounding = 1e-9 // a caller exactly on time is not early
	if r.bucket.ready() > now+rounding {
		v.Leave(now, Refused)
		return
	}
	r.bucket.use(now)
	v.Leave(now, Served)
}
