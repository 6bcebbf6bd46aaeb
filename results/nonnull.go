package results

import "sweetspot/results/text"

// NonNull returns a copy of the run in which no list or map is nil, so that JSON has no null where scripts want [] or {}.
// The fields of the copy's trials, summaries and optima may be set without changing the run.
func (run *Run) NonNull() *Run {
	r := *run
	r.Trials = text.Each(run.Trials, Trial.NonNull)
	r.Strategies, r.AtCommon = text.Each(run.Strategies, Summary.NonNull), text.Each(run.AtCommon, Summary.NonNull)
	r.Optima = text.Each(run.Optima, Optimum.NonNull)
	r.Warnings, r.Codes = listed(run.Warnings), CodesOf(run.Warnings)
	return &r
}

// NonNull returns the summary with no list or map nil.
func (s Summary) NonNull() Summary {
	s.Failed = mapped(s.Failed)
	s.Warnings, s.Codes = listed(s.Warnings), CodesOf(s.Warnings)
	return s
}

// NonNull returns the optimum with no list nil.
func (o Optimum) NonNull() Optimum {
	o.Warnings, o.Codes = listed(o.Warnings), CodesOf(o.Warnings)
	return o
}

func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func mapped[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return m
}

// NonNull returns the trial with no list or map nil.
func (t Trial) NonNull() Trial {
	t.Failed, t.Status = mapped(t.Failed), mapped(t.Status)
	t.Warnings, t.Codes = listed(t.Warnings), CodesOf(t.Warnings)
	return t
}
