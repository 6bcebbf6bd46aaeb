package results

import (
	"cmp"
	"math"
	"slices"
	"sweetspot/results/stat"
)

// sequential is the strategy that the others are compared with: one request at a time.
const sequential = "sequential"

// projected are the numbers of requests a time is projected for: a batch, the batch at which an unlimited client was
// seen to collapse, and a URL for each of the four-character codes over 0-9 and a-z.
var projected = [...]int64{1000, 4000, allCodes}

const allCodes = 36 * 36 * 36 * 36

// A setting is what trials have in common that are repeats of one another.
type setting struct {
	strategy string
	limit    int
}

// Summarise takes the trials of each strategy at each limit together, in the order in which they first appear, but for
// those with a purpose of their own. Verdicts are left to who compares. Every figure is finite: a trial without a success has the rate 0, and since no geometric
// mean can hold that, the summary's rate is then 0 without an interval or a spread, and a warning says so.
func Summarise(trials []Trial) []Summary {
	order, groups := group(trials)
	summaries := make([]Summary, len(order))
	for i, at := range order {
		summaries[i] = summarise(groups[at])
	}
	compare(summaries)
	return summaries
}

// group returns the trials that count by setting, and the settings in the order in which they first appear.
func group(trials []Trial) (order []setting, groups map[setting][]*Trial) {
	groups = map[setting][]*Trial{}
	for i := range trials {
		at := setting{trials[i].Strategy, trials[i].Limit}
		switch group := groups[at]; {
		case trials[i].Purpose == Control, trials[i].Purpose == Causal:
		case group == nil:
			order = append(order, at)
			groups[at] = []*Trial{&trials[i]}
		case trials[i].Purpose == Interrupted:
		case group[0].Purpose == Interrupted:
			groups[at] = []*Trial{&trials[i]}
		default:
			groups[at] = append(group, &trials[i])
		}
	}
	return order, groups
}

// summarise takes the trials of one strategy at one limit together.
func summarise(trials []*Trial) Summary {
	s := Summary{
		Strategy: trials[0].Strategy,
		Limit:    trials[0].Limit,
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
	return s
}

// setRate sets the rate of the summary, its interval and spread, and what follows from the rate.
func (s *Summary) setRate(trials []*Trial) {
	logs := make([]float64, 0, len(trials))
	least, most := math.Inf(1), 0.0
	for _, t := range trials {
		if t.PerSecond > 0 && !math.IsInf(t.PerSecond, 0) {
			logs = append(logs, math.Log(t.PerSecond))
			least, most = min(least, t.PerSecond), max(most, t.PerSecond)
		}
	}
	if idle := len(trials) - len(logs); idle > 0 {
		if len(trials) > idle && s.Error == "" {
			s.Warnings = append(s.Warnings, Warningf(NoRate, "%s: no request succeeded: the rate is taken as 0", inTrials(idle, len(trials))))
		}
		return
	}
	sample := stat.Describe(logs)
	s.PerSecond = min(max(math.Exp(sample.Mean), least), most) // exactly the rate where there is only one
	s.Microseconds = stat.Ratio(1e6, s.PerSecond)
	for _, n := range projected {
		s.Projected = append(s.Projected, Projection{n, stat.Ratio(float64(n), s.PerSecond)})
	}
	if len(logs) == 1 {
		return
	}
	s.Spread = sample.Deviation
	half := sample.HalfWidth(1 - stat.Confidence)
	low, high := math.Exp(sample.Mean-half), math.Exp(sample.Mean+half)
	if !math.IsInf(high, 0) { // rates hundreds of orders of magnitude apart bound nothing
		low, high = min(low, s.PerSecond), max(high, s.PerSecond) // where all rates are equal but for a rounding
		s.Low, s.High = &low, &high
	}
}

// compare sets how each rate compares with the fastest and with one request at a time.
func compare(summaries []Summary) {
	var fastest float64
	for _, s := range summaries {
		fastest = max(fastest, s.PerSecond)
	}
	single := slices.IndexFunc(summaries, func(s Summary) bool { return s.Strategy == sequential })
	for i := range summaries {
		s := &summaries[i]
		s.VersusFastest = stat.Ratio(s.PerSecond, fastest)
		if single >= 0 && summaries[single].PerSecond > 0 {
			versus := stat.Ratio(s.PerSecond, summaries[single].PerSecond)
			s.VersusSequential = &versus
		}
	}
}
