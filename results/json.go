package results

import (
	"encoding/json"
	"io"
)

// writeJSON writes the run as one object, without the trials' histograms: those are for the run file.
func writeJSON(w io.Writer, run *Run) error {
	r := presentable(run)
	for i := range r.Trials {
		r.Trials[i].Histogram = ""
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// presentable returns a copy of the run in which no list or map is null, so that scripts need not ask. What the copy's
// trials, summaries and optima hold may be set without touching the run.
func presentable(run *Run) *Run {
	r := *run
	r.Trials = each(run.Trials, whole)
	r.Strategies, r.AtCommon = each(run.Strategies, complete), each(run.AtCommon, complete)
	r.Optima = each(run.Optima, func(o Optimum) Optimum {
		o.Warnings = listed(o.Warnings)
		return o
	})
	r.Warnings = listed(run.Warnings)
	return &r
}

// complete returns the summary with no list or map null.
func complete(s Summary) Summary {
	s.Failed, s.Warnings = mapped(s.Failed), listed(s.Warnings)
	return s
}

// whole returns the trial with no list or map null.
func whole(t Trial) Trial {
	t.Failed, t.Status, t.Warnings = mapped(t.Failed), mapped(t.Status), listed(t.Warnings)
	return t
}

func each[T any](list []T, change func(T) T) []T {
	changed := make([]T, len(list))
	for i, x := range list {
		changed[i] = change(x)
	}
	return changed
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
