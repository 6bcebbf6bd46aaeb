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

// A loss is that limits gave clearly more on the ramp than they ever do since.
type loss struct {
	limits []int     // ascending
	now    []float64 // goodput since then
	before []float64 // goodput on the ramp
	noise  *fit      // of the trials since
	at     int       // the limit of the ramp with which it began; 0 if it began later
}

// lost returns what the server lost since the ramp, or nil if it certainly lost nothing. Drift and noise make small losses; a
// loss is certainly a fall, at whichever of the limits it is. It is for good, so that no limit that has it is without it in another
// trial, and it is the server's, so that a client that kept less in flight does not explain it.
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
		noise := sigma * math.Sqrt(1/m.weight()+1/n)
		mean, least, most := later.below(m)
		if least < fall/2 {
			if most > fall+certain*sigma*math.Sqrt(2/m.weight()) {
				return nil // it has recovered
			}
			continue
		}
		if mean > fall+certain*noise {
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

// below returns by how much the trials at a limit lie below one before them, in ln(goodput), as far as the client does not explain
// it: their weighted mean, and those that lie least and most below it.
func (all measurements) below(before measurement) (mean, least, most float64) {
	weight := 0.0
	least, most = math.Inf(1), math.Inf(-1)
	for _, m := range all {
		if m.Limit == before.Limit && m.valid() {
			by, w := math.Log(before.PerSecond/m.PerSecond)-m.explained(before), m.weight()
			mean, weight, least, most = mean+w*by, weight+w, min(least, by), max(most, by)
		}
	}
	return mean / weight, least, most
}

// explained returns how much of a difference to a trial of the same limit before the client explains, in ln(goodput). Per request in
// flight, a server gives no more with more of them. So with half as many in flight there, or a client that waits for a processor
// for half of its time, it may well give half. It may as well give half since the client does not wait any more, where it is
// overloaded and its goodput falls as in the scalability law.
func (m measurement) explained(before measurement) float64 {
	return max(0, logShare(before.AtServer)-logShare(m.AtServer)) + math.Abs(logShare(before.Ready)-logShare(m.Ready))
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
