package compare

import (
	"slices"

	"sweetspot/results"
)

// A Shift is the difference of the limit to use between two sides' sweeps of a strategy. Of a side with several sweeps it has
// the first one's optimum.
type Shift struct {
	Strategy string          `json:"strategy"`
	Verdict  Verdict         `json:"verdict"` // Higher, Lower, Indistinguishable or Incomparable
	Old      results.Optimum `json:"old"`
	New      results.Optimum `json:"new"`
}

// shifts compares the optima of the strategies that both sides swept.
func shifts(old, new []*results.Run) []Shift {
	var all []Shift
	after := optima(new)
	for _, before := range optima(old) {
		i := slices.IndexFunc(after, func(of []results.Optimum) bool { return of[0].At() == before[0].At() })
		if i < 0 {
			continue
		}
		var verdicts []Verdict
		for _, o := range before {
			for _, n := range after[i] {
				verdicts = append(verdicts, shifted(o, n))
			}
		}
		all = append(all, Shift{before[0].Strategy, common(verdicts), before[0], after[i][0]})
	}
	return all
}

// optima returns the optima of the runs by strategy.
func optima(runs []*results.Run) [][]results.Optimum {
	var all [][]results.Optimum
	for _, r := range runs {
		for _, o := range r.Optima {
			i := slices.IndexFunc(all, func(of []results.Optimum) bool { return of[0].At() == o.At() })
			if i < 0 {
				i, all = len(all), append(all, nil)
			}
			all[i] = append(all[i], o)
		}
	}
	return all
}

// common returns the verdict that every sweep of one side has beside every sweep of the other.
func common(verdicts []Verdict) Verdict {
	switch {
	case slices.Contains(verdicts, Incomparable):
		return Incomparable
	case slices.ContainsFunc(verdicts, func(v Verdict) bool { return v != verdicts[0] }):
		return Indistinguishable
	}
	return verdicts[0]
}

// shifted returns the direction in which the limit to use moved. It moved if the two intervals have no limit in common.
func shifted(old, new results.Optimum) Verdict {
	switch {
	case old.Label() != results.Use || new.Label() != results.Use, old.Objective != "" || new.Objective != "", old.Share != new.Share:
		return Incomparable
	case new.Low >= old.High:
		return Higher
	case new.High <= old.Low:
		return Lower
	}
	return Indistinguishable
}
