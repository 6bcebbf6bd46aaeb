package results

import "sweetspot/results/stat"

// An Optimum is what a sweep concludes about one strategy: Limit is the limit to use, the smallest that gives Share of
// the peak with 95% confidence; the smallest such limit lies in (Low, High]. If no limit is certain to, Limit is the best
// guess within the interval. With an objective, Limit is the largest limit that holds it with 95% confidence, and High
// the smallest above it that was not shown to, 0 if there is none.
type Optimum struct {
	Strategy  string    `json:"strategy"`
	Verdict   Verdict   `json:"verdict"`
	Limit     int       `json:"limit"`
	Low       int       `json:"low"`
	High      int       `json:"high"`
	Certain   bool      `json:"certain"`
	Objective string    `json:"objective,omitempty"` // such as p99 <= 200ms
	Share     float64   `json:"share"`
	PerSecond float64   `json:"per_second"`
	Peak      PeakLimit `json:"peak"`
	Law       *Law      `json:"law,omitempty"` // the fitted curve; nil unless the trials agree with it
	Explored  [2]int    `json:"explored"`      // smallest and largest limit tried
	Trials    int       `json:"trials"`
	Requests  int64     `json:"requests"`
	Elapsed   float64   `json:"elapsed_seconds"`
	Warnings  []Warning `json:"warnings"`
	Codes     []Coded   `json:"warning_codes,omitempty"`
}

// PeakLimit is where goodput is highest: the limits in [Low, High] cannot be told apart from the best.
type PeakLimit struct {
	Limit     int     `json:"limit"`
	Low       int     `json:"low"`
	High      int     `json:"high"`
	PerSecond float64 `json:"per_second"`
}

// A Law is the universal scalability law (Gunther 2007): n requests in flight take A + B n + C n^2 seconds each.
type Law struct {
	A float64 `json:"a_seconds"`
	B float64 `json:"b_seconds"`
	C float64 `json:"c_seconds"`
}

// PerSecond returns the goodput at a limit, which need not be whole.
func (l Law) PerSecond(limit float64) float64 {
	return stat.Ratio(limit, l.A+l.B*limit+l.C*limit*limit)
}
