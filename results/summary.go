package results

import (
	"cmp"
	"math"
	"slices"

	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// A Summary combines the trials of one strategy at one limit: see [At]. PerSecond is the geometric mean of the trials' goodput, in
// responses per second. Low and High bound it with 95% confidence (Student's t on the logarithms) and are nil after a single
// trial.
type Summary struct {
	Strategy         string           `json:"strategy"`
	Limit            int              `json:"limit"`
	Rate             int              `json:"rate,omitempty"`    // requests that were due per second, where a sweep varies them; else 0
	Target           *int             `json:"target,omitempty"`  // index in the run's list of targets; nil if the run has one
	Streams          int              `json:"streams,omitempty"` // the most requests at once on one connection; 0 if the protocol has none, or the server decides
	Trials           int              `json:"trials"`
	PerSecond        float64          `json:"per_second"` // goodput; 0 if a trial had no success
	Low              *float64         `json:"low"`
	High             *float64         `json:"high"`
	Spread           float64          `json:"spread"`                       // standard deviation of the trials' goodput, as a share of PerSecond
	Microseconds     float64          `json:"microseconds_per_request"`     // 1,000,000 / PerSecond
	CPUMicroseconds  float64          `json:"cpu_microseconds_per_request"` // processor time of the client
	VersusFastest    float64          `json:"versus_fastest"`               // PerSecond divided by that of the fastest
	VersusLow        *float64         `json:"versus_low"`                   // of the interval of the ratio to the fastest, at most 1; nil, as VersusHigh, if no difference could be named
	VersusHigh       *float64         `json:"versus_high"`                  // less than 1 if and only if Verdict is [Slower]
	VersusSequential *float64         `json:"versus_sequential,omitempty"`  // PerSecond divided by that of sequential; nil if that was not measured
	Verdict          Standing         `json:"verdict,omitempty"`            // empty if nothing was compared
	Latency          Latency          `json:"latency_seconds"`              // of the successes of all trials, from merged histograms
	Response         *Latency         `json:"response_seconds,omitempty"`   // the latency corrected for coordinated omission, of all trials: see [Trial.Open]; nil without a rate
	Offered          float64          `json:"offered_per_second,omitempty"` // requests that were due, per second; 0 of a closed loop
	Missed           *int64           `json:"missed,omitempty"`             // requests of all trials that were due and not started by the end; nil of a closed loop
	Late             *float64         `json:"late_p99_seconds,omitempty"`   // the largest of the trials; nil of a closed loop
	InFlightMean     float64          `json:"in_flight_mean"`               // over the windows of the trials
	Started          int64            `json:"started"`                      // requests of all trials
	Failed           map[string]int64 `json:"failed"`                       // by class; only classes that occurred
	FirstError       string           `json:"first_error,omitempty"`        // of the first trial that has one
	Error            string           `json:"error,omitempty"`              // why the strategy broke down in a trial; empty if it did not
	Projected        []Projection     `json:"projected,omitempty"`          // how long larger numbers of requests would take
	Warnings         []Warning        `json:"warnings"`
	Codes            []WarningCode    `json:"warning_codes,omitempty"`
}

// fewestForSpread is the smallest number of trials whose standard deviation is worth showing: that of two is as likely to be a third
// of the true one, or less, as not far from it.
const fewestForSpread = 3

// KnownSpread returns [Summary.Spread], and reports false if there are too few trials to say anything about it.
func (s *Summary) KnownSpread() (share float64, known bool) {
	return s.Spread, s.Low != nil && s.Trials >= fewestForSpread
}

// sequential is the strategy with which [Summary.VersusSequential] compares: it makes one request at a time.
const sequential = "sequential"

// projected are the numbers of requests for which summaries have a projected time: a usual batch, the batch with which the
// article on semaphore sizes measured a client without a limit, and one request for each four-character code.
var projected = [...]int64{1000, 4000, AllCodes}

// AllCodes is the number of four-character codes over 0-9 and a-z.
const AllCodes int64 = 36 * 36 * 36 * 36

// A Group has the trials that are repeats of one another.
type Group struct {
	At
	Trials []*Trial
}

// Summarise returns a summary of each of the [Groups] of the trials, in the order of the groups. It sets no verdicts. Every
// figure is finite. If a trial had no success, its rate is 0 and there is no geometric mean: the rate of the summary is then 0
// too, without interval and spread, and a warning says so.
func Summarise(trials []Trial) []Summary {
	groups := Groups(trials)
	summaries := make([]Summary, len(groups))
	for i, g := range groups {
		summaries[i] = summarise(g)
	}
	compare(summaries)
	return summaries
}

// Groups returns the trials that measure their strategy, by what they measure, in the order in which these first appear.
// Trials with another purpose are left out; an interrupted one counts if its group has no other.
func Groups(trials []Trial) []Group {
	var groups []Group
	places := map[At]int{}
	for i := range trials {
		t := &trials[i]
		if !t.MeasuresStrategy() {
			continue
		}
		at := t.At()
		place, known := places[at]
		if !known {
			places[at] = len(groups)
			groups = append(groups, Group{at, []*Trial{t}})
			continue
		}
		switch g := &groups[place]; {
		case t.Purpose == Interrupted:
		case g.Trials[0].Purpose == Interrupted:
			g.Trials = []*Trial{t}
		default:
			g.Trials = append(g.Trials, t)
		}
	}
	return groups
}

// summarise combines the trials of a group.
func summarise(g Group) Summary {
	trials := g.Trials
	s := Summary{
		Strategy: g.Strategy,
		Limit:    g.Limit,
		Rate:     g.Rate,
		Target:   trials[0].Target,
		Streams:  g.Streams,
		Trials:   len(trials),
		Failed:   map[string]int64{},
		Warnings: poolWarnings(trials),
	}
	for _, t := range trials {
		s.Error = cmp.Or(s.Error, t.Error)
	}
	s.setRate(trials)
	var completed int64
	var cpu, elapsed, inFlight float64
	for _, t := range trials {
		s.Started += t.Started
		completed += t.Completed()
		cpu += t.CPU
		elapsed += t.Elapsed
		inFlight += t.InFlightMean * t.Elapsed
		for class, n := range t.Failed {
			if n > 0 {
				s.Failed[class] += n
			}
		}
		s.FirstError = cmp.Or(s.FirstError, t.FirstError)
	}
	s.CPUMicroseconds = stat.Ratio(1e6*cpu, float64(completed))
	s.InFlightMean = stat.Ratio(inFlight, elapsed)
	latency, err := poolLatency(trials)
	if err != nil {
		s.Warnings = append(s.Warnings, Warningf(NoLatency, "latency left out: %v", err))
	}
	s.Latency = latency
	s.setOpenLoop(trials)
	return s
}

// setOpenLoop sets what is known of trials with a rate.
func (s *Summary) setOpenLoop(trials []*Trial) {
	response, err := poolResponse(trials)
	if err != nil {
		s.Warnings = append(s.Warnings, Warningf(NoLatency, "response times left out: %v", err))
	}
	s.Response = response
	var offered, elapsed float64
	for _, t := range trials {
		if !t.Open() || t.Missed == nil {
			continue
		}
		offered += t.Offered * t.Elapsed
		elapsed += t.Elapsed
		if s.Late == nil {
			s.Missed, s.Late = new(int64), new(float64)
		}
		*s.Missed += *t.Missed
		*s.Late = max(*s.Late, *t.Late)
	}
	s.Offered = stat.Ratio(offered, elapsed)
}

// setRate sets the rate of the summary and what follows from it, unless a trial had no success.
func (s *Summary) setRate(trials []*Trial) {
	var rates []float64
	for _, t := range trials {
		if t.PerSecond > 0 && !math.IsInf(t.PerSecond, 0) {
			rates = append(rates, t.PerSecond)
		}
	}
	if idle := len(trials) - len(rates); idle > 0 {
		if len(trials) > idle && s.Error == "" {
			s.Warnings = append(s.Warnings, Warningf(NoRate, "%s: no request succeeded: the rate is taken as 0", inTrials(idle, len(trials))))
		}
		return
	}
	s.SetRate(rates)
}

// SetRate sets the rate of the summary, its interval, its spread and what follows from the rate, by the rates of repeats of one
// another: of trials, or of runs. There must be at least one, and none may be 0.
func (s *Summary) SetRate(rates []float64) {
	logs := text.Each(rates, math.Log)
	sample := stat.Describe(logs)
	s.PerSecond = min(max(math.Exp(sample.Mean), slices.Min(rates)), slices.Max(rates)) // exactly the rate if there is only one
	s.Microseconds = stat.Ratio(1e6, s.PerSecond)
	s.Low, s.High, s.Spread, s.Projected = nil, nil, sample.Deviation, nil
	for _, n := range projected {
		s.Projected = append(s.Projected, Projection{n, stat.Ratio(float64(n), s.PerSecond)})
	}
	if len(logs) == 1 {
		return
	}
	half := sample.HalfWidth(1 - stat.Confidence)
	low, high := math.Exp(sample.Mean-half), math.Exp(sample.Mean+half)
	if !math.IsInf(high, 0) { // rates hundreds of orders of magnitude apart bound nothing
		low, high = min(low, s.PerSecond), max(high, s.PerSecond) // else a rounding error could put the rate outside
		s.Low, s.High = &low, &high
	}
}

// compare sets how each rate compares with the fastest at the same target and with one request at a time there.
func compare(summaries []Summary) {
	fastest := map[int]float64{} // by target: what two servers reach says nothing about strategies
	for _, s := range summaries {
		target := s.At().Target
		fastest[target] = max(fastest[target], s.PerSecond)
	}
	for i := range summaries {
		s := &summaries[i]
		target := s.At().Target
		s.VersusFastest = stat.Ratio(s.PerSecond, fastest[target])
		single := slices.IndexFunc(summaries, func(s Summary) bool { return s.Strategy == sequential && s.At().Target == target })
		if single >= 0 && summaries[single].PerSecond > 0 {
			versus := stat.Ratio(s.PerSecond, summaries[single].PerSecond)
			s.VersusSequential = &versus
		}
	}
}
