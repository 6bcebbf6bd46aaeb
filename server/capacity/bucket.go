package capacity

import "errors"

// Shaper delays requests so that at most PerSecond leave per second: traffic shaping by a leaky bucket, first come, first
// served. It adds no time to requests that come more slowly, unlike one worker, which needs 1/PerSecond for each request.
type Shaper struct {
	PerSecond float64 // completions per second
	Burst     float64 // requests that may pass at once after an idle time; 0 means 1: they leave at even intervals
}

// Rate returns PerSecond for every n.
func (m Shaper) Rate(int) float64 { return m.PerSecond }

// Depth returns the bucket's depth in requests: Burst, or its default.
func (m Shaper) Depth() float64 {
	if m.Burst == 0 {
		return 1
	}
	return m.Burst
}

// Validate implements Model.
func (m Shaper) Validate() error { return checkBucket(m.PerSecond, m.Burst) }

// Reject is a rate limit by a token bucket: requests that come faster than PerSecond are answered 429 at once. Only the
// requests that pass count as throughput.
type Reject struct {
	PerSecond float64 // completions per second
	Burst     float64 // requests that may pass at once after an idle time; 0 means PerSecond/10, at least 1
}

// Rate returns PerSecond for every n: the rate of the requests that pass.
func (m Reject) Rate(int) float64 { return m.PerSecond }

// Depth returns the bucket's depth in requests: Burst, or its default.
//
// Callers that arrive at the same time stay together, because a 429 takes no longer than a 200. So the bucket overflows,
// and tokens are lost, unless it holds the tokens of one round: PerSecond times the delay. The default, the tokens of
// 0.1 s, is enough for delays up to 100 ms.
func (m Reject) Depth() float64 {
	if m.Burst == 0 {
		return max(1, m.PerSecond/10)
	}
	return m.Burst
}

// Validate implements Model.
func (m Reject) Validate() error { return checkBucket(m.PerSecond, m.Burst) }

func checkBucket(perSecond, burst float64) error {
	errs := []error{checkRange("rate", perSecond, minRate, maxRate)}
	if burst != 0 {
		errs = append(errs, checkRange("burst", burst, 1, maxRate))
	}
	return errors.Join(errs...)
}
