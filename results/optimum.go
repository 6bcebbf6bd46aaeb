package results

import (
	"slices"

	"sweetspot/results/stat"
)

// An Optimum is what a sweep concludes about one strategy.
//
// Limit is the limit to use: the smallest that gives Share of the peak with 95% confidence. Rates are in responses per second. The smallest such limit lies in
// the interval (Low, High], which excludes Low. If Certain is false, no limit gives Share with that confidence, and Limit is
// the best guess in the interval.
//
// With an objective, Limit is the largest limit that holds it with 95% confidence, and High is the smallest limit above it
// that was not shown to hold it, 0 if there is none. If Certain is false, Limit only seems to hold it.
//
// Over rates, Limit and the other limits are rates, in requests that are due per second: Limit is the largest rate that is held,
// which means that what is due is answered and that its response times keep the objective.
//
// If requests fail from some limit on, Limit and Peak are those of the limits with a margin below it.
type Optimum struct {
	Strategy  string        `json:"strategy"`
	Streams   int           `json:"streams,omitempty"` // the most requests at once on one connection; 0 if the protocol has none, or the server decides
	Over      string        `json:"over,omitempty"`    // what was varied: [OverRate], or empty for the limit
	Verdict   Verdict       `json:"verdict"`
	Limit     int           `json:"limit"` // the limit to use; 0 if the sweep names none
	Low       int           `json:"low"`
	High      int           `json:"high"`
	Certain   bool          `json:"certain"`
	Objective string        `json:"objective,omitempty"`     // such as p99 <= 200ms
	Share     float64       `json:"share"`                   // of the peak that is enough, from 0 to 1
	Failing   int           `json:"failing_limit,omitempty"` // the smallest limit at which requests begin to fail; 0 if none is known
	PerSecond float64       `json:"per_second"`              // goodput at Limit
	Peak      PeakLimit     `json:"peak"`
	Law       *Law          `json:"law,omitempty"`   // the fitted curve; nil unless the trials agree with it
	Explored  [2]int        `json:"explored"`        // the smallest and the largest limit tried
	Trials    int           `json:"trials"`          // that the conclusion is based on
	Requests  int64         `json:"requests"`        // of these trials
	Elapsed   float64       `json:"elapsed_seconds"` // duration of these trials
	Warnings  []Warning     `json:"warnings"`
	Codes     []WarningCode `json:"warning_codes,omitempty"`
}

// OverRate is the [Optimum.Over] of a sweep over rates.
const OverRate = "rate"

// OptimumOf returns the optimum of the sweep of which at is a part, whatever its limit; nil if the run has none.
func (r *Run) OptimumOf(at At) *Optimum {
	i := slices.IndexFunc(r.Optima, func(o Optimum) bool { return o.At() == at.AnyLimit() })
	if i < 0 {
		return nil
	}
	return &r.Optima[i]
}

// PeakLimit is the limit with the largest goodput. It lies from Low to High, both included, with 95% confidence: those two are the
// neighbours, among the limits tried, of the limits that cannot be told from the best.
type PeakLimit struct {
	Limit     int     `json:"limit"`
	Low       int     `json:"low"`
	High      int     `json:"high"`
	PerSecond float64 `json:"per_second"` // goodput at Limit
}

// A Law is the universal scalability law (Gunther 2007), as it was fitted to the trials: n requests in flight take
// A + B n + C n^2 seconds each. In the law's usual parameters lambda = 1/(A+B+C), sigma = 1 - A lambda and
// kappa = C lambda; the file has the three times, because these are what is fitted.
type Law struct {
	A float64 `json:"a_seconds"`
	B float64 `json:"b_seconds"`
	C float64 `json:"c_seconds"`
}

// PerSecond returns the goodput at a limit, in responses per second. The limit may be a fraction.
func (l Law) PerSecond(limit float64) float64 {
	return stat.Ratio(limit, l.A+l.B*limit+l.C*limit*limit)
}
