package optimum

import (
	"fmt"
	"math"
	"slices"

	"sweetspot/results/text"
)

// drift returns by how much the machine certainly became faster (above 0) or slower from the first block to the last, in
// ln(goodput), by a straight line through the effects of the blocks, or how much slower it is since the ramp. The ramp counts
// as a block. Its limits are measured again, so that what they have in common with the curve cancels.
func (all measurements) drift() float64 {
	f := newFit(all.points(all.failingLimit()))
	if f == nil || f.df == 0 || len(f.blocks) < blocksToSettle {
		return 0
	}
	var w, x, y, xx, xy float64
	for _, b := range f.blocks {
		at := float64(b.block)
		w += b.weight
		x += b.weight * at
		y += b.weight * b.by
		xx += b.weight * at * at
		xy += b.weight * at * b.by
	}
	span := float64(f.blocks[len(f.blocks)-1].block - f.blocks[0].block)
	spread := xx - x*x/w
	slope := (xy - x*y/w) / spread
	certain := math.Abs(slope) - student(doubtful, f.df)*math.Sqrt(f.sigma2/spread)
	byLine := math.Copysign(max(0, certain), slope) * span
	if lost := all.slowerSinceRamp(); lost > math.Abs(byLine) {
		return -lost
	}
	return byLine
}

// slowerSinceRamp returns by how much all limits have certainly become slower since the ramp, in ln(goodput), 0 if they have not.
// What is lost at once is little of a line. What is gained is a server that has warmed up, and no harm.
func (all measurements) slowerSinceRamp() float64 {
	f := newFit(all.refined().points(all.failingLimit()))
	if f == nil {
		return 0
	}
	var w, sum float64
	for _, p := range all.ramp().points(all.failingLimit()) {
		if i, found := slices.BinarySearch(f.limits, p.limit); found {
			weight := 1 / (1/p.weight + 1/f.weight[i])
			w, sum = w+weight, sum+weight*(p.y-f.mu[i])
		}
	}
	if w == 0 {
		return 0
	}
	noise := f.withPrior()
	return max(0, sum/w-student(doubtful, noise.df)*math.Sqrt(noise.sigma2/w))
}

// A loss is that limits gave clearly more on the ramp than they do since.
type loss struct {
	limits []int     // ascending
	now    []float64 // goodput since then
	before []float64 // goodput on the ramp
	noise  *fit      // of the trials since
	at     int       // the limit of the ramp with which it began; 0 if it began later
}

// lost returns what the server lost since the ramp, or nil if it certainly lost nothing. Drift and noise make small losses; a
// loss is certainly a fall, at whichever of the limits it is.
func (all measurements) lost() *loss {
	const certain = 4 // standard errors
	ramp, later := all.ramp(), all.refined()
	f := newFit(later.points(math.MaxInt)) // with a noise that the loss is no part of
	if f == nil {
		return nil
	}
	sigma := math.Sqrt(f.withPrior().sigma2)
	found := &loss{noise: f.withPrior()}
	for _, m := range ramp {
		now, n := later.mean(m.Limit)
		if n == 0 || !m.valid() {
			continue
		}
		if noise := sigma * math.Sqrt(1/m.weight()+1/n); math.Log(m.PerSecond)-now > fall+certain*noise {
			found.limits = append(found.limits, m.Limit)
			found.now, found.before = append(found.now, math.Exp(now)), append(found.before, m.PerSecond)
		}
	}
	if len(found.limits) == 0 {
		return nil
	}
	largest := found.limits[len(found.limits)-1]
	if i := slices.IndexFunc(ramp, func(m measurement) bool { return m.Limit > largest }); i >= 0 {
		found.at = ramp[i].Limit
	}
	return found
}

// ceiling returns the goodput that all limits that lost came down to, or 0 if they did not come down to the same. A rate
// limiter that lets a burst pass brings them down to its rate, and leaves the limits below that alone.
func (l *loss) ceiling() float64 {
	lowest, highest := slices.Min(l.now), slices.Max(l.now)
	if len(l.now) < 2 || highest > math.Exp(fall)*lowest {
		return 0
	}
	return math.Sqrt(lowest * highest)
}

// faded returns the goodput that remains when a burst has been spent, or 0 if there is no sign of a burst. The signs are a
// trial that certainly ended slower than it began, and a limit at which once all requests succeeded, and at another time far
// fewer in a second and many failed.
func (all measurements) faded() float64 {
	const part = 3 // of a trial are its beginning and its end
	var remains []float64
	for _, m := range all {
		if m.Early > 0 && m.Late > 0 && math.Log(m.Early/m.Late) > fadingFall+4*math.Hypot(machineNoise, math.Sqrt(part/m.counted())) {
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

// changed concludes from trials between which the server changed, and reports whether it did.
func (c *Conclusion) changed(s *Search, f *fit) bool {
	l := s.seen.lost()
	sustained := s.seen.faded()
	if sustained == 0 && l != nil {
		sustained = l.ceiling()
	}
	switch {
	case sustained > 0:
		c.burst(s, f, sustained)
	case l != nil:
		c.harmed(s, f, l)
	default:
		return false
	}
	return true
}

// harmed concludes from the ramp alone, which measured the server up to the harm, and each limit only once.
func (c *Conclusion) harmed(s *Search, f *fit, l *loss) {
	fresh := newFit(s.seen.ramp().points(s.seen.failingLimit()))
	if fresh == nil {
		fresh = f
	}
	fresh.sigma2, fresh.df = l.noise.sigma2, l.noise.df
	c.measured(newJudge(fresh, c.Share, alpha))
	c.PerSecond = fresh.perSecond(fresh.index(c.Limit))
	last := len(l.limits) - 1
	n := numbers{"limit": float64(l.limits[last]), "before": l.before[last], "now": l.now[last], "best": float64(c.Peak.Limit), "peak": c.Peak.PerSecond}
	when := "since then"
	if l.at > 0 {
		n["at"] = float64(l.at)
		when = fmt.Sprintf("since the search tried a limit of %d", l.at)
	}
	c.refuse(Harmed, n, "the server was harmed: %s it gives %s/s at a limit of %d, where it gave %s/s before; before that its best was %s/s at %d",
		when, text.Number(l.now[last]), l.limits[last], text.Number(l.before[last]), text.Number(c.Peak.PerSecond), c.Peak.Limit)
}

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
