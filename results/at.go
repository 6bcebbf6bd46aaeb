package results

import (
	"fmt"

	"sweetspot/results/text"
)

// At is what a trial measures. Trials at the same one are repeats of one another: everything that tells them apart is a field
// here, and nothing else is. [Trial] and [Summary] have a field with the same name for each.
type At struct {
	Strategy string `json:"strategy"`
	Limit    int    `json:"limit"`
	Rate     int    `json:"rate,omitempty"`    // requests that are due per second, if a sweep varies them; else 0
	Target   int    `json:"target,omitempty"`  // index in the run's list of targets; 0 also if the run has one target
	Streams  int    `json:"streams,omitempty"` // the most on one connection; 0 if the protocol has none, or the server decides
}

// At returns what the trial measures.
func (t *Trial) At() At { return At{t.Strategy, t.Limit, t.Rate, indexOf(t.Target), t.Streams} }

// At returns what the trials of the summary measure.
func (s *Summary) At() At { return At{s.Strategy, s.Limit, s.Rate, indexOf(s.Target), s.Streams} }

// At returns what the sweep measured, without a limit: see [At.AnyLimit].
func (o *Optimum) At() At { return At{Strategy: o.Strategy, Streams: o.Streams} }

// AnyLimit returns a without its limit and its rate. What is equal then lies on one curve over the limits, or over the rates.
func (a At) AnyLimit() At {
	a.Limit, a.Rate = 0, 0
	return a
}

// Level returns what a sweep varies: the rate if it does that, and else the limit.
func (a At) Level() int {
	if a.Rate > 0 {
		return a.Rate
	}
	return a.Limit
}

// OverLimit is what [At.Varied] returns where the limit is varied; for a rate it is [OverRate].
const OverLimit = "limit"

// Varied returns the word for what a sweep varies: the rate if the trial belongs to a sweep over rates, and else the limit.
func (a At) Varied() string {
	if a.Rate > 0 {
		return OverRate
	}
	return OverLimit
}

// LevelText returns [At.Level] with its unit: "60" for a limit, "500/s" for a rate.
func (a At) LevelText() string {
	if a.Rate > 0 {
		return text.Count(a.Rate) + "/s"
	}
	return text.Count(a.Limit)
}

// LevelText returns the limit, or the rate, that the sweep names, as [At.LevelText] does.
func (o *Optimum) LevelText() string {
	at := At{Limit: o.Limit}
	if o.Over == OverRate {
		at.Rate = o.Limit
	}
	return at.LevelText()
}

// Level is [At.Level].
func (t *Trial) Level() int { return t.At().Level() }

// Level is [At.Level].
func (s *Summary) Level() int { return s.At().Level() }

// indexOf returns the index of a target that may be the only one.
func indexOf(target *int) int {
	if target == nil {
		return 0
	}
	return *target
}

// String returns a in words, safe to print: "pool at limit 60", or "pool at 500/s" in a sweep over rates.
func (a At) String() string {
	switch {
	case a.Rate > 0:
		return fmt.Sprintf("%s at %s/s", a.Name(false), text.Count(a.Rate))
	case a.Limit == 0:
		return a.Name(false)
	}
	return fmt.Sprintf("%s at limit %s", a.Name(false), text.Count(a.Limit))
}

// Name returns the strategy with what else tells it apart, but for the limit, in words that are safe to print: "pool",
// "pool on target 1", "http2 with 10 streams". It names the first target too if there are several.
func (a At) Name(several bool) string {
	words := text.Clean(a.Strategy)
	if a.Streams > 0 {
		words += " with " + text.Plural(a.Streams, "stream")
	}
	if several || a.Target > 0 {
		words += fmt.Sprintf(" on target %d", a.Target)
	}
	return words
}
