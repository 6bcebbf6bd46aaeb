package optimum

import (
	"math"
	"slices"

	"sweetspot/results/text"
)

// faded returns the goodput that remains when a burst has been spent, or 0 if there is no sign of a burst. The signs are a
// trial that certainly ended slower than it began, and a limit at which once all requests succeeded, and at another time far
// fewer in a second and many failed.
func (all measurements) faded() float64 {
	const part = 3 // of a trial are its beginning and its end
	var remains []float64
	for _, m := range all {
		fades := math.Log(m.Early/m.Late) + math.Log(max(0, 1-part*all.missed(m)))
		if m.Early > 0 && m.Late > 0 && fades > fadingFall+4*math.Hypot(machineNoise, math.Sqrt(part/m.counted())) {
			remains = append(remains, m.Late)
		}
		if m.valid() && m.Failed > fadingFailures && math.Log(all.unfailing(m.Limit)/m.PerSecond) > fall {
			remains = append(remains, m.PerSecond)
		}
	}
	if len(remains) == 0 {
		return 0
	}
	least, sum, n := slices.Min(remains), 0.0, 0.0
	for _, rate := range remains { // Those that are higher had a part of the burst.
		if rate <= least*math.Exp(2*burstMargin) {
			sum, n = sum+rate, n+1
		}
	}
	return sum / n
}

// missed returns which part of what the client does at its best it did not do in this trial, of the share of the limit that it keeps in
// flight at the server, and of the time that it is ready. Its best is that of the trials up to this limit: with more requests, what
// they spend on the way is a smaller part. If all of it was missed in one part of the trial, that part may be as much slower than
// the others, or faster, where the server is overloaded.
func (all measurements) missed(m measurement) float64 {
	atServer, ready := logShare(m.AtServer), logShare(m.Ready)
	for _, other := range all {
		if other.Limit <= m.Limit {
			atServer, ready = max(atServer, logShare(other.AtServer)), max(ready, logShare(other.Ready))
		}
	}
	return -math.Expm1(logShare(m.AtServer) - atServer + logShare(m.Ready) - ready)
}

// unfailing returns the highest goodput of a trial of the limit in which next to no request failed, or 0.
func (all measurements) unfailing(limit int) float64 {
	highest := 0.0
	for _, m := range all {
		if m.Limit == limit && m.valid() && m.Failed < toleratedFailures {
			highest = math.Max(highest, m.PerSecond)
		}
	}
	return highest
}

// fadingFailures is the share of the requests of a trial that must fail for it to be a sign of a burst that has been spent.
const fadingFailures = 0.05

// fadingFall is the least by which a trial must fade, in ln(goodput), to say that a burst is being spent.
const fadingFall = 0.1

// unburdened returns the best limit if requests take hardly longer there than one alone, or 0. Then there is no sign of a
// bottleneck in the server, and a limit on its rate may still be hidden by a burst that it lets pass.
func (s *Search) unburdened() int {
	f := s.seen.fit()
	if brief := s.settings.Seconds > 0 && s.settings.Seconds < probeShare*probeSeconds; f == nil || brief {
		return 0
	}
	top := f.best()
	slower := (f.mu[0] - math.Log(float64(f.limits[0]))) - (f.mu[top] - math.Log(float64(f.limits[top])))
	if slower > unburdenedSlower {
		return 0
	}
	return f.limits[top]
}

// unburdenedSlower is by how much slower requests may be, in ln(latency), for a limit to be no burden: noise explains that.
var unburdenedSlower = math.Log(1.3)

// probeShare is how many times the search must be as long as a probe, for one to be worth it.
const probeShare = 12

// burst concludes which limit is needed for the rate that remains when a burst has been spent. Limits that give less than
// that are not held back by it, whatever was measured before them.
func (c *Conclusion) burst(s *Search, f *fit, sustained float64) {
	c.Verdict = Plateau
	enough := math.Log(c.Share * sustained)
	c.High = s.highest(f)
	c.Limit = c.High
	found := false
	for _, limit := range s.seen.limits() {
		y, trials := s.seen.typical(limit)
		switch {
		case limit >= c.High:
		case y < enough-burstExcess:
			c.Low = max(c.Low, limit)
		case y > enough+burstMargin+burstNoise/math.Sqrt(trials) && !found && limit > c.Low:
			c.Limit, c.High, found = limit, limit, true
		}
	}
	c.Certain = found
	y, trials := s.seen.typical(c.Limit)
	c.PerSecond = sustained
	if trials > 0 {
		c.PerSecond = math.Min(sustained, math.Exp(y))
	}
	c.Peak = PeakLimit{Limit: c.Limit, Low: c.Low + 1, High: c.Explored[1], PerSecond: sustained}
	c.warn(Burst, numbers{"sustained": sustained}, "a burst is being spent: what goes beyond %s/s does not last, as with a rate limiter that lets short bursts pass",
		text.Number(sustained))
}

// How far, in ln(goodput), a limit must lie from what is enough of a sustained rate to be told from it.
const (
	burstMargin = 0.08 // what the rate itself may be off
	burstNoise  = 0.10 // of a single trial of the limit
	burstExcess = 0.18 // what the rate may be too high, because a part of the burst was left
)
