package capacity

import "errors"

// Shaper holds requests back so that they leave at PerSecond: a leaky bucket, first come first served. While it
// is not full it takes no time at all, which is what tells it from a worker that needs 1/PerSecond.
type Shaper struct {
	PerSecond float64
	Burst     float64 // requests that may pass at once after a rest; 0 stands for 1, so that they leave evenly
}

// Rate is PerSecond for every n.
func (m Shaper) Rate(int) float64 { return m.PerSecond }

// Depth returns the requests that may pass at once after a rest.
func (m Shaper) Depth() float64 {
	if m.Burst == 0 {
		return 1
	}
	return m.Burst
}

// Validate implements Model.
func (m Shaper) Validate() error { return bucket(m.PerSecond, m.Burst) }

// Reject answers 429 at once to whatever comes faster than PerSecond, as a token bucket does. Only what it
// lets pass counts as throughput.
type Reject struct {
	PerSecond float64
	Burst     float64 // requests that may pass at once after a rest; 0 stands for a tenth of a second's worth
}

// Rate is PerSecond for every n: what it lets pass.
func (m Reject) Rate(int) float64 { return m.PerSecond }

// Depth returns the requests that may pass at once after a rest.
//
// Callers that came together stay together, because a 429 takes no longer than a 200. So a bucket that is to lose
// no token must hold what arrives in one round: PerSecond times the delay. A tenth of a second's worth is
// enough for delays up to 100 ms.
func (m Reject) Depth() float64 {
	if m.Burst == 0 {
		return max(1, m.PerSecond/10)
	}
	return m.Burst
}

// Validate implements Model.
func (m Reject) Validate() error { return bucket(m.PerSecond, m.Burst) }

func bucket(perSecond, burst float64) error {
	faults := []error{between("rate", perSecond, slowest, fastest)}
	if burst != 0 {
		faults = append(faults, between("burst", burst, 1, fastest))
	}
	return errors.Join(faults...)
}
