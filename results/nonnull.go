package results

import "sweetspot/results/text"

// NonNull returns a copy of the run in which no list or map is nil, so that JSON has no null where scripts want [] or {}.
// The fields of the copy's trials, summaries and optima may be set without changing the run.
func (r *Run) NonNull() *Run {
	run := *r
	run.Trials = text.Each(r.Trials, Trial.NonNull)
	run.Strategies, run.AtCommon = text.Each(r.Strategies, Summary.NonNull), text.Each(r.AtCommon, Summary.NonNull)
	run.Optima = text.Each(r.Optima, Optimum.NonNull)
	run.Warnings, run.Codes = listed(r.Warnings), CodesOf(r.Warnings)
	return &run
}

// NonNull returns the trial without nil lists and maps.
func (t Trial) NonNull() Trial {
	t.Failed, t.Status = mapped(t.Failed), mapped(t.Status)
	t.Warnings, t.Codes = listed(t.Warnings), CodesOf(t.Warnings)
	return t
}

// NonNull returns the summary without nil lists and maps.
func (s Summary) NonNull() Summary {
	s.Failed = mapped(s.Failed)
	s.Warnings, s.Codes = listed(s.Warnings), CodesOf(s.Warnings)
	return s
}

// NonNull returns the optimum without nil lists.
func (o Optimum) NonNull() Optimum {
	o.Warnings, o.Codes = listed(o.Warnings), CodesOf(o.Warnings)
	return o
}

// listed returns the list, empty instead of nil.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// mapped returns the map, empty instead of nil.
func mapped[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return m
}
