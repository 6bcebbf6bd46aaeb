package compare

import (
	"slices"

	"sweetspot/results"
)

// A Shift is the difference of the limit to use between two sweeps of a strategy.
type Shift struct {
	Strategy string          `json:"strategy"`
	Verdict  Verdict         `json:"verdict"` // Higher, Lower, Indistinguishable or Incomparable
	Old      results.Optimum `json:"old"`
	New      results.Optimum `json:"new"`
}

// shifts compares the optima of the strategies that both runs swept.
func shifts(old, new *results.Run) []Shift {
	var all []Shift
	for _, o := range old.Optima {
		i := slices.IndexFunc(new.Optima, func(n results.Optimum) bool { return n.Strategy == o.Strategy })
		if i >= 0 {
			all = append(all, Shift{o.Strategy, shifted(o, new.Optima[i]), o, new.Optima[i]})
		}
	}
	return all
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
