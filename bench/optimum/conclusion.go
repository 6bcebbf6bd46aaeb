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
	Modelled  bool      // whether the scalability law fits; then it placed the peak
	Law       Law       // if it fits
	Thin      bool      // whether there are too few trials for any statement: the interval is everything explored
	Warnings  []Warning // the first of the verdicts Guess and Unstable says why
}

// A PeakLimit is the limit at which goodput is highest.
type PeakLimit struct {
	Limit     int
	Low, High int     // the peak lies from Low to High, with 95% confidence: all limits in it that were tried cannot be told from it, but for a neighbour on either side
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
// explored and the verdict Guess, or Unstable if there are not even enough for a guess.
func (s *Search) Conclude() Conclusion { return s.conclude(alpha) }

func (s *Search) conclude(alpha float64) Conclusion {
	c := Conclusion{
		Verdict: Unstable, Share: s.settings.Share, Explored: s.seen.explored(), Thin: true,
		Low: s.settings.Min - 1, Limit: s.settings.Min, High: s.settings.Min,
		Peak: PeakLimit{Limit: s.settings.Min, Low: s.settings.Min, High: s.settings.Min},
	}
	f := s.seen.fit()
	if f == nil {
		c.refuse(NoSuccess, nil, "no trial succeeded")
		return c
	}
	top := f.best()
	c.Low = f.limits[0] - 1
	c.Limit, c.High, c.PerSecond = f.limits[top], s.highest(f), f.perSecond(top)
	c.Peak = PeakLimit{Limit: c.Limit, Low: f.limits[0], High: c.High, PerSecond: c.PerSecond}
	if failing := s.seen.failingLimit(); failing < math.MaxInt {
		c.warn(FailingLimits, numbers{"limit": float64(failing)}, "requests begin to fail at a limit of %d: nothing from there on is recommended", failing)
	}
	if c.changed(s, f) {
		c.Thin = false
		return c
	}
	if f.df == 0 {
		c.tooFew(s, f)
		return c
	}
	c.Thin = false
	c.decide(s, newJudge(f, c.Share, alpha))
	c.PerSecond = f.perSecond(f.index(c.Limit))
	return c
}

// highest returns the largest limit that may still be the one to find: the largest of the fit, or what lies between it and the
// first limit at which requests fail, or, while there are too few trials, every limit that the ramp may still come to.
func (s *Search) highest(f *fit) int {
	last := f.limits[f.last()]
	if failing := s.seen.failingLimit(); failing < math.MaxInt {
		return max(last, failing-1)
	}
	if f.df == 0 && len(s.settings.Limits) == 0 && s.seen.ramp().poor() < poorOctaves {
		return max(last, s.settings.Max)
	}
	return last
}

// fewestForGuess is how many limits it takes to guess: of two, one is the better in any case.
const fewestForGuess = 3

// guess makes the smallest limit whose trial gave the share of the best one's the limit to use, as far as anybody can know.
func (c *Conclusion) guess(f *fit) {
	i := f.best()
	for i > 0 && f.mu[i-1]-f.mu[f.best()] >= math.Log(c.Share) {
		i--
	}
	c.Verdict, c.Limit, c.PerSecond = Guess, f.limits[i], f.perSecond(i)
}

// tooFew refuses a conclusion, and says how long the search would have to go on for one.
func (c *Conclusion) tooFew(s *Search, f *fit) {
	if len(f.limits) >= fewestForGuess {
		defer c.guess(f)
	}
	seconds := s.seen.missing(s.settings.Max)
	if len(s.settings.Limits) > 0 || seconds < noticeable {
		c.refuse(TooFewTrials, nil, "too few trials for any statement")
		return
	}
	c.refuse(TooFewTrials, numbers{"seconds": seconds}, "too few trials for any statement: this server needs about %s more", span(seconds))
}

// decide fills in everything that depends on what is certain.
func (c *Conclusion) decide(s *Search, j *judge) {
	c.Verdict = s.shape(j)
	if c.Verdict == Plateau {
		j.pool()
	}
	var all laws
	if c.Verdict == Peak {
		if all = fitLaws(j.fit); len(all) == 0 {
			j.between = unseen
		}
	}
	c.measured(j)
	c.unexplored(s, j)
	if c.Verdict == Peak {
		c.modelled(j, all)
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
	if by := s.seen.drift(); math.Abs(by) > drifting {
		c.refuse(Drift, numbers{"change": math.Expm1(by)}, "the machine drifted by at least %+.0f%% while it was measured", 100*math.Expm1(by))
	}
}

// unseen is by how much the peak of a curve that no law describes may be higher than at the limits that were tried.
const unseen = 0.01

// measured takes the interval from the measured points alone.
func (c *Conclusion) measured(j *judge) {
	c.Peak.Limit, c.Peak.PerSecond = j.limits[j.top], j.perSecond(j.top)
	c.Peak.Low, c.Peak.High = j.place()
	last := j.rivals[len(j.rivals)-1]
	high := j.high()
	switch c.Certain = high >= 0; {
	case c.Certain:
		c.Limit = j.limits[high]
	case j.plateau != nil:
		high, c.Limit = last, j.limits[j.guess()]
	default:
		// The smallest limit that is enough is at most the peak, and the peak is at most the last rival.
		high, c.Limit = last, j.limits[j.top]
	}
	c.High = max(c.Limit, j.limits[high])
	if low := j.low(min(high, j.top), c.Verdict == Multimodal); low >= 0 {
		c.Low = j.limits[low]
	}
}

// unexplored widens the interval to the limits between the largest of the fit and the first at which requests fail, if the
// peak may lie there.
func (c *Conclusion) unexplored(s *Search, j *judge) {
	last, most := j.limits[j.last()], s.highest(j.fit)
	if c.Peak.High < last || most-last < s.width(j.fit, j.last(), s.seen.failingLimit()) {
		return
	}
	c.Peak.High = most
	if by, se := j.gap(j.last(), j.nextToLast()); by > -j.t*se { // it may still rise there
		c.Limit, c.High, c.Certain = last, most, false
	}
}

// modelled narrows the interval by the laws that the trials do not refuse, as far as none of them contradicts it, and places
// the peak by the scalability law where that holds. The limit to use stays a measured one.
func (c *Conclusion) modelled(j *judge, all laws) {
	if len(all) == 0 {
		if !c.Certain {
			c.Limit = j.limits[j.smoothed()]
			c.High = max(c.High, c.Limit)
		}
		return
	}
	least, most := j.limits[0], j.limits[j.last()]
	if !c.Certain {
		c.Limit = j.limits[all.likeliest(j.fit)]
	}
	low, high := all.bracket(c.Share, j.alpha, least, most)
	if low < c.High && high > c.Low {
		c.Low = max(c.Low, low)
		c.lower(j, high)
	}
	c.High = max(c.High, c.Limit)
	if m := j.usl(); m != nil {
		c.Modelled, c.Law = true, m.usual()
		at := m.peak(c.Explored[0], c.Explored[1])
		c.Peak.Limit, c.Peak.PerSecond = int(math.Round(at)), m.perSecond(at)
		c.Peak.Low, c.Peak.High = min(c.Peak.Low, c.Peak.Limit), max(c.Peak.High, c.Peak.Limit)
	}
}

// lower makes the smallest limit that all the laws call enough the limit to use, if its own trials agree.
func (c *Conclusion) lower(j *judge, high int) {
	const trials = 3 // fewer can neither agree nor disagree
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

// has reports whether the conclusion warns of that.
func (c *Conclusion) has(code Code) bool {
	return slices.ContainsFunc(c.Warnings, func(w Warning) bool { return w.Code == code })
}
