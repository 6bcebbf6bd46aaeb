package optimum

import (
	"fmt"
	"math"
	"slices"
)

// A Conclusion is what the trials so far support.
type Conclusion struct {
	Verdict   Verdict
	Limit     int     // the limit to use, in (Low, High]
	Low, High int     // the smallest limit that gives Share of the peak is above Low and at most High, with 95% confidence
	Share     float64 // of the peak
	PerSecond float64 // goodput at Limit
	Certain   bool    // whether Limit is High, or the largest safe one; else it is the best guess within the interval
	Peak      PeakLimit
	Explored  [2]int    // the smallest and the largest limit tried
	Modelled  bool      // whether the scalability law fits; then it narrowed the interval and placed the peak
	Law       Law       // if it fits
	Thin      bool      // whether there are too few trials for any statement: the interval is everything explored
	Warnings  []Warning // the first of an Unstable verdict says why
}

// A PeakLimit is the limit at which goodput is highest.
type PeakLimit struct {
	Limit     int
	Low, High int     // the peak lies from Low to High, with 95% confidence
	PerSecond float64 // goodput at Limit
}

// A Law is the universal scalability law (Gunther 2007, "Guerrilla Capacity Planning"), fitted to goodput: with n requests
// in flight it is
//
//	X(n) = Lambda n / (1 + Sigma (n-1) + Kappa n (n-1))
//
// and is highest at sqrt((1-Sigma)/Kappa). A fit may give a Sigma somewhat below 0 where goodput rises faster than n.
type Law struct {
	Lambda float64 // goodput per second of one request alone
	Sigma  float64 // contention: the share of the work that only one request at a time can do
	Kappa  float64 // crosstalk: what each pair of requests costs because they must agree
}

// alpha is the probability with which an interval may err on each side: 5% for both sides.
const alpha = 0.025

// Conclude says what the trials so far support. With too few of them for any statement the interval is everything
// explored and the verdict Unstable.
func (s *Search) Conclude() Conclusion { return s.conclude(alpha) }

func (s *Search) conclude(alpha float64) Conclusion {
	c := Conclusion{
		Verdict: Unstable, Share: s.settings.Share, Explored: s.seen.explored(), Thin: true,
		Low: s.settings.Min - 1, Limit: s.settings.Min, High: s.settings.Min,
		Peak: PeakLimit{Limit: s.settings.Min, Low: s.settings.Min, High: s.settings.Min},
	}
	f := newFit(s.seen.points())
	if f == nil {
		c.refuse(NoSuccess, nil, "no trial succeeded")
		return c
	}
	top := f.best()
	c.Low = f.limits[0] - 1
	c.Limit, c.High, c.PerSecond = f.limits[top], f.limits[f.last()], f.perSecond(top)
	c.Peak = PeakLimit{Limit: c.Limit, Low: f.limits[0], High: c.High, PerSecond: c.PerSecond}
	if failing := s.seen.failingLimit(); failing < math.MaxInt {
		c.warn(FailingLimits, numbers{"limit": float64(failing)}, "requests begin to fail at a limit of %d: nothing from there on is recommended", failing)
	}
	if f.df == 0 {
		c.refuse(TooFewTrials, nil, "too few trials for any statement")
		return c
	}
	c.Thin = false
	c.decide(s, newJudge(f, c.Share, alpha))
	c.PerSecond = f.perSecond(f.index(c.Limit))
	return c
}

// decide fills in everything that depends on what is certain.
func (c *Conclusion) decide(s *Search, j *judge) {
	c.Verdict = s.shape(j)
	if c.Verdict == Plateau {
		j.pool()
	}
	c.measured(j)
	if c.Verdict == Peak {
		c.modelled(j)
	}
	if c.Verdict == Cliff {
		edge, _ := s.drop(j.fit)
		c.Limit, c.Certain = j.limits[edge], true
		c.High = max(c.High, c.Limit)
	}
	if c.Limit <= c.Low {
		c.Limit = j.limits[j.index(c.Low+1)]
	}
	if !c.Certain {
		c.warn(NotCertain, numbers{"share": c.Share}, "no limit gives %.3g%% of the peak with certainty", 100*c.Share)
	}
	if by := j.drift(); math.Abs(by) > drifting {
		c.refuse(Drift, numbers{"change": math.Expm1(by)}, "the machine drifted by at least %+.0f%% while it was measured", 100*math.Expm1(by))
	}
}

// measured takes the interval from the measured points alone.
func (c *Conclusion) measured(j *judge) {
	first, last := j.rivals[0], j.rivals[len(j.rivals)-1]
	c.Peak.Low, c.Peak.High = j.limits[first], j.limits[last]
	high := j.high()
	switch c.Certain = high >= 0; {
	case c.Certain:
		c.Limit = j.limits[high]
	case j.plateau != nil:
		// The estimated left edge may be too small: the next limit is the better guess.
		high, c.Limit = last, j.limits[j.crossing()+1]
	default:
		// The smallest limit that is enough is at most the peak, and the peak is at most the last rival.
		high, c.Limit = last, j.limits[j.top]
	}
	c.High = max(c.Limit, j.limits[high])
	if low := j.low(min(high, j.top), c.Verdict == Multimodal); low >= 0 {
		c.Low = j.limits[low]
	}
}

// modelled narrows the interval by the scalability law if the trials do not contradict it. The limit to use stays a
// measured one.
func (c *Conclusion) modelled(j *judge) {
	m := j.trustedLaw()
	if m == nil {
		return
	}
	c.Modelled, c.Law = true, m.law()
	at, perSecond := m.peak()
	if !c.Certain {
		c.Limit = j.nearest(at) // Near the peak of a law that holds, a limit a little off loses little.
	}
	// Half the error, because the trials alone have used theirs already.
	low, high := m.bracket(c.Share, j.alpha/2, j.limits[0], j.limits[j.last()])
	if low < c.High && (high == 0 || high > c.Low) {
		c.Low = max(c.Low, low)
		c.lower(j, high)
	}
	if low, high, ok := m.peakInterval(j.alpha); ok {
		within := func(x float64) int { return min(max(int(x), c.Explored[0]), c.Explored[1]) }
		c.Peak = PeakLimit{Limit: within(math.Round(at)), Low: within(low), High: within(math.Ceil(high)), PerSecond: perSecond}
	}
}

// lower makes the smallest limit that the law calls enough the limit to use, if its own trials agree.
func (c *Conclusion) lower(j *judge, high int) {
	const trials = 3 // fewer can neither agree nor disagree
	if high == 0 {
		return
	}
	for i, n := range j.limits {
		if n >= high && n < c.High && j.trials[i] >= trials && j.mu[i]-j.mu[j.top] > j.share {
			c.Limit, c.High, c.Certain = n, n, true
			return
		}
	}
}

// refuse makes the verdict Unstable, for the reason given.
func (c *Conclusion) refuse(code Code, n numbers, format string, args ...any) {
	c.Verdict = Unstable
	c.Warnings = slices.Insert(c.Warnings, 0, Warning{code, n, fmt.Sprintf(format, args...)})
}

func (c *Conclusion) warn(code Code, n numbers, format string, args ...any) {
	c.Warnings = append(c.Warnings, Warning{code, n, fmt.Sprintf(format, args...)})
}
